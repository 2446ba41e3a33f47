"""What happens when mail to a contact comes back."""

from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _

from affiliates import mails
from affiliates.deadlines import UPDATE
from affiliates.models import Affiliation, Contact, UpdateRequest
from affiliates.services.notices import notify_staff
from affiliates.states import AffiliationState, NoticeKind, UpdateRequestState
from workflows.models import TakenStep
from workflows.services.outbox import queue

BOUNCED = "bounced"
"""The occurrence of the mail that asks the second contact."""


def note_bounce(*, address: str, now: datetime) -> int:
    """Mail to this address came back for good; return for how many contacts.

    Effects, in one transaction: the contacts are marked, and get no more mail. Of an affiliate:
    what the contact was asked, the second one is asked at once, and staff are told. The same
    address again adds nothing.
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
                _ask_somebody_else(contact, contact.affiliation, now)
    return len(contacts)


def _ask_somebody_else(contact: Contact, affiliation: Affiliation, now: datetime) -> None:
    for request in affiliation.update_requests.filter(state=UpdateRequestState.OPEN):
        request.affiliation = affiliation
        if was_asked(request):
            queue(*mails.update_requested_of_alternate(request, step=BOUNCED), now=now)
    names = {"name": contact.name, "email": contact.email}
    text = _("Mail to %(name)s (%(email)s) came back. Please find out the new address.") % names
    notify_staff(affiliation=affiliation, kind=NoticeKind.BOUNCED, text=text, now=now)


def was_asked(request: UpdateRequest) -> bool:
    taken = TakenStep.objects.filter(
        deadline__kind=UPDATE,
        deadline__content_type=ContentType.objects.get_for_model(request),
        deadline__object_id=str(request.pk),
    )
    return taken.exists()
