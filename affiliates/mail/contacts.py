"""What all emails to an affiliate's contacts share."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.mail.placeholders import ABOUT_THE_PROGRAM, GROUP_NAME, RECIPIENT
from affiliates.models import Affiliation, Contact
from workflows.mail import kinds
from workflows.mail.kinds import MailKind, Placeholder
from workflows.mail.outbox import NewMail
from workflows.models import OutgoingMail


def to_contact(
    kind: str,
    affiliation: Affiliation,
    contact: Contact,
    *,
    about: models.Model,
    occurrence: str,
    not_before: datetime | None = None,
) -> NewMail:
    """An email to a contact, suppressed if the address bounced."""
    return NewMail(
        kind=kind,
        to=contact.email,
        to_name=contact.name,
        subject=about,
        occurrence=occurrence,
        language=affiliation.language,
        suppressed=_("This address bounced before.") if contact.bounced_at else "",
        not_before=not_before,
    )


def reachable(affiliation: Affiliation) -> list[Contact]:
    """Contacts whose address has not bounced, first contact first, each address once."""
    in_order = (affiliation.primary_contact, affiliation.alternate_contact)
    by_address: dict[str, Contact] = {}
    for contact in filter(None, in_order):
        if contact.bounced_at is None:
            by_address.setdefault(contact.email.lower(), contact)
    return list(by_address.values())


Values = Mapping[str, Any]
About = Callable[[Any, Any, OutgoingMail], Values]

ABOUT = (RECIPIENT, GROUP_NAME)
"""First placeholders of every email to a contact; ``ABOUT_THE_PROGRAM`` comes last."""

OF_AFFILIATION = ("program", "contacts")
OF_RECORD = ("affiliation__program", "affiliation__contacts")
"""``related`` of a kind whose subject is an affiliation, and of one that has an affiliation."""

CONTACT_WHY = gettext_lazy(
    "You get this email because you are a contact of a group that is an affiliate."
)


def affiliation_of(record: Any) -> Affiliation:
    return record if isinstance(record, Affiliation) else record.affiliation


def recipient_of(mail: OutgoingMail) -> Contact | None:
    """The affiliate's current contact with the email's address."""
    if mail.subject is None:
        return None
    address = mail.recipient.lower()
    contacts = affiliation_of(mail.subject).contacts.all()  # Two at most, and often prefetched.
    return next((contact for contact in contacts if contact.email.lower() == address), None)


def context(*parts: About) -> Callable[[OutgoingMail], Values]:
    """Build a mail kind's ``context`` from common values and those of each part. A part gets the
    subject, the contact (``still_owed`` ensures there is one) and the email.
    """

    def values(mail: OutgoingMail) -> Values:
        affiliation, contact = affiliation_of(mail.subject), recipient_of(mail)
        program = affiliation.program
        found = {
            "name": mail.recipient_name,
            "group": affiliation.name,
            "program": program.title,
            "writer": program.contact_name,
            "writer_email": program.contact_email,
        }
        for part in parts:
            found.update(part(mail.subject, contact, mail))
        return found

    return values


def reply_to(mail: OutgoingMail) -> str:
    return affiliation_of(mail.subject).program.contact_email


def register_kind(
    *placeholders: Placeholder,
    says: Iterable[About] = (),
    why: Any = CONTACT_WHY,
    related: tuple[str, ...] = OF_RECORD,
    **kind: Any,
) -> str:
    """Register a kind of email to contacts; return its name.

    ``placeholders`` and ``says`` add to the common ones (see ``context``); ``kind`` are the other
    arguments of ``MailKind``.
    """
    offered = (*ABOUT, *placeholders, *ABOUT_THE_PROGRAM)
    values = context(*says)
    return kinds.register(
        MailKind(
            placeholders=offered,
            context=values,
            reply_to=reply_to,
            why=why,
            related=related,
            **kind,
        )
    )
