"""Takes updates from contacts, new or changed, requested or unsolicited."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from wagtail.log_actions import log

from affiliates.affiliations.services.lifecycle import hold_affiliation, hold_unless_ended
from affiliates.audit.permissions import may_manage
from affiliates.core.exceptions import (
    AffiliationEnded,
    TransitionNotAllowed,
    UpdateChanged,
    UpdateModerated,
)
from affiliates.core.states import Actor, AffiliationState, UpdateKind, UpdateRequestState
from affiliates.models import Affiliation, Contact, ContactUpdate, UpdateRequest
from affiliates.signals import update_received
from affiliates.support.services import follow_words, open_support_request
from affiliates.updates.mails.received import update_thanks
from affiliates.updates.queries import can_be_changed
from affiliates.updates.services.asking import answer_requests, count_unasked, mark_answered
from affiliates.updates.services.moderation import follow_change, hold_review
from workflows.mail.outbox import queue

ENTERED = "affiliates.update_entered"  # log action of the affiliation

WRITTEN = ["kind", "text", "needs", "may_publish", "version", "checked_at", "warnings"]


@dataclass(frozen=True)
class UpdateContent:
    """Cleaned input. ``needs`` are benefits of the program: ``{"id", "text"}``."""

    kind: UpdateKind
    text: str = ""
    needs: list[dict[str, str]] = field(default_factory=list)
    may_publish: bool = False

    @property
    def is_for_the_public(self) -> bool:
        return self.may_publish and bool(self.text) and self.kind == UpdateKind.NEWS


@dataclass(frozen=True)
class Shown:
    """What a form was rendered with, so that a stale form cannot undo newer input: the ``key`` of
    the update to change or create, its ``version`` (0 if new), and the key of the answer ``seen``.
    """

    key: uuid.UUID
    version: int = 0
    seen: uuid.UUID | None = None

    @classmethod
    def beside(cls, answer: ContactUpdate | None, *, can_change: bool) -> "Shown":
        if answer and can_change:
            return cls(answer.key, answer.version)
        return cls(uuid.uuid4(), seen=answer.key if answer else None)

    @classmethod
    def read(cls, key: str, version: str = "", seen: str = "") -> "Shown":
        """Parses form values. An unreadable key creates a new update."""
        is_number = version.isascii() and version.isdigit() and len(version) < 6
        number = int(version) if is_number else 0
        return cls(key_from(key) or uuid.uuid4(), number, key_from(seen))

    def __str__(self) -> str:
        """The arguments of ``read``, joined by dots."""
        parts = (self.key, self.version, self.seen)
        return ".".join(str(part) for part in parts[: 3 if self.seen else 2])


def key_from(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def take_answer(
    *,
    affiliation: Affiliation,
    contact: Contact,
    content: UpdateContent,
    shown: Shown,
    request: UpdateRequest | None = None,
    now: datetime,
) -> ContactUpdate:
    """Creates the form's update with ``send_update``, or changes it with ``change_update``. Raises
    UpdateChanged (another answer came meanwhile), UpdateModerated and AffiliationEnded.
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
        if not can_be_changed(current):
            raise UpdateModerated
        if current.key != shown.key:
            raise UpdateChanged
        # The back button shows the form that created the update, whose version is 0.
        version = max(shown.version, 1)
        return change_update(update=current, content=content, version=version, now=now)


def send_update(
    *,
    affiliation: Affiliation,
    contact: Contact | None,
    content: UpdateContent,
    key: uuid.UUID,
    request: UpdateRequest | None = None,
    user: User | None = None,
    now: datetime,
) -> ContactUpdate:
    """Creates an update as a draft; the same ``key`` again returns the same update.

    ``request``: the one of the link, if any. ``user``: who entered it for the group. Effects, in
    one transaction: all open requests are answered, else it counts for the current period; a call
    for help opens a support request; a thank-you email. A worker starts moderation.
    """
    with transaction.atomic():
        hold_affiliation(affiliation)
        known = ContactUpdate.objects.filter(key=key).first()
        if known and known.affiliation_id == affiliation.pk:
            return known
        if known:  # A forged form with the key of another group's update.
            key = uuid.uuid4()
        update = ContactUpdate(
            affiliation=affiliation,
            contact=contact,
            key=key,
            entered_by=user,
            sent_at=now,
            live=False,
        )
        who: dict[str, Any] = {"actor": Actor.STAFF if user else Actor.CONTACT, "user": user}
        answered = answer_requests(affiliation, **who, now=now)
        own = _answered_by(request, answered, now)
        update.request = own or count_unasked(affiliation, **who, now=now)
        _write(update, content)
        if content.kind == UpdateKind.HELP:
            open_support_request(update=update, now=now)
        queue(*update_thanks(update), now=now)
        update_received.send(sender=ContactUpdate, update=update)
    return update


def enter_update(
    *,
    affiliation: Affiliation,
    contact: Contact | None,
    content: UpdateContent,
    key: uuid.UUID,
    user: User,
    now: datetime,
) -> ContactUpdate:
    """Staff enter what the group told them, such as by phone: as ``send_update``, with the user in
    the history. ``contact``: who told it, and gets the thank-you email; None for someone else.
    Raises AffiliationEnded and TransitionNotAllowed.
    """
    with transaction.atomic():
        hold_unless_ended(affiliation)
        if not may_manage(user, affiliation):
            raise TransitionNotAllowed
        is_known = ContactUpdate.objects.filter(key=key).exists()
        said: dict[str, Any] = {
            "affiliation": affiliation,
            "contact": contact,
            "content": content,
            "key": key,
        }
        update = send_update(**said, user=user, now=now)
        if not is_known:
            about = str(content.kind.label)
            log(instance=affiliation, action=ENTERED, user=user, data={"about": about})
    return update


def change_update(
    *, update: ContactUpdate, content: UpdateContent, version: int, now: datetime
) -> ContactUpdate:
    """Changes an update that nobody has moderated yet. Raises UpdateChanged and UpdateModerated.

    Effects, in one transaction: a revision; the support request opens or follows; a thank-you email
    if the kind changed; a running review restarts, resumes or ends.
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
        call = getattr(update, "support_request", None)
        if call is not None:
            follow_words(call=call, update=update, now=now)
        elif update.kind == UpdateKind.HELP:
            open_support_request(update=update, now=now)
        follow_change(update)
        queue(*update_thanks(update), now=now)
    return update


def answer_of(request: UpdateRequest) -> ContactUpdate | None:
    """The request's own update, or the first one since a request that was answered with others."""
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
    """The update that the form is about, or an answer that arrived since it was shown."""
    own = affiliation.updates.filter(key=shown.key).first()
    answer = answer_of(request) if request and own is None else None
    return own or (answer if answer and answer.key != shown.seen else None)


def _answered_by(
    request: UpdateRequest | None, answered: list[UpdateRequest], now: datetime
) -> UpdateRequest | None:
    """The request of the link, or the newest one answered. Marks a waived request as answered."""
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
        # Wagtail may be saving the other fields.
        update.save(update_fields=WRITTEN)
    update.save_revision(clean=False)
