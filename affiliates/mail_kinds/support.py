"""The kind of mail that answers a call for help."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from affiliates import mails
from affiliates.links import affiliate_url
from affiliates.mail_kinds.affiliates import (
    ABOUT,
    ABOUT_THE_PROGRAM,
    CONTACT_WHY,
    context,
    recipient_of,
    reply_to,
)
from affiliates.mail_placeholders import OWN_PAGE, REFERENCE, SUPPORT
from affiliates.models import Contact, SupportRequest
from affiliates.promised_days import today_at
from affiliates.states import SupportState
from workflows.due import long_date
from workflows.mail_kinds import MailKind
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


def still_owed(mail: OutgoingMail) -> bool:
    """As long as it is the answer, and the person a contact of the group."""
    call: Any = mail.subject
    answered = call is not None and call.state == SupportState.ANSWERED
    return answered and recipient_of(mail) is not None


KINDS = (
    MailKind(
        name=mails.SUPPORT_ANSWERED,
        app="affiliates",
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
