"""The mails to those who become, are or were the contact of an affiliate."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from affiliates.audit.contact_log import named_by
from affiliates.core.states import AffiliationState, ContactRole, UpdateRequestState
from affiliates.links.tokens import affiliate_url, update_url
from affiliates.mail.contacts import ABOUT, CONTACT_WHY, context, recipient_of, reply_to, to_contact
from affiliates.mail.placeholders import (
    ABOUT_THE_PROGRAM,
    FIRST_CONTACT,
    HOW_OFTEN,
    NAMED_BY,
    OWN_PAGE,
    UPDATE_OWED,
    UPDATE_OWED_URL,
)
from affiliates.models import Affiliation, Contact
from workflows.core.due import long_date
from workflows.mail.kinds import MailKind, Placeholder
from workflows.mail.outbox import NewMail
from workflows.models import OutgoingMail

CONTACT_WELCOME = "contact_welcome"
CONTACT_RELEASED = "contact_released"
SECOND_CONTACT_WELCOME = "second_contact_welcome"
SECOND_CONTACT_RELEASED = "second_contact_released"
CONTACT_NEW_ADDRESS = "contact_new_address"
CONTACT_OLD_ADDRESS = "contact_old_address"

TO_NEW_CONTACTS = (CONTACT_WELCOME, SECOND_CONTACT_WELCOME, CONTACT_NEW_ADDRESS)


def contact_welcome(affiliation: Affiliation, contact: Contact, *, now: datetime) -> NewMail:
    """To the new contact: who named them, what is expected, and the link."""
    return _mail(CONTACT_WELCOME, affiliation, contact, now)


def contact_released(affiliation: Affiliation, contact: Contact, *, now: datetime) -> NewMail:
    """To the one who was the contact: who is now, and whom to write to if that is wrong."""
    return _mail(CONTACT_RELEASED, affiliation, contact, now)


def second_contact_welcome(affiliation: Affiliation, contact: Contact, *, now: datetime) -> NewMail:
    """To the new second contact: who named them, and when we write."""
    return _mail(SECOND_CONTACT_WELCOME, affiliation, contact, now)


def second_contact_released(
    affiliation: Affiliation, contact: Contact, *, now: datetime
) -> NewMail:
    """To the one who was the second contact: not any more."""
    return _mail(SECOND_CONTACT_RELEASED, affiliation, contact, now)


def contact_new_address(affiliation: Affiliation, contact: Contact, *, now: datetime) -> NewMail:
    """To the new address of the same person: with the link, since older ones work no more."""
    return _mail(CONTACT_NEW_ADDRESS, affiliation, contact, now)


def contact_old_address(affiliation: Affiliation, contact: Contact, *, now: datetime) -> NewMail:
    """To the old address of the same person: whom to write to if it was somebody else."""
    return _mail(CONTACT_OLD_ADDRESS, affiliation, contact, now)


def _mail(kind: str, affiliation: Affiliation, contact: Contact, now: datetime) -> NewMail:
    occurrence = now.isoformat(timespec="seconds")
    return to_contact(kind, affiliation, contact, about=affiliation, occurrence=occurrence)


Values = Mapping[str, Any]


def _for_contact(affiliation: Affiliation, contact: Contact, mail: OutgoingMail) -> Values:
    """Of somebody who has a role now: links, and what is asked."""
    asked = affiliation.update_requests.filter(state=UpdateRequestState.OPEN).last()
    months = affiliation.interval_months
    return {
        "named_by": named_by(affiliation, ContactRole(contact.role)) or affiliation.name,
        "own_url": affiliate_url(affiliation, contact),
        "how_often": ngettext("every month", "every %(count)d months", months) % {"count": months},
        "update_owed": _owed(asked) if asked else "",
        "update_url": update_url(asked, contact) if asked else "",
    }


def _first_contact(affiliation: Affiliation, contact: Contact, mail: OutgoingMail) -> Values:
    first = affiliation.primary_contact
    return {"contact": first.name if first else affiliation.name}


def _owed(asked: Any) -> str:
    names = {"period": asked.period.label, "date": long_date(asked.due_on)}
    return _("One update waits for you: that for %(period)s. It is due on %(date)s.") % names


def _is_contact(mail: OutgoingMail) -> bool:
    """As long as the person has a role."""
    affiliation: Any = mail.subject
    if affiliation is None or affiliation.state == AffiliationState.ENDED:
        return False
    return recipient_of(mail) is not None


def _is_none(mail: OutgoingMail) -> bool:
    """As long as the address is not a contact's again."""
    return mail.subject is not None and recipient_of(mail) is None


def _kind(
    name: str,
    label: Any,
    sent_when: Any,
    *placeholders: Placeholder,
    parts: tuple[Callable[..., Values], ...],
    still_owed: Callable[[OutgoingMail], bool],
    why: Any = CONTACT_WHY,
) -> MailKind:
    return MailKind(
        name=name,
        templates="affiliates/affiliations/mail",
        label=label,
        sent_when=sent_when,
        placeholders=(*ABOUT, *placeholders, *ABOUT_THE_PROGRAM),
        context=context(*parts),
        still_owed=still_owed,
        reply_to=reply_to,
        priority=10,
        why=why,
    )


WAS_CONTACT = gettext_lazy("You get this mail because you were a contact of a group.")
WAS_ADDRESS = gettext_lazy("You get this mail because we wrote to this address so far.")

KINDS = (
    _kind(
        CONTACT_WELCOME,
        gettext_lazy("Welcome to a new contact"),
        gettext_lazy("When somebody becomes the contact of an affiliate, to that person."),
        NAMED_BY,
        HOW_OFTEN,
        UPDATE_OWED,
        UPDATE_OWED_URL,
        OWN_PAGE,
        parts=(_for_contact,),
        still_owed=_is_contact,
    ),
    _kind(
        CONTACT_RELEASED,
        gettext_lazy("Contact no longer"),
        gettext_lazy("When somebody else became the contact, to the one who was it before."),
        FIRST_CONTACT,
        parts=(_first_contact,),
        still_owed=_is_none,
        why=WAS_CONTACT,
    ),
    _kind(
        SECOND_CONTACT_WELCOME,
        gettext_lazy("Welcome to a new second contact"),
        gettext_lazy("When an affiliate names its second contact, to that person."),
        NAMED_BY,
        FIRST_CONTACT,
        OWN_PAGE,
        parts=(_for_contact, _first_contact),
        still_owed=_is_contact,
    ),
    _kind(
        SECOND_CONTACT_RELEASED,
        gettext_lazy("Second contact no longer"),
        gettext_lazy("When an affiliate took out its second contact, to that person."),
        parts=(),
        still_owed=_is_none,
        why=WAS_CONTACT,
    ),
    _kind(
        CONTACT_NEW_ADDRESS,
        gettext_lazy("New address of a contact"),
        gettext_lazy("When a contact gave another address, to the new one."),
        UPDATE_OWED,
        UPDATE_OWED_URL,
        OWN_PAGE,
        parts=(_for_contact,),
        still_owed=_is_contact,
    ),
    _kind(
        CONTACT_OLD_ADDRESS,
        gettext_lazy("Old address of a contact"),
        gettext_lazy("When a contact gave another address, to the old one."),
        parts=(),
        still_owed=_is_none,
        why=WAS_ADDRESS,
    ),
)
