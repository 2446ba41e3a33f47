"""What we tell other programs by webhooks, as data: public things, and what they are known by.

Of an application nothing is public but that there is one. When each event happens is said by the
services; ``services/telling.py`` sends them.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from affiliates.directory.queries import listed_affiliates
from affiliates.models import (
    AffiliatePage,
    AffiliateProgramPage,
    Affiliation,
    Application,
    ContactUpdate,
)
from workflows.webhooks.events import WebhookEvent

PROGRAM = {"slug": "safe-schools", "title": "Safe Schools"}
APPLICATION = {
    "reference": "K7M-4QX",
    "state": "submitted",
    "program": PROGRAM,
    "region": "US-MI",
    "submitted_at": "2027-01-15T14:03:07Z",
}
AFFILIATE = {
    "reference": "P4W-9KD",
    "state": "active",
    "listed": True,
    "name": "Michigan Parents",
    "program": PROGRAM,
    "page": {
        "slug": "michigan-parents",
        "url": "https://example.org/safe-schools/michigan-parents/",
        "region": "US-MI",
        "scope": "state",
        "locality": "",
        "summary": "Parents for safe schools.",
        "links": [{"network": "website", "url": "https://www.example.org/"}],
        "affiliated_since": "2027-01-20",
    },
}
UPDATE = {
    "id": 17,
    "affiliate": {
        "reference": "P4W-9KD",
        "name": "Michigan Parents",
        "url": "https://example.org/safe-schools/michigan-parents/",
    },
    "program": PROGRAM,
    "headline": "A bill in the house",
    "text": "Our bill was heard on Monday.",
    "published_at": "2027-04-02T09:30:00Z",
}

APPLICATION_RECEIVED = "application.received"
APPLICATION_DECIDED = "application.decided"
AFFILIATE_LISTED = "affiliate.listed"
AFFILIATE_CHANGED = "affiliate.changed"
AFFILIATE_ENDED = "affiliate.ended"
UPDATE_PUBLISHED = "update.published"

EVENTS = (
    WebhookEvent(
        name=APPLICATION_RECEIVED,
        label=_("Application received"),
        description=_("A group has applied. Says nothing of who it is."),
        example=APPLICATION,
    ),
    WebhookEvent(
        name=APPLICATION_DECIDED,
        label=_("Application decided"),
        description=_("It was approved, declined, or withdrawn by its group."),
        example={**APPLICATION, "state": "approved", "decided_at": "2027-01-20T10:00:00Z"},
    ),
    WebhookEvent(
        name=AFFILIATE_LISTED,
        label=_("Affiliate listed"),
        description=_(
            "A group stands in the directory for the first time, or again after its end."
        ),
        example=AFFILIATE,
    ),
    WebhookEvent(
        name=AFFILIATE_CHANGED,
        label=_("Affiliate changed"),
        description=_("Its page says something new, or it is paused, resumed, hidden or shown."),
        example={**AFFILIATE, "state": "paused", "listed": False, "page": None},
    ),
    WebhookEvent(
        name=AFFILIATE_ENDED,
        label=_("Affiliate ended"),
        description=_("The affiliation has ended. The group is not in the directory any more."),
        example={**AFFILIATE, "state": "ended", "listed": False, "page": None},
    ),
    WebhookEvent(
        name=UPDATE_PUBLISHED,
        label=_("Update published"),
        description=_("What an affiliate wrote stands on its page, or was published again."),
        example=UPDATE,
    ),
)


def application_data(application: Application) -> dict[str, Any]:
    return {
        "reference": application.reference,
        "state": application.state,
        "program": _program(application.program),
        "region": application.region,
        "submitted_at": application.submitted_at,
    }


def affiliate_data(affiliation: Affiliation, *, is_hidden: bool = False) -> dict[str, Any]:
    """``page`` is what the directory shows, nothing as long as it does not show the group.

    ``is_hidden``: it is about to be taken down or deleted, which its row does not say yet.
    """
    pages = listed_affiliates(affiliation.program).filter(pk=affiliation.page_id)
    listed = None if is_hidden else pages.first()
    return {
        "reference": affiliation.reference,
        "state": affiliation.state,
        "listed": listed is not None,
        "name": affiliation.name,
        "program": _program(affiliation.program),
        "page": _page(listed) if listed else None,
    }


def update_data(update: ContactUpdate) -> dict[str, Any]:
    affiliation = update.affiliation
    return {
        "id": update.pk,
        "affiliate": {
            "reference": affiliation.reference,
            "name": affiliation.name,
            "url": affiliation.page.full_url if affiliation.page else "",
        },
        "program": _program(affiliation.program),
        "headline": update.headline,
        "text": update.text,
        "published_at": update.first_published_at,
    }


def _program(program: AffiliateProgramPage) -> dict[str, str]:
    return {"slug": program.slug, "title": program.title}


def _page(page: AffiliatePage) -> dict[str, Any]:
    return {
        "slug": page.slug,
        "url": page.full_url or "",
        "region": page.region,
        "scope": page.scope,
        "locality": page.locality,
        "summary": page.summary,
        "links": [{"network": link.network, "url": link.url} for link in page.links.all()],
        "affiliated_since": page.affiliated_since,
    }
