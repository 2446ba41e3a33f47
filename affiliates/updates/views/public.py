"""Public pages of a program's updates, and the latest ones on program and affiliate pages."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from affiliates.core.regions import by_name, is_region, region_name
from affiliates.directory.cards import Words, card_url, picture
from affiliates.directory.page_context import DESCRIPTION_LENGTH
from affiliates.directory.queries import find_program, listed_for
from affiliates.directory.structured_data import Data, _organization, as_json_ld
from affiliates.models import AffiliateProgramPage, ContactUpdate
from affiliates.models.affiliate_page import AffiliateMixin
from affiliates.models.program_page import AffiliateProgramMixin
from affiliates.models.updates_routes import UpdatesRoutes, public_url
from affiliates.updates.queries import published_update, published_updates, published_updates_on
from affiliates.updates.views.feeds import show_feed

PER_PAGE = 10
LATEST = 3
LEAD = gettext_lazy(
    "News from the affiliates, in their own words. Each group is independent and speaks for itself."
)


def connect() -> None:
    AffiliateProgramMixin.provide_context(latest_of_program)
    AffiliateMixin.provide_context(latest_of_affiliate)
    UpdatesRoutes.update_views = {"list": list_updates, "one": show_update, "feed": show_feed}


def latest_of_program(page: Any, request: Any) -> dict[str, Any]:
    return {"updates": list(published_updates(page, listed_for(request, page))[:LATEST])}


def latest_of_affiliate(page: Any, request: Any) -> dict[str, Any]:
    found = list(published_updates_on(page)[: LATEST + 1])
    return {"updates": found[:LATEST], "has_more_updates": len(found) > LATEST}


def list_updates(request: HttpRequest, program: AffiliateProgramPage) -> TemplateResponse:
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
        "meta_description": LEAD,
        "noindex": bool(wanted),
    }
    return _page(request, program, "affiliates/updates/published_updates.html", context)


def show_update(request: HttpRequest, program: AffiliateProgramPage, pk: int) -> TemplateResponse:
    update = published_update(program, pk)
    address, affiliate = public_url(update, program), update.affiliation.page
    context = {
        "update": update,
        "affiliate": affiliate,
        "region_name": region_name(affiliate.region if affiliate else ""),
        "canonical_url": address,
        "card_url": _card_url(update, program),
        "structured_data": as_json_ld(_data(update, program, request)),
        "meta_url": address,
        "meta_title": update.title,
        "meta_type": "article",
        "meta_description": Truncator(update.text).chars(DESCRIPTION_LENGTH),
    }
    return _page(request, program, "affiliates/updates/published_update.html", context)


@require_safe
def update_card(request: HttpRequest, program_slug: str, pk: int) -> HttpResponse:
    program = find_program(request, program_slug)
    return picture(request, *_words(published_update(program, pk), program))


def _words(update: ContactUpdate, program: AffiliateProgramPage) -> Words:
    page = update.affiliation.page
    return update.title, page.title if page else "", program.title


def _card_url(update: ContactUpdate, program: AffiliateProgramPage) -> str:
    path = reverse("affiliates:update_card", args=[program.slug, update.pk])
    return card_url(public_url(update, program), path, _words(update, program))


def _data(update: ContactUpdate, program: AffiliateProgramPage, request: Any) -> Data:
    address, page = public_url(update, program), update.affiliation.page
    data: Data = {
        "@type": "Article",
        "@id": f"{address}#update",
        "headline": update.title,
        "url": address,
        "articleBody": update.text,
        "datePublished": update.first_published_at and update.first_published_at.isoformat(),
        "publisher": _organization(program, request),
    }
    if page:
        data["author"] = {"@type": "NGO", "name": page.title, "url": page.get_full_url(request)}
    return data


def _page(
    request: HttpRequest, program: AffiliateProgramPage, template: str, context: dict[str, Any]
) -> TemplateResponse:
    shared = {"page": program, "self": program, "program": program}
    return TemplateResponse(request, template, shared | context)


def _wanted(request: HttpRequest) -> dict[str, str]:
    """An unknown region is ignored and not shown again."""
    region, group = (request.GET.get(name, "") for name in ("region", "group"))
    chosen = {"region": region if is_region(region) else "", "group": group.replace("\0", "")[:255]}
    return {name: value for name, value in chosen.items() if value}


def _regions(codes: Iterable[str]) -> list[tuple[str, str]]:
    return [(code, region_name(code)) for code in by_name(filter(is_region, set(codes)))]


def _group_of(updates: Iterable[ContactUpdate]) -> str:
    pages = (update.affiliation.page for update in updates)
    return next((page.title for page in pages if page), "")
