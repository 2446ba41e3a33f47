"""Changes of an affiliate's contacts. Anyone with an emailed link can make them, so people who gain
or lose a role are emailed; changes by staff send no email.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from affiliates.affiliations.mails.contacts import (
    CONTACT_NEW_ADDRESS,
    CONTACT_OLD_ADDRESS,
    CONTACT_RELEASED,
    CONTACT_WELCOME,
    SECOND_CONTACT_RELEASED,
    SECOND_CONTACT_WELCOME,
    contact_mail,
)
from affiliates.affiliations.mails.links import affiliate_link
from affiliates.affiliations.services.lifecycle import hold_affiliation, hold_unless_ended
from affiliates.affiliations.services.notices import notify_staff
from affiliates.audit import contact_log
from affiliates.audit.permissions import may_manage
from affiliates.core.conf import settings
from affiliates.core.exceptions import (
    AddressTaken,
    AffiliationEnded,
    TooManyContactChanges,
    TransitionNotAllowed,
)
from affiliates.core.people import ContactDetails, Person
from affiliates.core.states import ContactRole, NoticeKind
from affiliates.core.text import for_staff
from affiliates.models import Affiliation, Contact
from affiliates.models.application import new_link_nonce
from affiliates.signals import contact_address_changed
from affiliates.spam.quotas import within_quota
from workflows.core.addresses import address_key
from workflows.mail.outbox import NewMail, queue

CONTACT_CHANGED = "affiliates.contact.change"
CONTACT_REMOVED = "affiliates.contact.remove"
"""Log actions of the affiliation; entries hold the role, but no name or address."""


def change_details(*, contact: Contact, person: Person, now: datetime) -> Contact:
    """Change the name, address or phone of the same person. Effects, in one transaction: the row
    and a log entry. A new address also invalidates older links, clears the bounce, and notifies
    both addresses and staff. Raises AddressTaken, TooManyContactChanges and AffiliationEnded.
    """
    affiliation = contact.affiliation
    if affiliation is None:
        raise AffiliationEnded
    with transaction.atomic():
        hold_unless_ended(affiliation)
        before = Contact.objects.get(pk=contact.pk)
        moves = before.email.lower() != person.email.lower()
        if moves:
            others = affiliation.contacts.exclude(pk=contact.pk)
            if any(_is_same(other, person) for other in others):
                raise AddressTaken
            _refuse_too_many(affiliation, now)
        _write(contact, person, moves=moves)
        action = contact_log.READDRESSED if moves else contact_log.CHANGED
        contact_log.note(affiliation, action, by=before, role=contact.role, now=now)
        if moves:
            _tell(contact_mail(CONTACT_NEW_ADDRESS, affiliation, contact, now=now), now)
            queue(contact_mail(CONTACT_OLD_ADDRESS, affiliation, before, now=now), now=now)
            text = for_staff(lambda: _moved(before, contact))
            notify_staff(affiliation=affiliation, kind=NoticeKind.HANDED_OVER, text=text, now=now)
    return contact


def hand_over(*, affiliation: Affiliation, person: Person, by: Contact, now: datetime) -> Contact:
    """Replace the first contact, perhaps by the second; ``by`` is the contact who says so. Effects,
    in one transaction: the old row is deleted with its links and queued emails; an email to both, a
    notice to staff, a log entry. Raises AddressTaken, TooManyContactChanges and
    AffiliationEnded.
    """
    with transaction.atomic():
        hold_unless_ended(affiliation)
        _refuse_too_many(affiliation, now)
        old, second = affiliation.primary_contact, affiliation.alternate_contact
        if old and _is_same(old, person):
            raise AddressTaken
        if old:
            Contact.objects.filter(pk=old.pk).delete()
        if second and _is_same(second, person):
            new = second  # This leaves no second contact.
            new.role = ContactRole.PRIMARY
            new.save(update_fields=["role"])
        else:
            new = _create(affiliation, ContactRole.PRIMARY, person)
        contact_log.note(affiliation, contact_log.NAMED, by=by, role=new.role, now=now)
        _tell(contact_mail(CONTACT_WELCOME, affiliation, new, now=now), now)
        if old:
            queue(contact_mail(CONTACT_RELEASED, affiliation, old, now=now), now=now)
        text = for_staff(lambda: _handed_over(by, old, new))
        notify_staff(affiliation=affiliation, kind=NoticeKind.HANDED_OVER, text=text, now=now)
    return new


def name_second_contact(
    *, affiliation: Affiliation, person: Person, by: Contact, now: datetime
) -> Contact:
    """Add or replace the second contact; the same address only gets new details. Effects, in one
    transaction: the old row and its links are gone; an email to both, a log entry. Raises
    AddressTaken (by the first contact), TooManyContactChanges and AffiliationEnded.
    """
    with transaction.atomic():
        hold_unless_ended(affiliation)
        first, old = affiliation.primary_contact, affiliation.alternate_contact
        if first and _is_same(first, person):
            raise AddressTaken
        if old and old.email.lower() == person.email.lower():
            return change_details(contact=old, person=person, now=now)
        _refuse_too_many(affiliation, now)
        if old:
            Contact.objects.filter(pk=old.pk).delete()
        new = _create(affiliation, ContactRole.ALTERNATE, person)
        contact_log.note(affiliation, contact_log.NAMED, by=by, role=new.role, now=now)
        _tell(contact_mail(SECOND_CONTACT_WELCOME, affiliation, new, now=now), now)
        if old and not _is_same(old, person):
            queue(contact_mail(SECOND_CONTACT_RELEASED, affiliation, old, now=now), now=now)
    return new


def remove_second_contact(*, affiliation: Affiliation, by: Contact, now: datetime) -> None:
    """Delete the row and its links, email the person and log it. Idempotent. Raises
    AffiliationEnded.
    """
    with transaction.atomic():
        hold_unless_ended(affiliation)
        old = affiliation.alternate_contact
        if old is None:
            return
        Contact.objects.filter(pk=old.pk).delete()
        contact_log.note(affiliation, contact_log.REMOVED, by=by, role=old.role, now=now)
        queue(contact_mail(SECOND_CONTACT_RELEASED, affiliation, old, now=now), now=now)


def enter_contact(
    *, affiliation: Affiliation, details: ContactDetails, user: User, now: datetime
) -> Contact:
    """Add or change the contact with this role; ``details`` are clean. Effects, in one transaction:
    the row and a log entry. A new address invalidates older links, counts as neither confirmed nor
    bounced, and sends ``contact_address_changed``, so that open requests are emailed at once.
    Raises TransitionNotAllowed.
    """
    with transaction.atomic():
        hold_affiliation(affiliation)
        _refuse_stranger(affiliation, user)
        known = affiliation.contacts.filter(role=details.role).first()
        contact = known or Contact(affiliation=affiliation, role=details.role)
        moves = contact.email.lower() != details.email.lower()
        _write(contact, details, moves=moves)
        log(instance=affiliation, action=CONTACT_CHANGED, user=user, data={"role": details.role})
        if moves:
            contact_address_changed.send(Contact, contact=contact, affiliation=affiliation, now=now)
    return contact


def remove_contact(
    *, affiliation: Affiliation, role: ContactRole, user: User, now: datetime
) -> None:
    """Delete the row and its links, and log it. Idempotent. Raises TransitionNotAllowed."""
    with transaction.atomic():
        hold_affiliation(affiliation)
        _refuse_stranger(affiliation, user)
        removed, _rows = affiliation.contacts.filter(role=role).delete()
        if removed:
            log(instance=affiliation, action=CONTACT_REMOVED, user=user, data={"role": role})


def send_own_link(*, contact: Contact, user: User, now: datetime) -> None:
    """Email the link to the affiliate's own page, once a minute. Raises TransitionNotAllowed."""
    affiliation: Any = contact.affiliation
    _refuse_stranger(affiliation, user)
    queue(affiliate_link(affiliation, contact, now=now), now=now)


def _refuse_stranger(affiliation: Affiliation, user: User) -> None:
    if not may_manage(user, affiliation):
        raise TransitionNotAllowed


def _is_same(contact: Contact, person: Person) -> bool:
    return address_key(contact.email) == address_key(person.email)


def _refuse_too_many(affiliation: Affiliation, now: datetime) -> None:
    changes = contact_log.new_addresses_since(affiliation, now - timedelta(days=1))
    if changes >= settings.CONTACT_CHANGES_PER_DAY:
        raise TooManyContactChanges


def _write(contact: Contact, person: Person | ContactDetails, *, moves: bool) -> None:
    contact.name, contact.email, contact.phone = person.name, person.email, person.phone
    contact.email_key = address_key(person.email)
    if moves:
        contact.bounced_at = contact.confirmed_at = None
        contact.link_nonce = new_link_nonce()
    contact.save()


def _create(affiliation: Affiliation, role: ContactRole, person: Person) -> Contact:
    contact = Contact(affiliation=affiliation, role=role)
    _write(contact, person, moves=True)
    return contact


def _tell(mail: NewMail, now: datetime) -> None:
    """Limit emails per recipient, since anyone may have typed the address."""
    queue(within_quota(mail, now=now), now=now)


def _handed_over(by: Contact, old: Contact | None, new: Contact) -> str:
    names = {"by": by.name, "new": new.name, "email": new.email}
    if old is None:
        return _("%(by)s named %(new)s (%(email)s) as the contact.") % names
    names |= {"old": old.name, "old_email": old.email}
    if old.pk == by.pk or old.email == by.email:
        return _("%(by)s (%(old_email)s) handed over to %(new)s (%(email)s).") % names
    text = _("%(by)s named %(new)s (%(email)s) as the contact, instead of %(old)s (%(old_email)s).")
    return text % names


def _moved(before: Contact, contact: Contact) -> str:
    return _("%(name)s has a new address: %(new)s instead of %(old)s.") % {
        "name": contact.name,
        "new": contact.email,
        "old": before.email,
    }
