"""What stands beside a shared link to a page: the address of its picture, and what is on it."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from django.urls import reverse

from affiliates.pictures import card_key
from affiliates.regions import region_name
from affiliates.update_addresses import public_url

if TYPE_CHECKING:
    from affiliates.models import AffiliatePage, AffiliateProgramPage, ContactUpdate

Words = tuple[str, str, str]
"""The title, and the lines above and below it."""


def program_words(program: "AffiliateProgramPage") -> Words:
    return program.title, "", ""


def affiliate_words(page: "AffiliatePage", program: "AffiliateProgramPage") -> Words:
    return page.title, region_name(page.region), program.title


def update_words(update: "ContactUpdate", program: "AffiliateProgramPage") -> Words:
    page = update.affiliation.page
    return update.title, page.title if page else "", program.title


def program_card_url(program: "AffiliateProgramPage", request: Any) -> str:
    path = reverse("affiliates:program_card", args=[program.slug])
    return _absolute(program, request, path, program_words(program))


def affiliate_card_url(page: "AffiliatePage", program: "AffiliateProgramPage", request: Any) -> str:
    path = reverse("affiliates:card", args=[program.slug, page.slug])
    return _absolute(page, request, path, affiliate_words(page, program))


def update_card_url(update: "ContactUpdate", program: "AffiliateProgramPage") -> str:
    path = reverse("affiliates:update_card", args=[program.slug, update.pk])
    return _beside(public_url(update, program), path, update_words(update, program))


def _absolute(page: Any, request: Any, path: str, words: Words) -> str:
    return _beside(page.get_full_url(request) or "", path, words)


def _beside(address: str, path: str, words: Words) -> str:
    """On the page's own host; the mark changes with the words, since others keep pictures."""
    return f"{urljoin(address, path)}?v={card_key(*words)[:8]}"
