"""What happens when mail to a contact comes back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.affiliations.services.notices import notify_staff
from affiliates.core.states import AffiliationState, NoticeKind
from affiliates.models import Affiliation, Contact
from affiliates.signals import contact_bounced


def note_bounce(*, address: str, now: datetime) -> int:
    """Mail to this address came back for good; return for how many contacts.

    Effects, in one transaction: the contacts are marked, and get no more mail. Of an affiliate:
    staff are told, and so is whatever listens to ``contact_bounced``: what the contact was asked,
    the second one is asked at once. The same address again adds nothing.
    """
    with transaction.atomic():
        known = Contact.objects.select_for_update(of=("self",)).filter(
            email__iexact=address, bounced_at=None
        )
        contacts = list(known.select_related("affiliation__program"))
        for contact in contacts:
            contact.bounced_at = now
            contact.save(update_fields=["bounced_at"])
            if contact.affiliation and contact.affiliation.state == AffiliationState.ACTIVE:
                _tell(contact, contact.affiliation, now)
    return len(contacts)


def _tell(contact: Contact, affiliation: Affiliation, now: datetime) -> None:
    contact_bounced.send(Contact, contact=contact, affiliation=affiliation, now=now)
    names = {"name": contact.name, "email": contact.email}
    text = _("Mail to %(name)s (%(email)s) came back. Please find out the new address.") % names
    notify_staff(affiliation=affiliation, kind=NoticeKind.BOUNCED, text=text, now=now)
