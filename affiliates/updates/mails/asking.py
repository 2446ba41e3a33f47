"""Emails that ask an affiliate for its update."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from affiliates.affiliations.update_terms import update_days
from affiliates.core.states import AffiliationState, ContactRole, UpdateRequestState
from affiliates.links.tokens import reminders_url, update_url
from affiliates.mail.contacts import OF_RECORD, reachable, recipient_of, to_contact
from affiliates.mail.placeholders import FIRST_CONTACT
from affiliates.models import Contact, UpdateRequest
from affiliates.programs.promised_days import today_at
from affiliates.updates.mails import register
from workflows.core.due import long_date
from workflows.mail.kinds import Placeholder
from workflows.mail.outbox import NewMail
from workflows.models import OutgoingMail


def _asked(request: UpdateRequest, contact: Contact, mail: OutgoingMail) -> Mapping[str, Any]:
    first = request.affiliation.primary_contact
    return {
        "period": request.period.label,
        "due_date": long_date(request.due_on),
        "update_url": update_url(request, contact),
        "contact": first.name if first else "",
        "what_follows": _what_follows(request, contact),
    }


def _what_follows(request: UpdateRequest, contact: Contact) -> str:
    affiliation, second = request.affiliation, request.affiliation.alternate_contact
    asked_on = request.due_on + timedelta(days=update_days(affiliation, "alternate_days"))
    is_to_come = today_at(affiliation.program, timezone.now()) < asked_on
    if is_to_come and second and second != contact and second.bounced_at is None:
        return (
            gettext(
                "If we do not hear from you, we will also write to your second contact, %s. Later,"
                " someone on our team will call you."
            )
            % second.name
        )
    return gettext("If we do not hear from you, someone on our team will call you.")


def is_owed(mail: OutgoingMail) -> bool:
    """While the request is open, reminders are not paused, and the recipient can be reached; not if
    the request was put off since.
    """
    request: Any = mail.subject
    if request is None or request.state != UpdateRequestState.OPEN:
        return False
    if request.put_off_at and mail.created_at < request.put_off_at:
        return False
    affiliation, contact = request.affiliation, recipient_of(mail)
    paused_until = affiliation.reminders_paused_until
    is_paused = paused_until and paused_until > today_at(affiliation.program, timezone.now())
    is_active = affiliation.state == AffiliationState.ACTIVE
    return is_active and not is_paused and contact is not None and contact.bounced_at is None


def _unsubscribe(mail: OutgoingMail) -> Mapping[str, str]:
    """Headers for one-click unsubscribe (RFC 8058), which pauses reminders."""
    request: Any = mail.subject
    contact = recipient_of(mail)
    if contact is None:
        return {}
    url = reminders_url(request.affiliation, contact)
    return {
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


_register = partial(
    register,
    FIRST_CONTACT,
    Placeholder("period", _("The period that the update is about."), _("Q3 2026")),
    Placeholder(
        "due_date",
        _("The day by which we ask for the update."),
        _("Wednesday, September 30, 2026"),
    ),
    Placeholder(
        "update_url",
        _("The private link to send the update."),
        "https://example.org/join/link/update~K7M-4QX/",
        is_link=True,
    ),
    Placeholder(
        "what_follows",
        _("What we do if no update comes: ask the second contact, if there is one, or call."),
        _("If we do not hear from you, someone on our team will call you."),
    ),
    says=(_asked,),
    related=(*OF_RECORD, "affiliation__commitments__requirement"),
    still_owed=is_owed,
    headers=_unsubscribe,
)

UPDATE_ASK = _register(
    name="update_ask",
    label=_("Request for an update"),
    sent_when=_("Some days before the update is due, to the contact."),
)
UPDATE_DUE = _register(
    name="update_due",
    label=_("Update due"),
    sent_when=_("On the day the update is due, to the contact."),
)
UPDATE_REMINDER = _register(
    name="update_reminder",
    label=_("Update: reminder"),
    sent_when=_("When the update is late, to the contact."),
)
UPDATE_ALTERNATE = _register(
    name="update_alternate",
    label=_("Request for an update, to the second contact"),
    sent_when=_(
        "When the contact has not answered for a while, or email to that person bounced, to the"
        " second contact."
    ),
)


def update_requested(request: UpdateRequest, kind: str, *, step: str) -> list[NewMail]:
    """Asks the first reachable contact; returns no email if there is none."""
    return [_mail(kind, request, contact, step) for contact in reachable(request.affiliation)[:1]]


def update_requested_of_all(request: UpdateRequest, *, step: str) -> list[NewMail]:
    kinds: dict[str, str] = {ContactRole.ALTERNATE: UPDATE_ALTERNATE}
    return [
        _mail(kinds.get(contact.role, UPDATE_REMINDER), request, contact, step)
        for contact in reachable(request.affiliation)
    ]


def update_requested_of_alternate(request: UpdateRequest, *, step: str) -> list[NewMail]:
    """For the second contact only, when email to the first one bounced."""
    return [
        _mail(UPDATE_ALTERNATE, request, contact, step)
        for contact in reachable(request.affiliation)
        if contact.role == ContactRole.ALTERNATE
    ]


def _mail(kind: str, request: UpdateRequest, contact: Contact, step: str) -> NewMail:
    """After it was put off, each step is another email."""
    again = f"-{request.put_off_at:%Y-%m-%dT%H:%M:%S}" if request.put_off_at else ""
    return to_contact(kind, request.affiliation, contact, about=request, occurrence=step + again)
