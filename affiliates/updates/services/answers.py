"""Taking what a form about an update says: as a new one, or as a change of the one it showed."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from affiliates.affiliations.services.lifecycle import hold_affiliation
from affiliates.core.exceptions import AffiliationEnded, UpdateChanged, UpdateModerated
from affiliates.core.states import AffiliationState, UpdateRequestState
from affiliates.models import Affiliation, Contact, ContactUpdate, UpdateRequest
from affiliates.updates.queries import can_be_changed
from affiliates.updates.services.sending import UpdateContent, change_update, send_update


@dataclass(frozen=True)
class Shown:
    """What a form was shown with, so that an older window cannot undo what a newer one said.

    ``key`` is that of the update that the form changes, or else of the one that it will make;
    ``version`` is the update's, 0 if there was none; ``seen`` is the key of the answer that stood
    on the page, if the form was to send another one beside it.
    """

    key: uuid.UUID
    version: int = 0
    seen: uuid.UUID | None = None


def take_answer(
    *,
    affiliation: Affiliation,
    contact: Contact,
    content: UpdateContent,
    shown: Shown,
    request: UpdateRequest | None = None,
    now: datetime,
) -> ContactUpdate:
    """Take what the form says. The same again is the same update, from whichever window it comes.

    Effects: those of ``send_update`` or ``change_update``. Raises UpdateChanged (another answer
    came since the form was shown), UpdateModerated, and AffiliationEnded.
    """
    with transaction.atomic():
        hold_affiliation(affiliation)
        if affiliation.state == AffiliationState.ENDED:
            raise AffiliationEnded
        current = _standing(affiliation, request, shown)
        if current is None:
            return send_update(
                affiliation=affiliation,
                contact=contact,
                content=content,
                key=shown.key,
                request=request,
                now=now,
            )
        if says_the_same(current, content):
            return current
        return _change(current, content, shown, now)


def answer_of(request: UpdateRequest) -> ContactUpdate | None:
    """The update that answers this request: its own, else the one that answered all at once."""
    own = request.updates.order_by("sent_at", "pk").last()
    if own or request.state != UpdateRequestState.ANSWERED:
        return own
    since = ContactUpdate.objects.filter(
        affiliation=request.affiliation_id, sent_at__gte=request.opened_at
    )
    return since.order_by("sent_at", "pk").first()


def says_the_same(update: ContactUpdate, content: UpdateContent) -> bool:
    return (
        update.kind == content.kind
        and update.text == content.text
        and update.may_publish == content.may_publish
        and {need["id"] for need in update.needs} == {need["id"] for need in content.needs}
    )


def _standing(
    affiliation: Affiliation, request: UpdateRequest | None, shown: Shown
) -> ContactUpdate | None:
    """The update that the form speaks of, or the answer that came since it was shown."""
    own = affiliation.updates.filter(key=shown.key).first()
    answer = answer_of(request) if request and own is None else None
    return own or (answer if answer and answer.key != shown.seen else None)


def _change(
    update: ContactUpdate, content: UpdateContent, shown: Shown, now: datetime
) -> ContactUpdate:
    if not can_be_changed(update):
        raise UpdateModerated
    if update.key != shown.key:
        raise UpdateChanged
    # A form that made the update, shown again by the back button, was shown before its version 1.
    return change_update(update=update, content=content, version=max(shown.version, 1), now=now)
