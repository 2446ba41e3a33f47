"""Emails about becoming, being or no longer being the contact of an affiliate."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from affiliates.audit.contact_log import named_by
from affiliates.core.states import AffiliationState, ContactRole, UpdateRequestState
from affiliates.links.tokens import affiliate_url, update_url
from affiliates.mail.contacts import OF_AFFILIATION, recipient_of, register_kind, to_contact
from affiliates.mail.placeholders import FIRST_CONTACT, OWN_PAGE
from affiliates.models import Affiliation, Contact
from affiliates.spam.quotas import counts_toward_quota
from workflows.core.due import long_date
from workflows.mail.kinds import Placeholder
from workflows.mail.outbox import NewMail
from workflows.models import OutgoingMail


def contact_mail(
    kind: str, affiliation: Affiliation, contact: Contact, *, now: datetime
) -> NewMail:
    occurrence = now.isoformat(timespec="seconds")
    return to_contact(kind, affiliation, contact, about=affiliation, occurrence=occurrence)


def _for_contact(affiliation: Affiliation, contact: Contact, mail: OutgoingMail) -> Mapping:
    asked = affiliation.update_requests.filter(state=UpdateRequestState.OPEN).last()
    months = affiliation.interval_months
    return {
        "named_by": named_by(affiliation, ContactRole(contact.role)) or affiliation.name,
        "own_url": affiliate_url(affiliation, contact),
        "how_often": ngettext("every month", "every %(count)d months", months) % {"count": months},
        "update_owed": _owed(asked) if asked else "",
        "update_url": update_url(asked, contact) if asked else "",
    }


def _owed(asked: Any) -> str:
    names = {"period": asked.period.label, "date": long_date(asked.due_on)}
    return _("We are waiting for one update: %(period)s. It is due on %(date)s.") % names


def _first_contact(affiliation: Affiliation, contact: Contact, mail: OutgoingMail) -> Mapping:
    first = affiliation.primary_contact
    return {"contact": first.name if first else affiliation.name}


def _is_contact(mail: OutgoingMail) -> bool:
    affiliation: Any = mail.subject
    if affiliation is None or affiliation.state == AffiliationState.ENDED:
        return False
    return recipient_of(mail) is not None


def _is_none(mail: OutgoingMail) -> bool:
    return mail.subject is not None and recipient_of(mail) is None


_register = partial(
    register_kind,
    templates="affiliates/affiliations/mail",
    priority=10,
    related=OF_AFFILIATION,
)
_to_former_contact = partial(
    _register,
    still_owed=_is_none,
    why=gettext_lazy("You get this email because you were a contact of a group."),
)

NAMED_BY = Placeholder(
    "named_by",
    gettext_lazy("The name of the contact who named this person."),
    gettext_lazy("Kim Lee"),
)
UPDATE_OWED = (
    Placeholder(
        "update_owed",
        gettext_lazy("A sentence about the update that is asked for now, if there is one."),
        gettext_lazy("We are waiting for one update: Q3 2026."),
    ),
    Placeholder(
        "update_url",
        gettext_lazy("The private link to send that update. Empty if none is asked for."),
        "https://example.org/join/link/update~K7M-4QX/",
        is_link=True,
    ),
)
HOW_OFTEN = Placeholder(
    "how_often",
    gettext_lazy("How often an update is asked for."),
    gettext_lazy("every 3 months"),
)

CONTACT_WELCOME = _register(
    NAMED_BY,
    HOW_OFTEN,
    *UPDATE_OWED,
    OWN_PAGE,
    name="contact_welcome",
    label=gettext_lazy("Welcome to a new contact"),
    sent_when=gettext_lazy("When someone becomes the contact of an affiliate, to that person."),
    says=(_for_contact,),
    still_owed=_is_contact,
)
CONTACT_RELEASED = _to_former_contact(
    FIRST_CONTACT,
    name="contact_released",
    label=gettext_lazy("No longer the contact"),
    sent_when=gettext_lazy("When someone else becomes the contact, to the previous contact."),
    says=(_first_contact,),
)
SECOND_CONTACT_WELCOME = _register(
    NAMED_BY,
    FIRST_CONTACT,
    OWN_PAGE,
    name="second_contact_welcome",
    label=gettext_lazy("Welcome to a new second contact"),
    sent_when=gettext_lazy("When an affiliate names its second contact, to that person."),
    says=(_for_contact, _first_contact),
    still_owed=_is_contact,
)
SECOND_CONTACT_RELEASED = _to_former_contact(
    name="second_contact_released",
    label=gettext_lazy("No longer the second contact"),
    sent_when=gettext_lazy("When an affiliate removes its second contact, to that person."),
)
CONTACT_NEW_ADDRESS = _register(
    *UPDATE_OWED,
    OWN_PAGE,
    name="contact_new_address",
    label=gettext_lazy("New address of a contact"),
    sent_when=gettext_lazy("When a contact gives another address, to the new one."),
    says=(_for_contact,),
    still_owed=_is_contact,
)
CONTACT_OLD_ADDRESS = _to_former_contact(
    name="contact_old_address",
    label=gettext_lazy("Old address of a contact"),
    sent_when=gettext_lazy("When a contact gives another address, to the old one."),
    why=gettext_lazy("You get this email because we used to write to this address."),
)

TO_NEW_CONTACTS = (CONTACT_WELCOME, SECOND_CONTACT_WELCOME, CONTACT_NEW_ADDRESS)
counts_toward_quota(*TO_NEW_CONTACTS)
# The emails to former contacts are never held back: they tell of a change that somebody else made.
