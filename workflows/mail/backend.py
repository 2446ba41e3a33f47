"""Django's email backend that puts every mail of the site into the outbox.

So Wagtail's notifications and password resets are durable and off the request, too. The mail is
written when it is queued, since nothing else is known about it: its bytes are frozen at once.
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

from workflows.mail.outbox import insert
from workflows.models import OutgoingMail

KIND = "message"
"""The kind of mails that someone else wrote. It has no wording."""


class OutboxBackend(BaseEmailBackend):
    """One row per recipient (To, Cc and Bcc alike), in the transaction of whoever sends.

    ``fail_silently`` swallows what is wrong with a message, as in Django's own backends.
    """

    def __init__(self, fail_silently: bool = False, **kwargs: Any) -> None:
        # Django < 6.1 hands over ``send_mail(auth_user=…)``; the transport has its own.
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
    parsed = _compose(message)
    frozen = {
        "kind": KIND,
        "message": to_bytes(parsed),
        "message_id": str(parsed["Message-ID"]).strip(),
        "subject_line": str(message.subject)[:255],
        "envelope_sender": parseaddr(str(message.from_email))[1],
        "created_at": timezone.now(),
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
    """The message as it goes over the wire: line ends of SMTP, and nothing but ASCII.

    It is read anew first, since Django's own message classes insist on 8-bit text.
    """
    target = io.BytesIO()
    policy = email.policy.compat32.clone(linesep="\r\n", cte_type="7bit", max_line_length=None)
    plain = email.message_from_bytes(message.as_bytes(), policy=policy)
    BytesGenerator(target, mangle_from_=False, policy=policy).flatten(plain)
    return target.getvalue()
