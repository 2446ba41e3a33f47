"""Preview pictures for shared links to a program, a group or an update."""

from typing import Any
from urllib.parse import urljoin

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from affiliates.core.regions import region_name
from affiliates.directory.pictures import card_key, draw_card
from affiliates.directory.queries import find_program, with_slug
from affiliates.models import AffiliatePage, AffiliateProgramPage

FRESH_SECONDS = 24 * 60 * 60
"""How long others may cache a picture. Its address in a page changes with its words."""

KEPT_SECONDS = 7 * FRESH_SECONDS


@require_safe
def program_card(request: HttpRequest, program_slug: str) -> HttpResponse:
    return picture(request, *program_words(find_program(request, program_slug)))


@require_safe
def affiliate_card(request: HttpRequest, program_slug: str, affiliate_slug: str) -> HttpResponse:
    program = find_program(request, program_slug)
    public = AffiliatePage.objects.child_of(program).live().public()
    page = with_slug(public, affiliate_slug).first()
    if page is None:
        raise Http404
    return picture(request, *affiliate_words(page, program))


def picture(request: HttpRequest, title: str, above: str = "", below: str = "") -> HttpResponse:
    """Draw each picture once, and send nothing to a browser that has it."""
    key = card_key(title, above, below)
    tag = quote_etag(key)
    response = get_conditional_response(request, etag=tag)
    if response is None:
        response = HttpResponse(kept_card(key, title, above, below), content_type="image/png")
        response["ETag"] = tag
    patch_cache_control(response, public=True, max_age=FRESH_SECONDS)
    return response


def kept_card(key: str, title: str, above: str, below: str) -> bytes:
    place = f"affiliates.card.{key}"
    content = cache.get(place)
    if content is None:
        content = draw_card(title, above=above, below=below)
        cache.set(place, content, KEPT_SECONDS)
    return content


Words = tuple[str, str, str]
"""The title, and the lines above and below it."""


def program_words(program: AffiliateProgramPage) -> Words:
    return program.title, "", ""


def affiliate_words(page: AffiliatePage, program: AffiliateProgramPage) -> Words:
    return page.title, region_name(page.region), program.title


def program_card_url(program: AffiliateProgramPage, request: Any) -> str:
    path = reverse("affiliates:program_card", args=[program.slug])
    return card_url(program.get_full_url(request), path, program_words(program))


def affiliate_card_url(page: AffiliatePage, program: AffiliateProgramPage, request: Any) -> str:
    path = reverse("affiliates:card", args=[program.slug, page.slug])
    return card_url(page.get_full_url(request), path, affiliate_words(page, program))


def card_url(address: str | None, path: str, words: Words) -> str:
    """On the page's own host. The query changes with the words, since others cache pictures."""
    return f"{urljoin(address or '', path)}?v={card_key(*words)[:8]}"
