from typing import Any

from wagtail.contrib.routable_page.models import RoutablePageMixin, path

from affiliates import update_addresses


class UpdatesRoutes(RoutablePageMixin):
    """What stands below a program's page besides the pages of its affiliates: their updates.

    ``page_checks.RESERVED_FOR_ROUTES`` keeps affiliates from having such a slug.
    """

    @property
    def updates_url(self) -> str:
        """The address of the page of all updates, with its host."""
        return update_addresses.updates_url(self)

    @path(update_addresses.UPDATES, name="updates")
    def updates_route(self, request: Any) -> Any:
        from affiliates.views.public_updates import list_updates

        return list_updates(request, self)

    @path(f"{update_addresses.UPDATES}<int:pk>/", name="update")
    def update_route(self, request: Any, pk: int) -> Any:
        from affiliates.views.public_updates import show_update

        return show_update(request, self, pk)

    @path(f"{update_addresses.UPDATES}<slug:kind>/", name="updates_feed")
    def feed_route(self, request: Any, kind: str) -> Any:
        from affiliates.views.feeds import show_feed

        return show_feed(request, self, kind)
