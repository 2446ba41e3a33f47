"""What staff do about the people of an affiliate: enter, correct, remove, send the link.

A contact who hands over by its own link is another matter, with mails to both people.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from wagtail.log_actions import log

from affiliates import mails
from affiliates.addresses import address_key
from affiliates.contents import ContactDetails
from affiliates.exceptions import TransitionNotAllowed
from affiliates.models import Affiliation, Contact
from affiliates.models.application import new_link_nonce
from affiliates.permissions import may_manage
from affiliates.services.affiliations import hold_affiliation
from affiliates.services.bounces import was_asked
from affiliates.states import ContactRole, UpdateRequestState
from workflows.services.outbox import queue

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
    one die, and it counts as neither confirmed nor bounced; what its role was asked and still owes,
    the new address is asked at once. Raises TransitionNotAllowed if the user may not.
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
            _ask_at_new_address(affiliation, contact, now)
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
    queue(mails.affiliate_link(affiliation, contact, now=now), now=now)


def _refuse_stranger(affiliation: Affiliation, user: "User") -> None:
    if not may_manage(user, affiliation):
        raise TransitionNotAllowed


def _ask_at_new_address(affiliation: Affiliation, contact: Contact, now: datetime) -> None:
    if contact.role != ContactRole.PRIMARY:
        return
    for request in affiliation.update_requests.filter(state=UpdateRequestState.OPEN):
        request.affiliation = affiliation
        if was_asked(request):
            step = f"moved-{contact.link_nonce}"
            queue(*mails.update_requested(request, mails.UPDATE_ASK, step=step), now=now)
