"""The site's search: pages and published updates, and nothing that the public does not see."""

import re
from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe
from wagtail.models import Page, Site
from wagtail.search.backends import get_search_backend

from affiliates.models import ContactUpdate
from affiliates.updates.queries import published_updates_below

MOST = 20
"""So many of each kind are shown."""

MOST_WORDS = 20
LETTERS = 200


@require_safe
def search(request: HttpRequest) -> TemplateResponse:
    """``?q=``: each of its words has to stand somewhere in what is found."""
    asked = re.sub(r"[^\S ]|\0", " ", request.GET.get("q", ""))[:LETTERS].strip()
    words = " ".join(re.findall(r"\w+", asked)[:MOST_WORDS])
    site = Site.find_for_request(request)
    found: dict[str, Any] = {"pages": [], "updates": []}
    if words and site:
        found = {"pages": _pages(words, site), "updates": _updates(words, site)}
    context = {"asked": asked, **found, "most": MOST, "noindex": True}
    return TemplateResponse(request, "search.html", context)


def _pages(words: str, site: Site) -> list[Page]:
    pages = Page.objects.live().public().descendant_of(site.root_page, inclusive=True)
    return [page.specific for page in pages.search(words)[:MOST]]


def _updates(words: str, site: Site) -> list[ContactUpdate]:
    """The index holds what is live; whether the group is listed today, only the database knows."""
    found = [update.pk for update in get_search_backend().search(words, ContactUpdate)[: MOST * 10]]
    public = published_updates_below(site.root_page).in_bulk(found)
    return [public[key] for key in found if key in public][:MOST]
