"""The public API of published updates, newest first."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from ninja.decorators import decorate_view
from pydantic import Field

from affiliates.api.schemas import Count, Page, Problem, RegionCode, Url, page_of, text
from affiliates.caching.answers import kept
from affiliates.directory.queries import find_program, listed_affiliates, with_slug
from affiliates.models import ContactUpdate
from affiliates.updates.queries import published_updates

router = Router(tags=["Updates"])


class Author(Schema):
    """The affiliate that tells of something."""

    slug: Annotated[str, text("Names the group in addresses.", "michigan-parents")]
    name: Annotated[str, text("The group’s name.", "Michigan Parents")]
    region: RegionCode
    url: Url


class Update(Schema):
    id: Annotated[int, Field(description="Stays when the text is corrected.", examples=[7])]
    title: Annotated[str, text("The headline, or the first words.", "A new policy")]
    text: Annotated[str, text("Plain text with line breaks.", "We met the school board.")]
    published_at: Annotated[datetime | None, Field(description="When it was first public.")]
    affiliate: Author


class UpdateList(Schema):
    items: list[Update]
    count: Annotated[Count, Field(description="Of all, not only of these.")]


ANSWERS = {200: UpdateList, 404: Problem, 422: Problem, 429: Problem}


@router.get(
    "programs/{slug}/updates/",
    response=ANSWERS,
    summary="Updates of all affiliates",
)
@decorate_view(kept)
def list_updates(request: HttpRequest, slug: str, page: Query[Page]) -> dict[str, Any]:
    """Newest first, each with its affiliate."""
    updates = published_updates(find_program(request, slug))
    return page_of(updates, page, lambda update: _update(request, update))


@router.get(
    "programs/{slug}/affiliates/{affiliate}/updates/",
    response=ANSWERS,
    summary="Updates of one affiliate",
)
@decorate_view(kept)
def list_updates_of_affiliate(
    request: HttpRequest, slug: str, affiliate: str, page: Query[Page]
) -> dict[str, Any]:
    """Newest first."""
    program = find_program(request, slug)
    listed = with_slug(listed_affiliates(program), affiliate)
    updates = published_updates(program).filter(affiliation__page=get_object_or_404(listed).pk)
    return page_of(updates, page, lambda update: _update(request, update))


def _update(request: HttpRequest, update: ContactUpdate) -> dict[str, Any]:
    page: Any = update.affiliation.page  # Never None: ``published_updates`` requires a page.
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
