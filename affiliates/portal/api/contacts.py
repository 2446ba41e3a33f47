"""The API of contacts, paused reminders and new links."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router
from ninja.responses import Status

from affiliates.affiliations.services import contacts, reminders
from affiliates.api.error_messages import mistakes_of
from affiliates.api.problems import PROPOSAL_CHANGED, TOO_MANY, Mistake, Problem, invalid
from affiliates.api.schemas import SENT_ERRORS
from affiliates.applications.api.schemas import ContactIn
from affiliates.core.exceptions import AffiliationEnded
from affiliates.core.people import Person
from affiliates.links.api import active_session_at, claim_of, ended
from affiliates.links.sessions import LinkSession, records_of
from affiliates.links.tokens import Purpose, sign
from affiliates.links.views import read_reference
from affiliates.models import Contact
from affiliates.portal import forms
from affiliates.portal.api import schemas
from affiliates.portal.api.schemas import LOOKING, SENDING
from affiliates.portal.queries import is_contact_of
from affiliates.portal.services.link_requests import request_link, request_renewal
from affiliates.programs.promised_days import today_at

router = Router(tags=["Your group"])

PURPOSES = (Purpose.AFFILIATE, Purpose.UPDATE)
"""The link of an update request grants access, too."""

A_DAY = 24 * 60 * 60


@router.put(
    "affiliations/{token}/contact/",
    response={200: schemas.NewToken, **SENDING},
    summary="Change your own details",
)
def change_contact(request: HttpRequest, token: str, body: ContactIn) -> dict[str, Any]:
    """With another address, the links in older mails work no more: both addresses are told."""
    form = forms.OwnDetailsForm(dict(body))
    session = _session_unless_done(token, form)
    if session is None:
        return {"token": None}
    with refusing(session):
        contact = contacts.change_details(
            contact=session.contact, person=_person(form), now=timezone.now()
        )
    has_moved = contact.link_nonce != claim_of(token, PURPOSES).nonce
    new = sign(session.reference, contact.link_nonce, session.purpose) if has_moved else None
    return {"token": new}


@router.post(
    "affiliations/{token}/hand-over/",
    response={204: None, **SENDING},
    operation_id="handOver",
    summary="Let somebody else be the contact",
)
def hand_over_to(request: HttpRequest, token: str, body: ContactIn) -> Status:
    """Both people are told by mail. The old contact's links work no more."""
    form = forms.PersonForm(dict(body))
    session = _session_unless_done(token, form)
    if session:
        affiliation, by, now = session.affiliation, session.contact, timezone.now()
        with refusing(session):
            contacts.hand_over(affiliation=affiliation, person=_person(form), by=by, now=now)
    return Status(204, None)


@router.put(
    "affiliations/{token}/second-contact/",
    response={200: list[schemas.OwnContact], **SENDING},
    operation_id="nameSecondContact",
    summary="Name the second contact",
)
def name_second(request: HttpRequest, token: str, body: ContactIn) -> list[dict[str, Any]]:
    """Whom we write to if the first one does not answer. Whoever it concerns is told by mail."""
    session, now = active_session_at(token, *PURPOSES), timezone.now()
    affiliation, person = session.affiliation, _person(forms.PersonForm(dict(body)))
    with refusing(session):
        contacts.name_second_contact(
            affiliation=affiliation, person=person, by=session.contact, now=now
        )
    return [own_contact(one, session.contact) for one in affiliation.contacts.all()]


@router.delete(
    "affiliations/{token}/second-contact/",
    response={204: None, **LOOKING},
    operation_id="removeSecondContact",
    summary="Have no second contact",
)
def remove_second(request: HttpRequest, token: str) -> Status:
    """The person is told by mail. Twice is no mistake."""
    session, now = active_session_at(token, *PURPOSES), timezone.now()
    with refusing(session):
        contacts.remove_second_contact(affiliation=session.affiliation, by=session.contact, now=now)
    return Status(204, None)


@router.put(
    "affiliations/{token}/reminders/",
    response={200: schemas.Reminders, **SENDING},
    operation_id="pauseReminders",
    summary="Pause our reminders, or end the pause",
)
def pause(request: HttpRequest, token: str, body: schemas.RemindersIn) -> dict[str, Any]:
    """Nothing is owed the less; the clocks stand still. Our team is told of a pause."""
    session, now = active_session_at(token, *PURPOSES), timezone.now()
    affiliation, by, day = session.affiliation, session.contact, body.paused_until
    today, longest = today_at(session.program, now), reminders.longest_pause(affiliation, now)
    form = forms.PauseForm(
        {"until": forms.PauseForm.OTHER, "day": day}, today=today, longest=longest
    )
    if day is not None:
        check(form, day=("paused_until",))
    with refusing(session):
        if day is None:
            reminders.resume_reminders(affiliation=affiliation, by=by, now=now)
        else:
            reminders.pause_reminders(
                affiliation=affiliation, until=form.last_day(), by=by, now=now
            )
    return {"paused_until": affiliation.reminders_paused_until, "longest_pause": longest}


@router.post(
    "links/",
    response={202: schemas.Noted, **SENT_ERRORS},
    summary="By the address of a group’s contact",
    tags=["New links"],
)
def ask_for_link(request: HttpRequest, body: schemas.AddressIn) -> Status:
    """A contact gets a link to the group's page. Nobody learns whether we know the address."""
    form = forms.LinkRequestForm(dict(body))
    check(form)
    request_link(address=form.cleaned_data["email"], now=timezone.now())
    detail = _("If we know this address, an email with a link is there within a few minutes.")
    return Status(202, {"detail": detail})


@router.post(
    "links/renew/",
    response={202: schemas.Noted, **SENT_ERRORS},
    operation_id="renewLink",
    summary="By a reference",
    tags=["New links"],
)
def renew(request: HttpRequest, body: schemas.ReferenceIn) -> Status:
    """Of an application, a group or a request. Nobody learns whether there is one."""
    request_renewal(reference=read_reference(body.reference), now=timezone.now())
    detail = _(
        "If there is something with this reference, an email with a link is there within a few"
        " minutes."
    )
    return Status(202, {"detail": detail})


def own_contact(contact: Contact, you: Contact) -> dict[str, Any]:
    return {
        **{name: getattr(contact, name) for name in ("role", "name", "email", "phone")},
        "has_bounced": contact.bounced_at is not None,
        "is_you": contact.pk == you.pk,
    }


@contextmanager
def refusing(session: LinkSession) -> Iterator[None]:
    try:
        yield
    except AffiliationEnded:
        raise ended(session.program) from None
    except tuple(forms.REFUSALS) as error:
        raise _problem(*forms.refusal(error, session.program)) from None


def check(form: Form, *more: Mistake, **places: Any) -> None:
    """Raises Problem with every error. ``places`` maps form fields to locations in the body."""
    mistakes = [
        replace(one, location=places.get(str(one.location[0]), one.location))
        for one in mistakes_of(form)
    ]
    if mistakes or more:
        raise invalid(*more, *mistakes)


def _problem(name: str | None, error: ValidationError, status: int) -> Problem:
    if status == TOO_MANY.status:
        return Problem(TOO_MANY, detail=error.messages[0], headers={"Retry-After": str(A_DAY)})
    if status == PROPOSAL_CHANGED.status:
        return Problem(PROPOSAL_CHANGED)
    return invalid(Mistake((name,) if name else (), error.messages[0], error.code or "invalid"))


def _person(form: forms.PersonForm) -> Person:
    check(form)
    return form.person()


def _session_unless_done(token: str, form: forms.PersonForm) -> LinkSession | None:
    """None if an identical request, whose response was lost, revoked the token. Raises Problem."""
    try:
        return active_session_at(token, *PURPOSES)
    except Http404:
        claim = claim_of(token, PURPOSES)
        affiliation, _asked = records_of(claim.reference, claim.purpose)
        if affiliation and is_contact_of(affiliation, form):
            return None
        raise
