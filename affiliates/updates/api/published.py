"""What affiliates tell everyone: their published updates, newest first.

Which these are, only ``affiliates.updates.queries`` says.
"""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router
from ninja.decorators import decorate_view

from affiliates.api.caching import kept
from affiliates.api.paging import Page, page_of
from affiliates.api.schemas import Problem, UpdateList
from affiliates.directory import queries
from affiliates.directory.api.programs import program_at
from affiliates.models import ContactUpdate
from affiliates.updates.queries import published_updates

router = Router(tags=["Updates"])

ANSWERS = {200: UpdateList, 404: Problem, 422: Problem, 429: Problem}


@router.get(
    "programs/{slug}/updates/",
    response=ANSWERS,
    operation_id="listUpdates",
    summary="Updates of all affiliates",
)
@decorate_view(kept)
def list_updates(request: HttpRequest, slug: str, page: Query[Page]) -> dict[str, Any]:
    """Newest first, each with its affiliate."""
    updates = published_updates(program_at(request, slug))
    return page_of(updates, page, lambda update: _update(request, update))


@router.get(
    "programs/{slug}/affiliates/{affiliate}/updates/",
    response=ANSWERS,
    operation_id="listUpdatesOfAffiliate",
    summary="Updates of one affiliate",
)
@decorate_view(kept)
def list_updates_of_affiliate(
    request: HttpRequest, slug: str, affiliate: str, page: Query[Page]
) -> dict[str, Any]:
    """Newest first."""
    program = program_at(request, slug)
    listed = queries.listed_affiliates(program).filter(slug=affiliate.replace("\0", ""))
    updates = published_updates(program).filter(affiliation__page=get_object_or_404(listed).pk)
    return page_of(updates, page, lambda update: _update(request, update))


def _update(request: HttpRequest, update: ContactUpdate) -> dict[str, Any]:
    page: Any = update.affiliation.page  # Never None: without one, nobody sees the update.
    return {
        "id": update.pk,
        "title": update.title,
        "text": update.text,
        "published_at": update.first_published_at,
        "affiliate": {
            "slug": page.slug,
            "name": page.title,
            "region": page.region,
            "url": page.get_full_url(request),
        },
    }
