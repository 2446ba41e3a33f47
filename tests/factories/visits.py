"""Contacts of affiliates who open the links in their mails."""

from datetime import UTC, datetime

from django.conf import settings as django_settings

from affiliates.links.tokens import update_url
from affiliates.updates.services.asking import open_due_requests

ASKED = datetime(2026, 9, 16, 18, tzinfo=UTC)
"""A Wednesday afternoon where the program is: the update for Q3 was asked for this morning."""

BEFORE = datetime(2026, 7, 6, 16, tzinfo=UTC)
"""When those who are asked then have become affiliates."""


def path_of(url):
    return url.removeprefix(django_settings.WAGTAILADMIN_BASE_URL)


def asked_for_update(affiliation, *, now=ASKED):
    """The request that a worker opens for it."""
    open_due_requests(now=now)
    return affiliation.update_requests.get(state="open")


def update_path(request, rest=""):
    return f"/join/update/{request.reference}/{rest}"


def opened(client, request, contact=None):
    """The client, once it has followed the link in the contact's mail."""
    client.get(path_of(update_url(request, contact or request.affiliation.primary_contact)))
    return client


def news(client, request, **changes):
    """What the form sends that stands on the page now."""
    shown = client.get(update_path(request)).context["shown"]
    return {
        "key": str(shown.key),
        "version": shown.version,
        "seen": shown.seen or "",
        "kind": "news",
        "text": "We met the board.",
        **changes,
    }
