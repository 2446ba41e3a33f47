"""The public directory of a program's affiliates."""

from collections.abc import Iterable
from functools import partial
from typing import Annotated, Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest
from ninja import Query, Router
from ninja.decorators import decorate_view
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from wagtail.images import get_image_model
from wagtail.rich_text import expand_db_html

from affiliates.api.schemas import REGION_PATTERN, Page, Problem, one_of_networks, page_of
from affiliates.caching.answers import kept
from affiliates.core import networks
from affiliates.core.regions import country_of, is_region, region_name
from affiliates.core.states import Scope
from affiliates.directory import queries
from affiliates.directory.api.schemas import Affiliate, AffiliateList, RegionList
from affiliates.directory.queries import find_program
from affiliates.models import AffiliatePage

router = Router(tags=["Directory"])

LOGO = "max-480x320"
"""As on the affiliate's page, so that both use the same rendition."""


def one_of(values: Iterable[str]) -> AfterValidator:
    """An empty filter matches everything."""
    known = ("", *values)

    def check(value: str) -> str:
        if value not in known:
            raise PydanticCustomError("enum", "unknown")
        return value

    return AfterValidator(check)


def choice(description: str, values: Iterable[str]) -> Any:
    return Field(description=description, json_schema_extra={"enum": ["", *values]})


def _known_network(value: str) -> str:
    if value and value not in networks.names():
        raise PydanticCustomError("enum", "unknown")
    return value


def _known_region(value: str) -> str:
    if value and not is_region(value):
        raise PydanticCustomError("enum", "unknown")
    return value


class Search(Page):
    q: Annotated[
        str, Field(max_length=100, description="Words in the name, the place or the text.")
    ] = ""
    region: Annotated[
        str,
        AfterValidator(_known_region),
        Field(
            description="Only groups of this region (ISO 3166-2), or of this country (ISO 3166-1)"
            " and all its regions.",
            json_schema_extra={"pattern": REGION_PATTERN},
        ),
    ] = ""
    scope: Annotated[
        str, one_of(Scope.values), choice("Only groups that work there.", Scope.values)
    ] = ""
    network: Annotated[
        str,
        AfterValidator(_known_network),
        Field(
            description="Only groups with such a link.",
            json_schema_extra=partial(one_of_networks, others=("",)),
        ),
    ] = ""


@router.get(
    "programs/{slug}/affiliates/",
    response={200: AffiliateList, 404: Problem, 422: Problem, 429: Problem},
    summary="The directory",
)
@decorate_view(kept)
def list_affiliates(request: HttpRequest, slug: str, search: Query[Search]) -> dict[str, Any]:
    """By name. All conditions hold at once."""
    wanted = search.model_dump(exclude={"limit", "offset"})
    found = queries.search_directory(find_program(request, slug), **wanted)
    return page_of(_with_logos(found), search, lambda page: _summary(request, page))


@router.get(
    "programs/{slug}/affiliates/{affiliate}/",
    response={200: Affiliate, 404: Problem, 429: Problem},
    summary="One affiliate",
)
@decorate_view(kept)
def get_affiliate(request: HttpRequest, slug: str, affiliate: str) -> dict[str, Any]:
    """What its page shows."""
    listed = queries.listed_affiliates(find_program(request, slug))
    page = _with_logos(queries.with_slug(listed, affiliate)).first()
    if page is None:
        raise Http404
    return {**_summary(request, page), "body": expand_db_html(page.body)}


@router.get(
    "programs/{slug}/regions/",
    response={200: RegionList, 404: Problem, 429: Problem},
    summary="Regions that have affiliates",
)
@decorate_view(kept)
def list_regions(request: HttpRequest, slug: str) -> dict[str, Any]:
    """With the number of affiliates in each, for a map or a choice."""
    program = find_program(request, slug)
    items = [
        {
            "code": region.code,
            "name": region.name,
            "country": country.code,
            "country_name": region_name(country.code),
            "count": region.count,
        }
        for country in queries.by_country(program, queries.region_counts(program))
        for region in country.regions
    ]
    return {"items": items, "count": len(items)}


def _with_logos(pages: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    images = get_image_model().objects.prefetch_renditions(LOGO)
    return pages.prefetch_related(Prefetch("logo", queryset=images))


def _summary(request: HttpRequest, page: AffiliatePage) -> dict[str, Any]:
    return {
        "slug": page.slug,
        "name": page.title,
        "region": page.region,
        "region_name": region_name(page.region),
        "country": country_of(page.region),
        "scope": page.scope,
        "locality": page.locality,
        "summary": page.summary,
        "links": [{"network": link.network, "url": link.url} for link in page.links.all()],
        "logo": _logo(page),
        "affiliated_since": page.affiliated_since,
        "url": page.get_full_url(request),
    }


def _logo(page: AffiliatePage) -> dict[str, Any] | None:
    if page.logo is None:
        return None
    rendition = page.logo.get_rendition(LOGO)
    return {
        "url": rendition.full_url,
        "width": rendition.width,
        "height": rendition.height,
        "alt": rendition.alt,
    }
