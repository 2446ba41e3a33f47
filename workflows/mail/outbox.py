"""Putting mails into the outbox, and forgetting them. Sending them is ``delivery.py``."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Now

from workflows.core import wakeup
from workflows.core.exceptions import MailNotResendable
from workflows.core.states import UNFINISHED, MailState
from workflows.leases import services
from workflows.mail.kinds import get_kind
from workflows.models import OutgoingMail


@dataclass(frozen=True, kw_only=True)
class NewMail:
    """A mail that someone is owed: what it is and to whom, not yet what it says.

    ``occurrence`` tells apart mails of one kind about one subject to one person ("1st reminder",
    a period, a state's time); the same occurrence queued again is the same mail. ``suppressed``
    is the reason why the mail is held back (the address bounced); it is then only recorded.
    ``not_before``: when to send it, if not as soon as possible.
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
    """Record that these mails are owed; return their rows in the same order.

    Effects: one row per mail, inside the caller's transaction, so that a rollback takes it back; a
    mail whose key is there already adds nothing. After the commit a worker is woken.
    Raises UnknownMailKind.
    """
    return insert([_row(mail, now) for mail in mails])


def insert(rows: Iterable[OutgoingMail]) -> list[OutgoingMail]:
    """Save unsaved rows, leave out those whose key exists, wake a worker after the commit."""
    by_key = {row.key: row for row in rows}
    if not by_key:
        return []
    OutgoingMail.objects.bulk_create(by_key.values(), ignore_conflicts=True)
    wakeup.wake_after_commit(wakeup.DELIVER_MAIL)
    saved = {row.key: row for row in OutgoingMail.objects.filter(key__in=by_key)}
    return [saved[key] for key in by_key]


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
    # The database's clock, as everywhere in the schedule: machines may disagree about the time.
    return {"state": MailState.QUEUED, "next_attempt_at": mail.not_before or Now()}


def send_again(*, mail: OutgoingMail) -> None:
    """Put a failed mail back into the outbox, as the same mail if it was rendered before.

    Effects: the row is queued with its attempts at zero and a worker is woken after the commit.
    Raises MailNotResendable if the mail is in any other state, also if it just got there.
    """
    if not services.requeue(mail):
        raise MailNotResendable
    mail.refresh_from_db()
    wakeup.wake_after_commit(wakeup.DELIVER_MAIL)


def forget_recipient(*, address: str, replacement: str, reason: str) -> int:
    """Send nothing more to this address, and keep of its mails only that there were some.

    Effects, in the caller's transaction: what was not sent is held back, with ``reason``, and
    cannot be sent again, also if a worker holds it at this moment; name, subject and text of all
    are gone, and ``replacement`` stands in the place of the address. Returns how many there are.
    """
    mails = OutgoingMail.objects.filter(recipient__iexact=address)
    mails.filter(state__in=(*UNFINISHED, MailState.FAILED)).update(
        **services.FREE, state=MailState.SUPPRESSED, next_attempt_at=None, answer=reason
    )
    return mails.update(recipient=replacement, recipient_name="", subject_line="", message=None)


def forget_texts(*, keys: Iterable[int]) -> None:
    """Effects: the messages are gone. One that is not sent yet is written anew before it is."""
    OutgoingMail.objects.filter(pk__in=keys).update(message=None)
