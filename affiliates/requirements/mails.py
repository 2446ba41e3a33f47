"""Emails that ask a group for the proof of a requirement."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from affiliates.affiliations.standing.requirements import counts
from affiliates.affiliations.standing.rules import has_break
from affiliates.core.states import AffiliationState, ContactRole
from affiliates.links.tokens import affiliate_url, reminders_url
from affiliates.mail.contacts import reachable, recipient_of, register_kind, to_contact
from affiliates.mail.placeholders import FIRST_CONTACT, OWN_PAGE
from affiliates.models import Commitment, Contact
from affiliates.programs.promised_days import today_at
from affiliates.requirements.kinds import get_kind
from workflows.core.due import long_date
from workflows.mail.kinds import Placeholder
from workflows.mail.outbox import NewMail
from workflows.models import OutgoingMail


def _asked(commitment: Commitment, contact: Contact, mail: OutgoingMail) -> Mapping[str, Any]:
    requirement, affiliation = commitment.requirement, commitment.affiliation
    due_on: Any = commitment.due_on
    first = affiliation.primary_contact
    return {
        "requirement": requirement.name,
        "what_we_ask": requirement.sentence or str(get_kind(requirement.kind).asks),
        "due_date": long_date(due_on),
        "own_url": affiliate_url(affiliation, contact),
        "contact": first.name if first else "",
        "what_follows": gettext("If we do not hear from you, someone on our team will call you."),
    }


def _is_owed(mail: OutgoingMail) -> bool:
    commitment: Any = mail.subject
    if commitment is None:
        return False
    affiliation, contact = commitment.affiliation, recipient_of(mail)
    today = today_at(affiliation.program, timezone.now())
    return (
        affiliation.state == AffiliationState.ACTIVE
        and commitment.requirement.retired_at is None
        and counts(commitment, today)
        and commitment.ask_on is not None
        and commitment.ask_on <= today
        and not has_break(affiliation, today)
        and contact is not None
        and contact.bounced_at is None
    )


def _unsubscribe(mail: OutgoingMail) -> Mapping[str, str]:
    """Headers for one-click unsubscribe (RFC 8058), which pauses reminders."""
    commitment: Any = mail.subject
    contact = recipient_of(mail)
    if contact is None:
        return {}
    url = reminders_url(commitment.affiliation, contact)
    return {
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


_register = partial(
    register_kind,
    FIRST_CONTACT,
    Placeholder("requirement", _("The name of the requirement."), _("Contact confirmed")),
    Placeholder(
        "what_we_ask",
        _("What the program asks for, as editors wrote it."),
        _("Once a year we ask whether we still write to the right people."),
    ),
    Placeholder(
        "due_date",
        _("The day by which we ask for it."),
        _("Wednesday, September 30, 2026"),
    ),
    OWN_PAGE,
    Placeholder(
        "what_follows",
        _("What we do if nothing comes."),
        _("If we do not hear from you, someone on our team will call you."),
    ),
    templates="affiliates/requirements/mail",
    says=(_asked,),
    related=("requirement", "affiliation__program", "affiliation__contacts"),
    still_owed=_is_owed,
    headers=_unsubscribe,
)

REQUIREMENT_ASK = _register(
    name="requirement_ask",
    label=_("Request for a requirement"),
    sent_when=_("Some days before it is due, to the contact."),
)
REQUIREMENT_DUE = _register(
    name="requirement_due",
    label=_("Requirement due"),
    sent_when=_("On the day it is due, to the contact."),
)
REQUIREMENT_REMINDER = _register(
    name="requirement_reminder",
    label=_("Requirement: reminder"),
    sent_when=_("When it is late, to the contact."),
)
REQUIREMENT_ALTERNATE = _register(
    name="requirement_alternate",
    label=_("Request for a requirement, to the second contact"),
    sent_when=_("When the contact has not answered for a while, to the second contact."),
)


def asked_of_first(commitment: Commitment, kind: str, *, occurrence: str) -> list[NewMail]:
    """Asks the first reachable contact; returns no email if there is none."""
    contacts = reachable(commitment.affiliation)[:1]
    return [_mail(kind, commitment, contact, occurrence) for contact in contacts]


def asked_of_all(commitment: Commitment, *, occurrence: str) -> list[NewMail]:
    kinds: dict[str, str] = {ContactRole.ALTERNATE: REQUIREMENT_ALTERNATE}
    return [
        _mail(kinds.get(contact.role, REQUIREMENT_REMINDER), commitment, contact, occurrence)
        for contact in reachable(commitment.affiliation)
    ]


def _mail(kind: str, commitment: Commitment, contact: Contact, occurrence: str) -> NewMail:
    return to_contact(
        kind, commitment.affiliation, contact, about=commitment, occurrence=occurrence
    )
