from collections.abc import Callable
from typing import Any, ClassVar

from wagtail.contrib.routable_page.models import RoutablePageMixin, path

from affiliates.core import update_addresses

View = Callable[..., Any]


class UpdatesRoutes(RoutablePageMixin):
    """What stands below a program's page besides the pages of its affiliates: their updates.

    ``page_checks.RESERVED_FOR_ROUTES`` keeps affiliates from having such a slug. The room
    ``updates`` says what each address shows.
    """

    update_views: ClassVar[dict[str, View]] = {}

    @property
    def updates_url(self) -> str:
        """The address of the page of all updates, with its host."""
        return update_addresses.updates_url(self)

    @path(update_addresses.UPDATES, name="updates")
    def updates_route(self, request: Any) -> Any:
        return self.update_views["list"](request, self)

    @path(f"{update_addresses.UPDATES}<int:pk>/", name="update")
    def update_route(self, request: Any, pk: int) -> Any:
        return self.update_views["one"](request, self, pk)

    @path(f"{update_addresses.UPDATES}<slug:kind>/", name="updates_feed")
    def feed_route(self, request: Any, kind: str) -> Any:
        return self.update_views["feed"](request, self, kind)
