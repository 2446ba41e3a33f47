"""Queueing and forgetting emails; ``delivery.py`` sends them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Now

from workflows.core import wakeup
from workflows.core.addresses import address_key
from workflows.core.exceptions import MailNotResendable
from workflows.core.rows import insert_rows
from workflows.core.states import UNFINISHED, MailState
from workflows.leases import services
from workflows.mail.kinds import get_kind, is_known
from workflows.models import OutgoingMail


@dataclass(frozen=True, kw_only=True)
class NewMail:
    """An email to queue; its text is rendered later.

    ``occurrence`` distinguishes emails of one kind about one subject to one person ("1st reminder",
    a period); the same occurrence is the same email. ``suppressed`` is the reason to record it
    without sending it (the address bounced). ``not_before``: the earliest time to send it.
    """

    kind: str
    to: str
    subject: models.Model | None
    occurrence: str
    to_name: str = ""
    language: str = ""
    suppressed: str = ""
    not_before: datetime | None = None

    @property
    def key(self) -> str:
        about = f"{self.subject._meta.label_lower}/{self.subject.pk}" if self.subject else "-/-"
        return f"{self.kind}/{about}/{self.to.lower()}/{self.occurrence}"


def queue(*mails: NewMail, now: datetime) -> list[OutgoingMail]:
    """Queue emails in the caller's transaction; return their rows in the same order. An existing
    key adds no row. A worker is woken after the commit. Raises UnknownMailKind.
    """
    return insert([_row(mail, now) for mail in mails])


def queue_many(mails: Iterable[NewMail], *, now: datetime) -> None:
    """``queue`` for thousands, without returning rows."""
    plain: dict[str, NewMail] = {}
    others = []
    for mail in mails:
        if mail.suppressed or mail.not_before:
            others.append(mail)
        else:
            plain[mail.key] = mail
    queue(*others, now=now)
    if plain:
        insert_rows(
            OutgoingMail,
            PLAIN,
            [_values(key, mail) for key, mail in plain.items()],
            skip_known=True,
            created_at=now,
            next_attempt_at=Now(),
        )
        wakeup.wake_after_commit(wakeup.DELIVER_MAIL)


def insert(rows: Iterable[OutgoingMail]) -> list[OutgoingMail]:
    """Save new rows, skip existing keys, wake a worker after the commit."""
    keys = _add(rows)
    if not keys:
        return []
    saved = {row.key: row for row in OutgoingMail.objects.filter(key__in=keys)}
    return [saved[key] for key in keys]


def _add(rows: Iterable[OutgoingMail]) -> list[str]:
    by_key = {row.key: row for row in rows}
    for row in by_key.values():
        row.recipient_key = address_key(row.recipient)
    if by_key:
        OutgoingMail.objects.bulk_create(by_key.values(), ignore_conflicts=True)
        wakeup.wake_after_commit(wakeup.DELIVER_MAIL)
    return list(by_key)


PLAIN = (
    *("key", "kind", "language", "recipient", "recipient_key", "recipient_name"),
    *("content_type_id", "object_id", "priority"),
)


def _values(key: str, mail: NewMail) -> tuple[Any, ...]:
    """In the order of ``PLAIN``."""
    subject = mail.subject
    return (
        *(key, mail.kind, mail.language, mail.to, address_key(mail.to), mail.to_name),
        _type_of(type(subject)).pk if subject else None,
        str(subject.pk) if subject else "",
        get_kind(mail.kind).priority,
    )


def _type_of(model: type[models.Model]) -> ContentType:
    return ContentType.objects.get_for_model(model)


def _row(mail: NewMail, now: datetime) -> OutgoingMail:
    subject = mail.subject
    return OutgoingMail(
        key=mail.key,
        kind=mail.kind,
        content_type=ContentType.objects.get_for_model(subject) if subject else None,
        object_id=str(subject.pk) if subject else "",
        recipient=mail.to,
        recipient_name=mail.to_name,
        language=mail.language,
        priority=get_kind(mail.kind).priority,
        created_at=now,
        **_first_state(mail),
    )


def _first_state(mail: NewMail) -> dict[str, Any]:
    if mail.suppressed:
        return {
            "state": MailState.SUPPRESSED,
            "answer": mail.suppressed,
            "next_attempt_at": None,
        }
    # The database's clock, since machines' clocks differ.
    return {"state": MailState.QUEUED, "next_attempt_at": mail.not_before or Now()}


def send_again(*, mail: OutgoingMail) -> None:
    """Queue a failed email again with zero attempts and the bytes it has; wake a worker after the
    commit. Raises MailNotResendable in any other state, and if nobody can write it anymore.
    """
    can_be_written = mail.message or is_known(mail.kind)
    if not can_be_written or not services.requeue(mail):
        raise MailNotResendable
    mail.refresh_from_db()
    wakeup.wake_after_commit(wakeup.DELIVER_MAIL)


def forget_recipient(*, address: str, replacement: str, reason: str) -> int:
    """Suppress unsent emails to the address, even those a worker holds, and erase the content of
    all. Effects, in the caller's transaction: name, subject and text are deleted, the address
    becomes ``replacement``. Returns the number of emails.
    """
    mails = OutgoingMail.objects.filter(recipient__iexact=address)
    mails.filter(state__in=(*UNFINISHED, MailState.FAILED)).update(
        **services.FREE, state=MailState.SUPPRESSED, next_attempt_at=None, answer=reason
    )
    return mails.update(
        recipient=replacement,
        recipient_key=address_key(replacement),
        recipient_name="",
        subject_line="",
        message=None,
    )


def forget_texts(*, keys: Iterable[int]) -> None:
    """Delete the rendered messages. Unsent ones are rendered again before sending."""
    OutgoingMail.objects.filter(pk__in=keys).update(message=None)
