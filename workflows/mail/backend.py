"""Django email backend that puts every email of the site into the outbox. Makes Wagtail's
notifications and password resets durable and takes them out of the request. Their bytes are frozen
when they are queued, since they cannot be rendered later.
"""

import email
import email.policy
import io
import uuid
from email.generator import BytesGenerator
from email.message import Message
from email.utils import parseaddr
from typing import Any

import django
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from workflows.core.secrets import blot_out, longest_lifetime
from workflows.mail.outbox import insert
from workflows.models import OutgoingMail

KIND = "message"
"""Kind of emails written by other code; it has no wording."""

PRIORITY = 10
"""Somebody may be waiting for it, as for a link to set a new password."""


class OutboxBackend(BaseEmailBackend):
    """Adds one row per recipient (To, Cc, Bcc) in the caller's transaction. As in Django's own
    backends, ``fail_silently`` suppresses errors of a message.
    """

    def __init__(self, fail_silently: bool = False, **kwargs: Any) -> None:
        # Django < 6.1 passes ``send_mail(auth_user=…)``; the transport has its own login.
        server = ("username", "password")
        super().__init__(**{name: value for name, value in kwargs.items() if name not in server})
        self.fail_silently = fail_silently

    def send_messages(self, email_messages: Any) -> int:
        return sum(self._queue(message) for message in email_messages)

    def _queue(self, message: EmailMessage) -> bool:
        if not message.recipients():
            return False
        try:
            with transaction.atomic():
                insert(_rows(message))
        except Exception:
            if not self.fail_silently:
                raise
            return False
        return True


def _rows(message: EmailMessage) -> list[OutgoingMail]:
    parsed, now = _compose(message), timezone.now()
    lifetime = longest_lifetime(str(message.body))
    frozen = {
        "kind": KIND,
        "message": to_bytes(parsed),
        "message_id": str(parsed["Message-ID"]).strip(),
        "subject_line": blot_out(str(message.subject))[:255],
        "envelope_sender": parseaddr(str(message.from_email))[1],
        "secrets_expire_at": now + lifetime if lifetime else None,
        "priority": PRIORITY,
        "created_at": now,
        "next_attempt_at": Now(),
    }
    occurrence = uuid.uuid4()
    people = {parseaddr(str(one))[1] or str(one): str(one) for one in message.recipients()}
    return [
        OutgoingMail(
            key=f"{KIND}/{occurrence}/{address}",
            recipient=address,
            recipient_name=parseaddr(full)[0][:255],
            **frozen,
        )
        for address, full in people.items()
    ]


def _compose(message: EmailMessage) -> Message:
    composed = (
        message.message(policy=email.policy.SMTP) if django.VERSION >= (6, 0) else message.message()
    )
    del composed["Bcc"]
    return composed


def to_bytes(message: Message) -> bytes:
    """The message with CRLF in 7-bit ASCII; parsed again, since Django's classes insist on 8-bit
    text.
    """
    target = io.BytesIO()
    policy = email.policy.compat32.clone(linesep="\r\n", cte_type="7bit", max_line_length=None)
    plain = email.message_from_bytes(message.as_bytes(), policy=policy)
    BytesGenerator(target, mangle_from_=False, policy=policy).flatten(plain)
    return target.getvalue()
