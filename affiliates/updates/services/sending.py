"""What happens when an affiliate tells us something, asked or not."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from affiliates.affiliations.services.lifecycle import hold_affiliation
from affiliates.core.exceptions import UpdateChanged, UpdateModerated
from affiliates.core.states import Actor, UpdateKind, UpdateRequestState
from affiliates.models import Affiliation, Contact, ContactUpdate, UpdateRequest
from affiliates.signals import update_received
from affiliates.support.services import follow_words, open_support_request
from affiliates.updates.mails.asking import update_thanks
from affiliates.updates.queries import can_be_changed
from affiliates.updates.services.asking import answer_requests, count_unasked, mark_answered
from affiliates.updates.services.moderation import follow_change, hold_review
from workflows.mail.outbox import queue

WRITTEN = ["kind", "text", "needs", "may_publish", "version", "checked_at", "warnings"]
"""What a change by the group writes."""


@dataclass(frozen=True)
class UpdateContent:
    """What a contact says. Cleaned. ``needs`` are the program's benefits, ``{"id", "text"}``."""

    kind: UpdateKind
    text: str = ""
    needs: list[dict[str, str]] = field(default_factory=list)
    may_publish: bool = False

    @property
    def is_for_the_public(self) -> bool:
        return self.may_publish and bool(self.text) and self.kind == UpdateKind.NEWS


def send_update(
    *,
    affiliation: Affiliation,
    contact: Contact,
    content: UpdateContent,
    key: uuid.UUID,
    request: UpdateRequest | None = None,
    now: datetime,
) -> ContactUpdate:
    """Take an update; the same ``key`` again is the same update.

    ``request``: what the link asked for, if it did. Effects, in one transaction: the update, as a
    draft with a revision; all requests that the affiliate owes are answered and their clocks stop,
    else it counts for the period that runs;
    a call for help opens a support request; a mail thanks and says what comes next. What may be
    published is moderated: a worker starts that.
    """
    with transaction.atomic():
        hold_affiliation(affiliation)
        known = ContactUpdate.objects.filter(key=key).first()
        if known and known.affiliation_id == affiliation.pk:
            return known
        if known:  # A form made by hand, with the key of another group's update.
            key = uuid.uuid4()
        update = ContactUpdate(
            affiliation=affiliation, contact=contact, key=key, sent_at=now, live=False
        )
        answered = answer_requests(affiliation, actor=Actor.CONTACT, now=now)
        update.request = _answered_by(request, answered, now) or count_unasked(affiliation, now=now)
        _write(update, content)
        if content.kind == UpdateKind.HELP:
            open_support_request(update=update, now=now)
        queue(*update_thanks(update), now=now)
        update_received.send(sender=ContactUpdate, update=update)
    return update


def change_update(
    *, update: ContactUpdate, content: UpdateContent, version: int, now: datetime
) -> ContactUpdate:
    """Change what was said, as long as nobody has moderated it.

    ``version`` is the one that the form was shown with. Effects, in one transaction: the update
    and a revision of it; a call for help is opened or follows the new words; what is of another
    kind now is thanked for; its review begins anew or goes on with the new text, or ends if it may
    not be published any more. Raises UpdateChanged (somebody changed it from another window) and
    UpdateModerated.
    """
    with transaction.atomic():
        hold_affiliation(update.affiliation)
        hold_review(update)
        update.refresh_from_db()
        if not can_be_changed(update):
            raise UpdateModerated
        if update.version != version:
            raise UpdateChanged
        update.version += 1
        update.checked_at, update.warnings = None, []
        _write(update, content)
        _follow_words(update, now)
        follow_change(update)
        queue(*update_thanks(update), now=now)
    return update


def _answered_by(
    request: UpdateRequest | None, answered: list[UpdateRequest], now: datetime
) -> UpdateRequest | None:
    """The request that the update belongs to: the one of the link, else the newest it answers."""
    if request is None:
        return answered[-1] if answered else None
    if request.state == UpdateRequestState.WAIVED:
        mark_answered(request, actor=Actor.CONTACT, now=now)
    return request


def _write(update: ContactUpdate, content: UpdateContent) -> None:
    update.kind, update.text = content.kind, content.text
    update.needs, update.may_publish = content.needs, content.may_publish
    if update.pk is None:
        update.save()
    else:
        # The rest may be Wagtail's to write in this moment.
        update.save(update_fields=WRITTEN)
    update.save_revision(clean=False)


def _follow_words(update: ContactUpdate, now: datetime) -> None:
    call = getattr(update, "support_request", None)
    if call is None:
        if update.kind == UpdateKind.HELP:
            open_support_request(update=update, now=now)
        return
    follow_words(call=call, update=update, now=now)
