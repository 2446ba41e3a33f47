"""The published updates of a program's affiliates: all of them in pages, and each by itself."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.text import Truncator

from affiliates.core.regions import REGIONS, region_name
from affiliates.directory.structured_data import as_json_ld
from affiliates.models import AffiliateProgramPage, ContactUpdate
from affiliates.models.updates_routes import public_url
from affiliates.updates.queries import published_update, published_updates
from affiliates.updates.sharing import update_card_url
from affiliates.updates.structured_data import update_data

PER_PAGE = 10
DESCRIPTION_LENGTH = 200


def list_updates(request: HttpRequest, program: AffiliateProgramPage) -> TemplateResponse:
    """``?region=`` and ``?group=`` (the slug of its page) narrow it down."""
    updates = published_updates(program)
    regions = _regions(updates.values_list("affiliation__page__region", flat=True))
    wanted = _wanted(request)
    fields = {"region": "affiliation__page__region", "group": "affiliation__page__slug"}
    found = updates.filter(**{fields[name]: value for name, value in wanted.items()})
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    number = f"?page={page.number}" if page.number > 1 else ""
    context = {
        "updates": page,
        "regions": regions,
        "wanted": wanted,
        "group": _group_of(page.object_list) if "group" in wanted else "",
        "region_name": region_name(wanted.get("region", "")),
        "more": f"?{urlencode(wanted)}&" if wanted else "?",
        "canonical_url": f"{program.updates_url}{number}",
        "noindex": bool(wanted),
    }
    return _page(request, program, "affiliates/updates/published_updates.html", context)


def show_update(request: HttpRequest, program: AffiliateProgramPage, pk: int) -> TemplateResponse:
    """Raises Http404 for whatever the public does not see."""
    update = published_update(program, pk)
    address, affiliate = public_url(update, program), update.affiliation.page
    context = {
        "update": update,
        "affiliate": affiliate,
        "region_name": region_name(affiliate.region if affiliate else ""),
        "canonical_url": address,
        "card_url": update_card_url(update, program),
        "structured_data": as_json_ld(update_data(update, program, request)),
        "meta_url": address,
        "meta_title": update.title,
        "meta_type": "article",
        "meta_description": Truncator(update.text).chars(DESCRIPTION_LENGTH),
    }
    return _page(request, program, "affiliates/updates/published_update.html", context)


def _page(
    request: HttpRequest, program: AffiliateProgramPage, template: str, context: dict[str, Any]
) -> TemplateResponse:
    shared = {"page": program, "self": program, "program": program}
    return TemplateResponse(request, template, shared | context)


def _wanted(request: HttpRequest) -> dict[str, str]:
    """What is no region or slug finds nothing, and is not shown again."""
    region, group = (request.GET.get(name, "") for name in ("region", "group"))
    chosen = {"region": region if region in REGIONS else "", "group": group.replace("\0", "")[:255]}
    return {name: value for name, value in chosen.items() if value}


def _regions(codes: Iterable[str]) -> list[tuple[str, str]]:
    known = [(code, REGIONS[code]) for code in set(codes) & REGIONS.keys()]
    return sorted(known, key=lambda region: region[1])


def _group_of(updates: Iterable[ContactUpdate]) -> str:
    pages = (update.affiliation.page for update in updates)
    return next((page.title for page in pages if page), "")
