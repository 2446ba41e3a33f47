"""The email that answers a call for help."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from affiliates.core.states import SupportState
from affiliates.links.tokens import affiliate_url
from affiliates.mail.contacts import (
    reachable,
    recipient_of,
    register_kind,
    to_contact,
)
from affiliates.mail.placeholders import OWN_PAGE, REFERENCE
from affiliates.models import Contact, SupportRequest, Transition
from affiliates.programs.promised_days import today_at
from workflows.core.due import long_date
from workflows.mail.kinds import Placeholder
from workflows.mail.outbox import NewMail
from workflows.models import OutgoingMail


def _answered(call: SupportRequest, contact: Contact, mail: OutgoingMail) -> Mapping[str, Any]:
    needs = [f"- {need['text']}" for need in call.needs]
    return {
        "reference": call.reference,
        "asked_date": long_date(today_at(call.affiliation.program, call.opened_at)),
        "asked": "\n".join(filter(None, [call.text, *needs])),
        "answer": call.answer,
        "own_url": affiliate_url(call.affiliation, contact),
    }


def _is_owed(mail: OutgoingMail) -> bool:
    """While the call is answered and the recipient is still a contact of the group."""
    call: Any = mail.subject
    answered = call is not None and call.state == SupportState.ANSWERED
    return answered and recipient_of(mail) is not None


SUPPORT_ANSWERED = register_kind(
    REFERENCE,
    Placeholder(
        "asked_date",
        _("The day on which the group asked for help."),
        _("Tuesday, November 24, 2026"),
    ),
    Placeholder(
        "asked",
        _("What the group wrote, and which of the program’s benefits it asks for."),
        _("We need someone to speak at our meeting in March."),
        multiline=True,
    ),
    Placeholder(
        "answer",
        _("The answer, as a member of staff wrote it."),
        _("Of course. Maria will call you this week."),
        multiline=True,
    ),
    OWN_PAGE,
    name="support_answered",
    templates="affiliates/support/mail",
    label=_("Answer to a call for help"),
    sent_when=_("When someone answers a call for help, to whoever asked."),
    says=(_answered,),
    still_owed=_is_owed,
    priority=20,
)


def support_answered(call: SupportRequest, moved: Transition) -> list[NewMail]:
    """To the person who asked, or else to the group's contact, if any."""
    return [
        to_contact(
            SUPPORT_ANSWERED, call.affiliation, contact, about=call, occurrence=f"{moved.pk}"
        )
        for contact in whom_to_answer(call)
    ]


def whom_to_answer(call: SupportRequest) -> list[Contact]:
    people = reachable(call.affiliation)
    asked = call.update.contact_id if call.update else None
    return ([person for person in people if person.pk == asked] or people)[:1]
