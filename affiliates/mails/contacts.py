"""The mails to those who become, are or were the contact of an affiliate."""

from datetime import datetime

from affiliates.mails.affiliates import to_contact
from affiliates.models import Affiliation, Contact
from workflows.services.outbox import NewMail

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
