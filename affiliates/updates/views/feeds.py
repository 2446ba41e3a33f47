"""Atom (RFC 4287) and RSS 2.0 feeds of a program's updates."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from html import unescape
from typing import Any
from uuid import uuid5

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.html import escape, strip_tags
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.core.regions import region_name
from affiliates.core.text import as_html
from affiliates.models import AffiliateProgramPage, ContactUpdate
from affiliates.models.updates_routes import public_url
from affiliates.updates.queries import published_updates

NEWEST = 30

FRESH_SECONDS = 300


LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""The date of program pages that were imported without a publication date."""


class _SteadyDate:
    """Dates an empty feed by its program page, not by the current time, so its ETag is stable."""

    feed: dict[str, Any]

    def latest_post_date(self) -> datetime:
        newest = super().latest_post_date()  # type: ignore[misc]
        return newest if self.items else self.feed["since"]  # type: ignore[attr-defined]


class FullTextAtom(_SteadyDate, Atom1Feed):
    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, {**item, "description": None})
        handler.addQuickElement("content", item["description"], {"type": "html"})


class FullTextRss(_SteadyDate, Rss201rev2Feed):
    """Django puts the author's name into Dublin Core, since RSS requires an email address."""


class UpdatesFeed(Feed):
    kind: str
    item_guid_is_permalink = False

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.program, self.request = kwargs["program"], request
        return self.program

    def title(self, program: AffiliateProgramPage) -> str:
        return _("Updates: %(program)s") % {"program": program.title}

    def link(self, program: AffiliateProgramPage) -> str:
        return program.updates_url

    def feed_url(self, program: AffiliateProgramPage) -> str:
        return f"{program.updates_url}{self.kind}/"

    def feed_guid(self, program: AffiliateProgramPage) -> str:
        name = f"{program.locale.language_code}/updates"
        return uuid5(program.translation_key, name).urn

    description = subtitle = gettext_lazy("News from the affiliates, in their own words.")

    def author_name(self, program: AffiliateProgramPage) -> str:
        """Atom requires an author even if no entry has one."""
        return program.title

    def author_link(self, program: AffiliateProgramPage) -> str:
        return program.full_url or ""

    def feed_extra_kwargs(self, obj: Any) -> dict[str, Any]:
        return {"since": obj.first_published_at or LONG_AGO}

    def items(self, program: AffiliateProgramPage) -> Iterable[ContactUpdate]:
        return published_updates(program)[:NEWEST]

    def item_title(self, item: Any) -> str:
        return item.title

    def item_description(self, item: Any) -> str:
        return as_html(item.text)

    def item_link(self, item: ContactUpdate) -> str:
        return public_url(item, self.program)

    def item_guid(self, item: ContactUpdate) -> str:
        """Derived from the key, which is private to the group's form."""
        return uuid5(item.key, "update").urn

    def item_author_name(self, item: Any) -> str:
        return item.affiliation.page.title

    def item_author_link(self, item: Any) -> str:
        return item.affiliation.page.get_full_url(self.request) or ""

    def item_categories(self, item: Any) -> tuple[str, ...]:
        region = item.affiliation.page.region
        return (region_name(region),) if region else ()

    def item_pubdate(self, item: ContactUpdate) -> Any:
        return item.first_published_at

    def item_updateddate(self, item: ContactUpdate) -> Any:
        return item.last_published_at


class AtomFeed(UpdatesFeed):
    kind = "atom"
    feed_type = FullTextAtom


class RssFeed(UpdatesFeed):
    kind = "rss"
    feed_type = FullTextRss

    def item_title(self, item: Any) -> str:
        """Escapes the plain text only if readers that parse HTML would show it differently."""
        reads_the_same = unescape(strip_tags(item.title)) == item.title
        return item.title if reads_the_same else escape(item.title)


FEEDS: dict[str, type[UpdatesFeed]] = {feed.kind: feed for feed in (AtomFeed, RssFeed)}


def show_feed(request: HttpRequest, program: AffiliateProgramPage, kind: str) -> HttpResponse:
    """Answers 304 by ETag alone: unpublishing makes the feed's date older. Raises Http404."""
    if kind not in FEEDS:
        raise Http404
    response = FEEDS[kind]()(request, program=program)
    response["ETag"] = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    kept_by = "private" if program.get_view_restrictions() else "public"
    patch_cache_control(response, max_age=FRESH_SECONDS, **{kept_by: True})
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
