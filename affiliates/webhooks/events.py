"""Webhook events and when they are sent. They hold only public data; of an application, only that
it exists; of a requirement, how it is kept, which is for those who may know.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from affiliates.affiliations.standing.requirements import state_of
from affiliates.affiliations.standing.rules import StandingReport, standings
from affiliates.core.states import Action, AffiliationAction, AffiliationState
from affiliates.directory.queries import listed_affiliates
from affiliates.models import (
    AffiliatePage,
    AffiliateProgramPage,
    Affiliation,
    Application,
    Commitment,
    ContactUpdate,
)
from affiliates.programs.promised_days import today_at
from affiliates.updates.queries import published_updates_of
from workflows.webhooks import events
from workflows.webhooks.events import WebhookEvent
from workflows.webhooks.services import emit, is_wanted

PROGRAM = {"slug": "safe-schools", "title": "Safe Schools"}


def application_data(application: Application, **decided: datetime) -> dict[str, Any]:
    said = _values(application, "reference", "state", "region", "submitted_at")
    return {**said, "program": _program(application.program), **decided}


APPLICATION = {
    "reference": "K7M-4QX",
    "state": "submitted",
    "program": PROGRAM,
    "region": "US-MI",
    "submitted_at": "2027-01-15T14:03:07Z",
}
APPLICATION_RECEIVED = events.register(
    WebhookEvent(
        name="application.received",
        label=_("Application received"),
        description=_("A group has applied. Does not say who it is."),
        example=APPLICATION,
    )
)
APPLICATION_DECIDED = events.register(
    WebhookEvent(
        name="application.decided",
        label=_("Application decided"),
        description=_("It was approved, declined, or withdrawn by its group."),
        example={**APPLICATION, "state": "approved", "decided_at": "2027-01-20T10:00:00Z"},
    )
)


def affiliate_data(affiliation: Affiliation, *, is_hidden: bool = False) -> dict[str, Any]:
    """``page`` is empty unless listed. ``is_hidden``: the page is being unpublished or deleted,
    which the database does not show yet.
    """
    pages = listed_affiliates(affiliation.program).filter(pk=affiliation.page_id)
    listed = None if is_hidden else pages.first()
    return {
        **_values(affiliation, "reference", "state", "name"),
        "listed": listed is not None,
        "program": _program(affiliation.program),
        "page": _page(listed) if listed else None,
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
AFFILIATE_LISTED = events.register(
    WebhookEvent(
        name="affiliate.listed",
        label=_("Affiliate listed"),
        description=_("A group is in the directory for the first time, or again after its end."),
        example=AFFILIATE,
    )
)
AFFILIATE_CHANGED = events.register(
    WebhookEvent(
        name="affiliate.changed",
        label=_("Affiliate changed"),
        description=_("Its page says something new, or it is paused, resumed, hidden or shown."),
        example={**AFFILIATE, "state": "paused", "listed": False, "page": None},
    )
)
AFFILIATE_ENDED = events.register(
    WebhookEvent(
        name="affiliate.ended",
        label=_("Affiliate ended"),
        description=_("The affiliation has ended. The group is no longer in the directory."),
        example={**AFFILIATE, "state": "ended", "listed": False, "page": None},
    )
)


def update_data(update: ContactUpdate) -> dict[str, Any]:
    affiliation = update.affiliation
    return {
        "id": update.pk,
        "affiliate": {
            **_values(affiliation, "reference", "name"),
            "url": affiliation.page.full_url if affiliation.page else "",
        },
        "program": _program(affiliation.program),
        **_values(update, "headline", "text"),
        "published_at": update.first_published_at,
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
UPDATE_PUBLISHED = events.register(
    WebhookEvent(
        name="update.published",
        label=_("Update published"),
        description=_("What an affiliate wrote is on its page, or was published again."),
        example=UPDATE,
    )
)


def requirement_data(commitment: Commitment, state: str, due_on: date | None) -> dict[str, Any]:
    affiliation, requirement = commitment.affiliation, commitment.requirement
    return {
        "affiliate": _values(affiliation, "reference", "name"),
        "program": _program(affiliation.program),
        "requirement": _values(requirement, "kind", "name"),
        "state": state,
        "proved_on": commitment.proved_on,
        "due_on": due_on,
        "waived_until": commitment.waived_until,
    }


REQUIREMENT_CHANGED = events.register(
    WebhookEvent(
        name="requirement.changed",
        label=_("Requirement changed"),
        description=_(
            "An affiliate has proved a requirement, or it was waived or put off. This is not"
            " public: send it only to those who may know."
        ),
        example={
            "affiliate": {"reference": "P4W-9KD", "name": "Michigan Parents"},
            "program": PROGRAM,
            "requirement": {"kind": "contact", "name": "Contact confirmed"},
            "state": "kept",
            "proved_on": "2027-04-02",
            "due_on": "2028-04-02",
            "waived_until": None,
        },
    )
)


def emit_requirements(commitments: Sequence[Commitment], *, now: datetime) -> None:
    """One query if nobody subscribed."""
    if not commitments or not is_wanted(REQUIREMENT_CHANGED):
        return
    reports = standings([one.affiliation for one in commitments], now)
    for commitment in commitments:
        report = reports[commitment.affiliation_id]
        data = partial(requirement_data, commitment, *_how_kept(commitment, report, now))
        emit(REQUIREMENT_CHANGED, commitment, data, now=now)


def _how_kept(
    commitment: Commitment, report: StandingReport, now: datetime
) -> tuple[str, date | None]:
    """State and due day. A group that is paused has no standing to take them from."""
    for status in report.requirements:
        if status.requirement.pk == commitment.requirement_id:
            return status.state, status.due_on
    return state_of(commitment, today_at(commitment.affiliation.program, now)), commitment.due_on


def _values(record: Model, *names: str) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}


def _program(program: AffiliateProgramPage) -> dict[str, Any]:
    return _values(program, "slug", "title")


def _page(page: AffiliatePage) -> dict[str, Any]:
    return {
        **_values(page, "slug", "region", "scope", "locality", "summary", "affiliated_since"),
        "url": page.full_url or "",
        "links": [_values(link, "network", "url") for link in page.links.all()],
    }


EVENT_OF_ACTION: dict[str, str] = {
    Action.SUBMIT: APPLICATION_RECEIVED,
    Action.APPROVE: APPLICATION_DECIDED,
    Action.DECLINE: APPLICATION_DECIDED,
    Action.WITHDRAW: APPLICATION_DECIDED,
    AffiliationAction.PAUSE: AFFILIATE_CHANGED,
    AffiliationAction.RESUME: AFFILIATE_CHANGED,
    AffiliationAction.END: AFFILIATE_ENDED,
    AffiliationAction.REINSTATE: AFFILIATE_LISTED,
}
"""Events of the transitions of applications and affiliations."""


def emit_move(record: Model, action: str, *, now: datetime) -> None:
    """Send the action's event, if any and wanted, in the caller's transaction, but none for drafts.
    Called by the only writer of states, so no transition is missed.
    """
    event = EVENT_OF_ACTION.get(action)
    if event and isinstance(record, Application) and record.submitted_at:
        decided = {} if event == APPLICATION_RECEIVED else {"decided_at": now}
        data = partial(application_data, record, **decided)
        emit(event, record, data, now=now, occurrence=record.state)
    elif event and isinstance(record, Affiliation):
        emit(event, record, partial(affiliate_data, record), now=now)


def emit_listed(affiliations: Sequence[Affiliation], *, now: datetime) -> None:
    """Send an event for each newly listed group; one query if nobody subscribed."""
    if is_wanted(AFFILIATE_LISTED):
        for affiliation in affiliations:
            data = partial(affiliate_data, affiliation)
            emit(AFFILIATE_LISTED, affiliation, data, now=now, occurrence="first")


def emit_changed_page(affiliation: Affiliation, page: AffiliatePage, *, now: datetime) -> None:
    """Send an event about a republished page to subscribers with older data."""
    if page.first_published_at != page.last_published_at:
        _emit_page(affiliation, page, now=now, is_hidden=False)


def emit_hidden_page(*, page: AffiliatePage, now: datetime) -> None:
    """Send an event about a page that is no longer public or about to be deleted."""
    affiliation = Affiliation.objects.filter(group_key=page.translation_key).first()
    if affiliation:
        _emit_page(affiliation, page, now=now, is_hidden=True)


def emit_published_update(*, update: ContactUpdate, now: datetime) -> None:
    """Send an event about a public update, new or corrected; none for unchanged data."""
    if not is_wanted(UPDATE_PUBLISHED):
        return
    if published_updates_of(update.affiliation).filter(pk=update.pk).exists():
        data = partial(update_data, update)
        emit(UPDATE_PUBLISHED, update, data, now=now, only_news=True)


def _emit_page(
    affiliation: Affiliation, page: AffiliatePage, *, now: datetime, is_hidden: bool
) -> None:
    """Ignores translations, which subscribers do not know, and ended affiliations."""
    if affiliation.page_id == page.pk and affiliation.state != AffiliationState.ENDED:
        data = partial(affiliate_data, affiliation, is_hidden=is_hidden)
        emit(AFFILIATE_CHANGED, affiliation, data, now=now, only_news=True)
