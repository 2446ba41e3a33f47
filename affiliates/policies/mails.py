"""Emails that announce a promised day again, because a closure moved it."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from affiliates.applications.mails import applying
from affiliates.applications.status import answer_due_on
from affiliates.core.states import ApplicationState, SupportState
from affiliates.links.tokens import affiliate_url, status_url, update_url
from affiliates.mail.contacts import recipient_of, register_kind, to_contact
from affiliates.mail.placeholders import OWN_PAGE, REFERENCE
from affiliates.models import (
    AffiliateProgramPage,
    Application,
    Contact,
    SupportRequest,
    UpdateRequest,
)
from affiliates.programs.days_off import closures_of
from affiliates.programs.promised_days import today_at
from affiliates.updates.mails.asking import is_owed
from workflows.core.due import long_date
from workflows.mail.kinds import Placeholder
from workflows.mail.outbox import NewMail
from workflows.models import OutgoingMail

Values = Mapping[str, Any]
TEMPLATES = "affiliates/policies/mail"

NEW_DAY = (
    Placeholder("new_date", _("The new day."), _("Monday, December 7, 2026")),
    Placeholder(
        "why",
        _("Why it moved: the days off, and the reason that staff gave."),
        _("Days off from Tuesday, December 1, 2026 to Friday, December 4, 2026: wildfires."),
    ),
)


def why_moved(program: AffiliateProgramPage, region: str, *, begun: datetime, due_on: date) -> str:
    """Empty if no closure is left that concerns the region at the time."""
    first = today_at(program, begun)
    return " ".join(
        _reason(closure.first_day, closure.last_day, closure.reason, get_language())
        for closure in reversed(closures_of(program))
        if closure.concerns(region) and closure.overlaps(first, due_on)
    )


@lru_cache
def _reason(first: date, last: date, reason: str, _language: str | None) -> str:
    """The same for thousands of groups."""
    days = {"first": long_date(first), "last": long_date(last)}
    sentence = gettext("Days off from %(first)s to %(last)s: %(reason)s.")
    return sentence % {**days, "reason": reason.rstrip(".")}


def _new_day(
    program: AffiliateProgramPage, region: str, begun: datetime, due_on: date
) -> dict[str, str]:
    why = why_moved(program, region, begun=begun, due_on=due_on)
    return {
        "new_date": long_date(due_on),
        "why": why or gettext("The days off that we had planned have changed."),
    }


def occurrence_of(due_on: date, now: datetime) -> str:
    return f"{due_on.isoformat()}-{now:%Y%m%d%H%M%S}"


def _says(mail: OutgoingMail, due_on: date | None) -> bool:
    """Whether it was queued for this day; a later mail tells of a later change."""
    occurrence = mail.key.rpartition("/")[2]
    return due_on is not None and occurrence.startswith(due_on.isoformat())


def _decision(application: Application, mail: OutgoingMail) -> Values:
    begun, due_on = application.submitted_at, application.decision_due_on
    if begun is None or due_on is None:
        return {}
    values = _new_day(application.program, application.region, begun, due_on)
    return {**values, "status_url": status_url(application)}


def _answer(application: Application, mail: OutgoingMail) -> Values:
    asked, due_on = application.open_question, answer_due_on(application)
    if asked is None or due_on is None:
        return {}
    values = _new_day(application.program, application.region, asked.asked_at, due_on)
    return {**values, "status_url": status_url(application)}


IN_REVIEW = frozenset({ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW})

DECISION_MOVED = applying.register(
    _decision,
    name="decision_day_moved",
    label=_("New day of a decision"),
    sent_when=_("When days off move the day of the decision, to the contact of the application."),
    placeholders=(*applying.ABOUT, *NEW_DAY, applying.STATUS),
    states=IN_REVIEW,
    templates=TEMPLATES,
    still_owed=lambda mail: (
        mail.subject is not None
        and mail.subject.state in IN_REVIEW
        and _says(mail, mail.subject.decision_due_on)
    ),
)
ANSWER_MOVED = applying.register(
    _answer,
    name="answer_day_moved",
    label=_("More time to answer a question"),
    sent_when=_("When days off move the day for a group’s answer, to its contact."),
    placeholders=(*applying.ABOUT, *NEW_DAY, applying.STATUS),
    states=frozenset({ApplicationState.INFORMATION_NEEDED}),
    templates=TEMPLATES,
    still_owed=lambda mail: mail.subject is not None and _says(mail, answer_due_on(mail.subject)),
)


def _update(request: UpdateRequest, contact: Contact, mail: OutgoingMail) -> Values:
    affiliation = request.affiliation
    values = _new_day(affiliation.program, affiliation.region, request.opened_at, request.due_on)
    return {
        **values,
        "period": request.period.label,
        "update_url": update_url(request, contact),
    }


def _help(call: SupportRequest, contact: Contact, mail: OutgoingMail) -> Values:
    affiliation = call.affiliation
    values = _new_day(affiliation.program, affiliation.region, call.opened_at, call.due_on)
    return {
        **values,
        "reference": call.reference,
        "own_url": affiliate_url(affiliation, contact),
    }


def _is_help_owed(mail: OutgoingMail) -> bool:
    call: Any = mail.subject
    is_open = call is not None and call.state == SupportState.OPEN
    return is_open and _says(mail, call.due_on) and recipient_of(mail) is not None


_register = partial(register_kind, *NEW_DAY, templates=TEMPLATES)

UPDATE_MOVED = _register(
    Placeholder("period", _("The period that the update is about."), _("Q3 2026")),
    Placeholder(
        "update_url",
        _("The private link to send the update."),
        "https://example.org/join/link/update~K7M-4QX/",
        is_link=True,
    ),
    name="update_day_moved",
    label=_("New day of an update"),
    sent_when=_("When days off move the day of an update that was asked for, to the contact."),
    says=(_update,),
    still_owed=lambda mail: is_owed(mail) and _says(mail, mail.subject.due_on),
)
HELP_MOVED = _register(
    *(REFERENCE, OWN_PAGE),
    name="help_day_moved",
    label=_("New day of our answer to a call for help"),
    sent_when=_("When days off move the day of our answer, to whoever asked for help."),
    says=(_help,),
    still_owed=_is_help_owed,
)


def day_moved(
    kind: str, record: UpdateRequest | SupportRequest, contact: Contact, now: datetime
) -> NewMail:
    occurrence = occurrence_of(record.due_on, now)
    return to_contact(kind, record.affiliation, contact, about=record, occurrence=occurrence)
