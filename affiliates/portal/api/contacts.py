"""Whom we write to about a group, and when we are to be silent, by the token of a mailed link."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Router
from ninja.responses import Status

from affiliates.affiliations.services.contacts import (
    change_details,
    hand_over,
    name_second_contact,
    remove_second_contact,
)
from affiliates.affiliations.services.reminders import (
    longest_pause,
    pause_reminders,
    resume_reminders,
)
from affiliates.api.error_messages import mistakes_of
from affiliates.api.problems import TOO_MANY, Mistake, Problem, invalid
from affiliates.api.schemas import Problem as ProblemOut
from affiliates.applications.api.schemas import ContactIn
from affiliates.core.exceptions import AddressTaken, AffiliationEnded, TooManyContactChanges
from affiliates.core.people import Person
from affiliates.links.api import active_session_at, claim_of, ended
from affiliates.links.sessions import LinkSession, records_of
from affiliates.links.tokens import Purpose, sign
from affiliates.models import Contact
from affiliates.portal.api.schemas import NewToken, OwnContact, Reminders, RemindersIn
from affiliates.portal.forms.contacts import TAKEN, TOO_OFTEN, OwnDetailsForm, PersonForm
from affiliates.portal.forms.reminders import OTHER, PauseForm
from affiliates.portal.views.contacts import is_contact_of
from affiliates.programs.promised_days import today_at

router = Router(tags=["Your group"])

PURPOSES = (Purpose.AFFILIATE, Purpose.UPDATE)
"""The mail that asks for an update leads to these as well."""

ERRORS = (400, 404, 410, 413, 415, 422, 429)
A_DAY = 24 * 60 * 60


@router.put(
    "affiliations/{token}/contact/",
    response={200: NewToken, **dict.fromkeys(ERRORS, ProblemOut)},
    operation_id="changeContact",
    summary="Change your own details",
)
def change_contact(request: HttpRequest, token: str, body: ContactIn) -> dict[str, Any]:
    """With another address, the links in older mails work no more: both addresses are told."""
    form = OwnDetailsForm(dict(body))
    session = _visit_unless_done(token, form)
    if session is None:
        return {"token": None}
    with refusals(session):
        contact = change_details(contact=session.contact, person=_person(form), now=timezone.now())
    has_moved = contact.link_nonce != claim_of(token, PURPOSES).nonce
    new = sign(session.reference, contact.link_nonce, session.purpose) if has_moved else None
    return {"token": new}


@router.post(
    "affiliations/{token}/hand-over/",
    response={204: None, **dict.fromkeys(ERRORS, ProblemOut)},
    operation_id="handOver",
    summary="Let somebody else be the contact",
)
def hand_over_to(request: HttpRequest, token: str, body: ContactIn) -> Status:
    """Both people are told by mail. The old contact's links work no more."""
    form = PersonForm(dict(body))
    session = _visit_unless_done(token, form)
    if session:
        affiliation, by, now = session.affiliation, session.contact, timezone.now()
        with refusals(session):
            hand_over(affiliation=affiliation, person=_person(form), by=by, now=now)
    return Status(204, None)


@router.put(
    "affiliations/{token}/second-contact/",
    response={200: list[OwnContact], **dict.fromkeys(ERRORS, ProblemOut)},
    operation_id="nameSecondContact",
    summary="Name the second contact",
)
def name_second(request: HttpRequest, token: str, body: ContactIn) -> list[dict[str, Any]]:
    """Whom we write to if the first one does not answer. Whoever it concerns is told by mail."""
    session, now = active_session_at(token, *PURPOSES), timezone.now()
    affiliation, person = session.affiliation, _person(PersonForm(dict(body)))
    with refusals(session):
        name_second_contact(affiliation=affiliation, person=person, by=session.contact, now=now)
    return [own_contact(one, session.contact) for one in session.affiliation.contacts.all()]


@router.delete(
    "affiliations/{token}/second-contact/",
    response={204: None, **dict.fromkeys((404, 410, 429), ProblemOut)},
    operation_id="removeSecondContact",
    summary="Have no second contact",
)
def remove_second(request: HttpRequest, token: str) -> Status:
    """The person is told by mail. Twice is no mistake."""
    session = active_session_at(token, *PURPOSES)
    with refusals(session):
        remove_second_contact(
            affiliation=session.affiliation, by=session.contact, now=timezone.now()
        )
    return Status(204, None)


@router.put(
    "affiliations/{token}/reminders/",
    response={200: Reminders, **dict.fromkeys(ERRORS, ProblemOut)},
    operation_id="pauseReminders",
    summary="Pause our reminders, or end the pause",
)
def pause(request: HttpRequest, token: str, body: RemindersIn) -> dict[str, Any]:
    """Nothing is owed the less; the clocks stand still. Our team is told of a pause."""
    session, now = active_session_at(token, *PURPOSES), timezone.now()
    affiliation, by = session.affiliation, session.contact
    longest = longest_pause(affiliation, now)
    form = PauseForm(
        {"until": OTHER, "day": body.paused_until},
        today=today_at(session.program, now),
        longest=longest,
    )
    if body.paused_until is not None and not form.is_valid():
        raise invalid(*(_at(one, "paused_until") for one in mistakes_of(form)))
    with refusals(session):
        if body.paused_until is None:
            resume_reminders(affiliation=affiliation, by=by, now=now)
        else:
            pause_reminders(affiliation=affiliation, until=form.last_day(), by=by, now=now)
    return {"paused_until": affiliation.reminders_paused_until, "longest_pause": longest}


def own_contact(contact: Contact, you: Contact) -> dict[str, Any]:
    return {
        "role": contact.role,
        "name": contact.name,
        "email": contact.email,
        "phone": contact.phone,
        "has_bounced": contact.bounced_at is not None,
        "is_you": contact.pk == you.pk,
    }


@contextmanager
def refusals(session: LinkSession) -> Iterator[None]:
    """What the services refuse, in the words of the pages."""
    try:
        yield
    except AddressTaken:
        raise invalid(Mistake(("email",), str(TAKEN), "taken")) from None
    except TooManyContactChanges:
        detail = TOO_OFTEN % {"email": session.program.contact_email}
        raise Problem(TOO_MANY, detail=detail, headers={"Retry-After": str(A_DAY)}) from None
    except AffiliationEnded:
        raise ended(session.program) from None


def _person(form: PersonForm) -> Person:
    if not form.is_valid():
        raise invalid(*mistakes_of(form))
    return form.person()


def _visit_unless_done(token: str, form: PersonForm) -> LinkSession | None:
    """None if the token has died of just this: it was sent before, and its answer was lost.

    Raises Problem or Http404.
    """
    try:
        return active_session_at(token, *PURPOSES)
    except Http404:
        claim = claim_of(token, PURPOSES)
        affiliation, _asked = records_of(claim.reference, claim.purpose)
        if affiliation and is_contact_of(affiliation, form):
            return None
        raise


def _at(mistake: Mistake, name: str) -> Mistake:
    return Mistake((name,), mistake.message, mistake.code)
