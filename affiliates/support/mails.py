"""The mail that answers a call for help."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from affiliates.core.states import SupportState
from affiliates.links.tokens import affiliate_url
from affiliates.mail.contacts import (
    ABOUT,
    CONTACT_WHY,
    context,
    reachable,
    recipient_of,
    reply_to,
    to_contact,
)
from affiliates.mail.placeholders import ABOUT_THE_PROGRAM, OWN_PAGE, REFERENCE, SUPPORT
from affiliates.models import Contact, SupportRequest, Transition
from affiliates.programs.promised_days import today_at
from workflows.core.due import long_date
from workflows.mail.kinds import MailKind
from workflows.mail.outbox import NewMail
from workflows.models import OutgoingMail

SUPPORT_ANSWERED = "support_answered"


def support_answered(call: SupportRequest, moved: Transition) -> list[NewMail]:
    """To whoever asked; to the group's contact if that person has left. Nobody if none is left."""
    return [
        to_contact(
            SUPPORT_ANSWERED, call.affiliation, contact, about=call, occurrence=f"{moved.pk}"
        )
        for contact in whom_to_answer(call)
    ]


def whom_to_answer(call: SupportRequest) -> list[Contact]:
    """The person, or none."""
    people = reachable(call.affiliation)
    asked = call.update.contact_id if call.update else None
    return ([person for person in people if person.pk == asked] or people)[:1]


def _answered(call: SupportRequest, contact: Contact, mail: OutgoingMail) -> Mapping[str, Any]:
    needs = [f"- {need['text']}" for need in call.needs]
    return {
        "reference": call.reference,
        "asked_date": long_date(today_at(call.affiliation.program, call.opened_at)),
        "asked": "\n".join(filter(None, [call.text, *needs])),
        "answer": call.answer,
        "own_url": affiliate_url(call.affiliation, contact),
    }


def still_owed(mail: OutgoingMail) -> bool:
    """As long as it is the answer, and the person a contact of the group."""
    call: Any = mail.subject
    answered = call is not None and call.state == SupportState.ANSWERED
    return answered and recipient_of(mail) is not None


KINDS = (
    MailKind(
        name=SUPPORT_ANSWERED,
        templates="affiliates/support/mail",
        label=gettext_lazy("Answer to a call for help"),
        sent_when=gettext_lazy("When somebody answers a call for help, to whoever asked."),
        placeholders=(*ABOUT, REFERENCE, *SUPPORT, OWN_PAGE, *ABOUT_THE_PROGRAM),
        context=context(_answered),
        still_owed=still_owed,
        reply_to=reply_to,
        why=CONTACT_WHY,
        priority=20,
    ),
)
