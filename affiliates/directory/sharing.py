"""What stands beside a shared link to a page: the address of its picture, and what is on it."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from django.urls import reverse

from affiliates.core.regions import region_name
from affiliates.directory.pictures import card_key

if TYPE_CHECKING:
    from affiliates.models import AffiliatePage, AffiliateProgramPage


Words = tuple[str, str, str]
"""The title, and the lines above and below it."""


def program_words(program: "AffiliateProgramPage") -> Words:
    return program.title, "", ""


def affiliate_words(page: "AffiliatePage", program: "AffiliateProgramPage") -> Words:
    return page.title, region_name(page.region), program.title


def program_card_url(program: "AffiliateProgramPage", request: Any) -> str:
    path = reverse("affiliates:program_card", args=[program.slug])
    return _absolute(program, request, path, program_words(program))


def affiliate_card_url(page: "AffiliatePage", program: "AffiliateProgramPage", request: Any) -> str:
    path = reverse("affiliates:card", args=[program.slug, page.slug])
    return _absolute(page, request, path, affiliate_words(page, program))


def _absolute(page: Any, request: Any, path: str, words: Words) -> str:
    return _beside(page.get_full_url(request) or "", path, words)


def _beside(address: str, path: str, words: Words) -> str:
    """On the page's own host; the mark changes with the words, since others keep pictures."""
    return f"{urljoin(address, path)}?v={card_key(*words)[:8]}"
