"""The mails that ask an affiliate for its update. Who answers for it is asked first."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.core.states import AffiliationState, ContactRole, UpdateKind, UpdateRequestState
from affiliates.links.tokens import reminders_url, update_url
from affiliates.mail.contacts import (
    ABOUT,
    CONTACT_WHY,
    context,
    reachable,
    recipient_of,
    reply_to,
    to_contact,
)
from affiliates.mail.placeholders import ABOUT_THE_PROGRAM, FIRST_CONTACT, UPDATE, WHAT_FOLLOWS
from affiliates.models import Contact, ContactUpdate, UpdateRequest
from affiliates.programs.promised_days import today_at
from workflows.core.due import long_date
from workflows.mail.kinds import MailKind
from workflows.mail.outbox import NewMail
from workflows.models import OutgoingMail

UPDATE_ASK = "update_ask"
UPDATE_DUE = "update_due"
UPDATE_REMINDER = "update_reminder"
UPDATE_ALTERNATE = "update_alternate"

THANKS: dict[str, str] = {
    UpdateKind.QUIET: "update_thanks_quiet",
    UpdateKind.NEWS: "update_thanks_news",
    UpdateKind.HELP: "update_thanks_help",
}
"""The mail that thanks, by what the contact told us."""


def update_requested(request: UpdateRequest, kind: str, *, step: str) -> list[NewMail]:
    """To the contact; to the second one if mail to the first came back. Nobody if none is left."""
    return [_mail(kind, request, contact, step) for contact in reachable(request.affiliation)[:1]]


def update_requested_of_all(request: UpdateRequest, *, step: str) -> list[NewMail]:
    """To the contact once more, and to the second one, too."""
    return [
        _mail(_kind_for(contact), request, contact, step)
        for contact in reachable(request.affiliation)
    ]


def update_requested_of_alternate(request: UpdateRequest, *, step: str) -> list[NewMail]:
    """To the second contact at once, since mail to the first one came back."""
    return [
        _mail(UPDATE_ALTERNATE, request, contact, step)
        for contact in reachable(request.affiliation)
        if contact.role == ContactRole.ALTERNATE
    ]


def update_thanks(update: ContactUpdate) -> list[NewMail]:
    """To whoever sent it: what happens next, and by when. Changed, it is thanked for once more only
    if it became something else."""
    contact = update.contact
    if contact is None:
        return []
    kind = THANKS[update.kind]
    return [to_contact(kind, update.affiliation, contact, about=update, occurrence="sent")]


def _kind_for(contact: Contact) -> str:
    return UPDATE_ALTERNATE if contact.role == ContactRole.ALTERNATE else UPDATE_REMINDER


def _mail(kind: str, request: UpdateRequest, contact: Contact, step: str) -> NewMail:
    return to_contact(kind, request.affiliation, contact, about=request, occurrence=step)


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
    """The steps of the ladder that are still to come, as the contact will notice them."""
    program, second = request.affiliation.program, request.affiliation.alternate_contact
    asked_on = request.due_on + timedelta(days=program.update_alternate_days)
    is_to_come = today_at(program, timezone.now()) < asked_on
    if is_to_come and second and second != contact and second.bounced_at is None:
        return (
            _(
                "If we hear nothing, we also write to your second contact, %s. Later somebody of us"
                " calls you."
            )
            % second.name
        )
    return _("If we hear nothing, somebody of us calls you.")


def still_owed(mail: OutgoingMail) -> bool:
    """As long as nothing came, and this person is still the one to ask."""
    request: Any = mail.subject
    if request is None or request.state != UpdateRequestState.OPEN:
        return False
    affiliation, contact = request.affiliation, recipient_of(mail)
    paused_until = affiliation.reminders_paused_until
    is_paused = paused_until and paused_until > today_at(affiliation.program, timezone.now())
    is_active = affiliation.state == AffiliationState.ACTIVE
    return is_active and not is_paused and contact is not None and contact.bounced_at is None


def _unsubscribe(mail: OutgoingMail) -> Mapping[str, str]:
    """The button that mail programs show beside the sender (RFC 8058): it pauses reminders."""
    request: Any = mail.subject
    contact = recipient_of(mail)
    if contact is None:
        return {}
    url = reminders_url(request.affiliation, contact)
    return {
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _kind(name: str, label: Any, sent_when: Any) -> MailKind:
    return MailKind(
        name=name,
        templates="affiliates/updates/mail",
        label=label,
        sent_when=sent_when,
        placeholders=(*ABOUT, FIRST_CONTACT, *UPDATE, WHAT_FOLLOWS, *ABOUT_THE_PROGRAM),
        context=context(_asked),
        still_owed=still_owed,
        reply_to=reply_to,
        headers=_unsubscribe,
        why=CONTACT_WHY,
    )


KINDS = (
    _kind(
        UPDATE_ASK,
        gettext_lazy("Request for an update"),
        gettext_lazy("Some days before the update is due, to the contact."),
    ),
    _kind(
        UPDATE_DUE,
        gettext_lazy("Update due"),
        gettext_lazy("On the day that the update is due, to the contact."),
    ),
    _kind(
        UPDATE_REMINDER,
        gettext_lazy("Update: reminder"),
        gettext_lazy("When the update is late, to the contact."),
    ),
    _kind(
        UPDATE_ALTERNATE,
        gettext_lazy("Request for an update, to the second contact"),
        gettext_lazy(
            "When the contact has not answered for a while, or mail to that person came back, to"
            " the second contact."
        ),
    ),
)
