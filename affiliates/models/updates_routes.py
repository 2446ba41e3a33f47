from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from wagtail.contrib.routable_page.models import RoutablePageMixin, path

from affiliates.models.base_page import PublicPage

if TYPE_CHECKING:
    from affiliates.models import AffiliateProgramPage, ContactUpdate


View = Callable[..., Any]

UPDATES = "updates/"
"""Below a program's page. No child page can have this slug; see ``page_checks``."""


class UpdatesRoutes(PublicPage, RoutablePageMixin):
    """Routes for updates below a program's page; ``page_checks`` reserves their slug."""

    update_views: ClassVar[dict[str, View]] = {}

    @property
    def updates_url(self) -> str:
        """Empty for a program without a site."""
        full_url = self.full_url
        return f"{full_url}{UPDATES}" if full_url else ""

    def get_cached_paths(self) -> list[str]:
        """What ``wagtail.contrib.frontend_cache`` is told when the page changes."""
        return ["/", *(f"/{UPDATES}{kind}" for kind in ("", "atom/", "rss/"))]

    @path(UPDATES, name="updates")
    def updates_route(self, request: Any) -> Any:
        return self.update_views["list"](request, self)

    @path(f"{UPDATES}<int:pk>/", name="update")
    def update_route(self, request: Any, pk: int) -> Any:
        return self.update_views["one"](request, self, pk)

    @path(f"{UPDATES}<slug:kind>/", name="updates_feed")
    def feed_route(self, request: Any, kind: str) -> Any:
        return self.update_views["feed"](request, self, kind)


def public_url(update: "ContactUpdate", program: "AffiliateProgramPage | None" = None) -> str:
    """Built from the site, never from a request. ``program``: that of the update, if at hand."""
    base = (program or update.affiliation.program).updates_url
    return f"{base}{update.pk}/" if base else ""
