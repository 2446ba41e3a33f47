"""Programs, as their public pages show them."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router
from ninja.decorators import decorate_view
from wagtail.models import Site
from wagtail.rich_text import expand_db_html

from affiliates.api.schemas import Page, Problem, page_of
from affiliates.caching.answers import kept
from affiliates.core.regions import by_name, region_name
from affiliates.core.regions.coverage import Coverage
from affiliates.directory import queries
from affiliates.directory.api.schemas import Program, ProgramList
from affiliates.directory.queries import find_program
from affiliates.models import AffiliateProgramPage
from affiliates.models.program_page import STATEMENT_FIELDS

router = Router(tags=["Programs"])

POLICY = ("review_days", "answer_days", "update_interval_months", "time_zone")


@router.get(
    "programs/",
    response={200: ProgramList, 422: Problem, 429: Problem},
    summary="All programs of this site",
)
@decorate_view(kept)
def list_programs(request: HttpRequest, page: Query[Page]) -> dict[str, Any]:
    """In the order of the site's pages."""
    programs = queries.public_programs(Site.find_for_request(request))
    return page_of(programs, page, lambda program: _summary(request, program))


@router.get(
    "programs/{slug}/",
    response={200: Program, 404: Problem, 429: Problem},
    summary="One program",
)
@decorate_view(kept)
def get_program(request: HttpRequest, slug: str) -> dict[str, Any]:
    """What it believes, asks for, gives and promises."""
    program = find_program(request, slug)
    statements = {
        field: [{"id": one.id, "text": one.text} for one in program.statements(field)]
        for field in STATEMENT_FIELDS
    }
    regions = queries.region_counts(program)
    return {
        **_summary(request, program),
        **statements,
        "how_to_apply": expand_db_html(program.how_to_apply),
        "contact_email": program.contact_email,
        "policy": {name: getattr(program, name) for name in POLICY},
        "region_label": program.coverage.label,
        "countries": _countries(program.coverage),
        "counts": {"affiliates": sum(one.count for one in regions), "regions": len(regions)},
    }


def _summary(request: HttpRequest, program: AffiliateProgramPage) -> dict[str, Any]:
    return {
        "slug": program.slug,
        "title": program.title,
        "introduction": expand_db_html(program.introduction),
        "applications_open": program.applications_open,
        "url": program.get_full_url(request),
    }


def _countries(coverage: Coverage) -> list[dict[str, Any]]:
    return [
        {"code": country, "name": region_name(country), "regions": _regions(coverage, country)}
        for country, _division in coverage.countries
    ]


def _regions(coverage: Coverage, country: str) -> list[dict[str, str]]:
    codes = [] if coverage.is_whole(country) else by_name(coverage.within(country))
    return [{"code": code, "name": region_name(code)} for code in codes]
