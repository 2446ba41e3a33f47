"""Where updates stand on public pages: the newest few, and the addresses below a program's page."""

from typing import Any

from affiliates.models.affiliate_page import AffiliateMixin
from affiliates.models.program_page import AffiliateProgramMixin
from affiliates.models.updates_routes import UpdatesRoutes
from affiliates.updates.queries import published_updates, published_updates_on
from affiliates.updates.views.feeds import show_feed
from affiliates.updates.views.public import list_updates, show_update

LATEST = 3


def connect() -> None:
    """Called once, when the app is ready."""
    AffiliateProgramMixin.provide_context(latest_of_program)
    AffiliateMixin.provide_context(latest_of_affiliate)
    UpdatesRoutes.update_views = {"list": list_updates, "one": show_update, "feed": show_feed}


def latest_of_program(page: Any, request: Any) -> dict[str, Any]:
    """``updates``: the newest few of the program's groups."""
    return {"updates": list(published_updates(page)[:LATEST])}


def latest_of_affiliate(page: Any, request: Any) -> dict[str, Any]:
    """``updates``, the newest few of the group, and ``has_more_updates``."""
    found = list(published_updates_on(page)[: LATEST + 1])
    return {"updates": found[:LATEST], "has_more_updates": len(found) > LATEST}
