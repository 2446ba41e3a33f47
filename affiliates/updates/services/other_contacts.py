"""Asking somebody else for an update: mail to the one who was asked is of no use any more."""

from collections.abc import Iterator
from datetime import datetime

from django.contrib.contenttypes.models import ContentType

from affiliates.core.states import ContactRole, UpdateRequestState
from affiliates.models import Affiliation, Contact, UpdateRequest
from affiliates.updates.deadlines.requests import UPDATE
from affiliates.updates.mails.asking import (
    UPDATE_ASK,
    update_requested,
    update_requested_of_alternate,
)
from workflows.mail.outbox import queue
from workflows.models import TakenStep

BOUNCED = "bounced"
"""The occurrence of the mail that asks the second contact."""


def ask_second_contact(*, affiliation: Affiliation, now: datetime) -> None:
    """Mail to the contact came back. Effects, in the caller's transaction: what was asked is asked
    of the second one at once.
    """
    for request in _asked(affiliation):
        queue(*update_requested_of_alternate(request, step=BOUNCED), now=now)


def ask_at_new_address(*, affiliation: Affiliation, contact: Contact, now: datetime) -> None:
    """Effects, in the caller's transaction: what the contact was asked and still owes is asked once
    more, at the address that staff entered.
    """
    if contact.role == ContactRole.PRIMARY:
        for request in _asked(affiliation):
            step = f"moved-{contact.link_nonce}"
            queue(*update_requested(request, UPDATE_ASK, step=step), now=now)


def _asked(affiliation: Affiliation) -> Iterator[UpdateRequest]:
    """Its open requests of which at least one mail was owed already."""
    for request in affiliation.update_requests.filter(state=UpdateRequestState.OPEN):
        request.affiliation = affiliation
        taken = TakenStep.objects.filter(
            deadline__kind=UPDATE,
            deadline__content_type=ContentType.objects.get_for_model(request),
            deadline__object_id=str(request.pk),
        )
        if taken.exists():
            yield request
