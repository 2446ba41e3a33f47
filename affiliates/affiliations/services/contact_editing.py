"""What staff do about the people of an affiliate: enter, correct, remove, send the link.

A contact who hands over by its own link is another matter, with mails to both people.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from wagtail.log_actions import log

from affiliates.affiliations.mails.links import affiliate_link
from affiliates.affiliations.services.lifecycle import hold_affiliation
from affiliates.audit.permissions import may_manage
from affiliates.core.addresses import address_key
from affiliates.core.exceptions import TransitionNotAllowed
from affiliates.core.people import ContactDetails
from affiliates.core.states import ContactRole
from affiliates.models import Affiliation, Contact
from affiliates.models.application import new_link_nonce
from affiliates.signals import contact_address_changed
from workflows.mail.outbox import queue

if TYPE_CHECKING:
    from django.contrib.auth.models import User

CONTACT_CHANGED = "affiliates.contact.change"
CONTACT_REMOVED = "affiliates.contact.remove"
"""In Wagtail's log of the affiliation, with the role, and no name or address."""


def enter_contact(
    *, affiliation: Affiliation, details: ContactDetails, user: "User", now: datetime
) -> Contact:
    """Add the contact with this role, or change it. ``details`` are clean.

    Effects, in one transaction: the row, a log entry. With a new address, links mailed to the older
    one die, it counts as neither confirmed nor bounced, and whatever listens to
    ``contact_address_changed`` follows: what its role still owes, it is asked at once.
    Raises TransitionNotAllowed if the user may not.
    """
    with transaction.atomic():
        hold_affiliation(affiliation)
        _refuse_stranger(affiliation, user)
        known = affiliation.contacts.filter(role=details.role).first()
        contact = known or Contact(affiliation=affiliation, role=details.role)
        moves = contact.email.lower() != details.email.lower()
        if moves:
            contact.link_nonce = new_link_nonce()
            contact.confirmed_at = contact.bounced_at = None
        contact.name, contact.phone = details.name, details.phone
        contact.email, contact.email_key = details.email, address_key(details.email)
        contact.save()
        log(instance=affiliation, action=CONTACT_CHANGED, user=user, data={"role": details.role})
        if moves:
            contact_address_changed.send(Contact, contact=contact, affiliation=affiliation, now=now)
    return contact


def remove_contact(
    *, affiliation: Affiliation, role: ContactRole, user: "User", now: datetime
) -> None:
    """Effects, in one transaction: the row is gone, links mailed to it are dead; a log entry.

    Raises TransitionNotAllowed if the user may not. Who is not there is gone already.
    """
    with transaction.atomic():
        hold_affiliation(affiliation)
        _refuse_stranger(affiliation, user)
        removed, _rows = affiliation.contacts.filter(role=role).delete()
        if removed:
            log(instance=affiliation, action=CONTACT_REMOVED, user=user, data={"role": role})


def send_own_link(*, contact: Contact, user: "User", now: datetime) -> None:
    """Mail the contact the link to the affiliate's own page; once a minute.

    Effects: the mail. Raises TransitionNotAllowed if the user may not.
    """
    affiliation: Any = contact.affiliation
    _refuse_stranger(affiliation, user)
    queue(affiliate_link(affiliation, contact, now=now), now=now)


def _refuse_stranger(affiliation: Affiliation, user: "User") -> None:
    if not may_manage(user, affiliation):
        raise TransitionNotAllowed
