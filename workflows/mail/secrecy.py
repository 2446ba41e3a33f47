"""What of an email may be seen by people other than its recipient, and for how long."""

from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import chain
from typing import Any

from workflows.core.chunks import in_chunks
from workflows.core.secrets import blot_out
from workflows.core.states import UNFINISHED, MailState
from workflows.mail.kinds import get_kind, is_known
from workflows.mail.reading import text_of
from workflows.models import OutgoingMail

ASCII_LINES = policy.SMTP.clone(cte_type="7bit")


def without_secrets(message: bytes) -> bytes:
    """The same bytes if there are none; else the message with its secrets blotted out in headers
    and text.
    """
    parsed = message_from_bytes(message, _class=EmailMessage, policy=ASCII_LINES)
    changes = [change for part in parsed.walk() for change in _blot_out_of(part)]
    return parsed.as_bytes() if any(changes) else message


def shareable(mail: OutgoingMail) -> bytes | None:
    """What people other than the recipient and superusers may read of the message; None for emails
    that the site's other code wrote, such as password resets, and for personal kinds.
    """
    is_ours = is_known(mail.kind) and not get_kind(mail.kind).is_personal
    return without_secrets(bytes(mail.message)) if mail.message and is_ours else None


def blot_out_expired(*, now: datetime) -> int:
    """Blot out the secrets in emails where all of them have expired; return in how many. Emails
    that wait are left alone. A failed email loses its message instead: if it is sent again, it is
    written with new links.
    """
    expired = OutgoingMail.objects.filter(secrets_expire_at__lte=now).exclude(state__in=UNFINISHED)
    unsent = expired.filter(state=MailState.FAILED).update(message=None, secrets_expire_at=None)
    return unsent + sum(map(_keep_without_secrets, chain.from_iterable(in_chunks(expired, 100))))


def _keep_without_secrets(mail: OutgoingMail) -> int:
    blotted = without_secrets(bytes(mail.message)) if mail.message else None
    same = OutgoingMail.objects.filter(pk=mail.pk, state=mail.state)
    return same.update(message=blotted, secrets_expire_at=None)


def _blot_out_of(part: Any) -> Iterator[bool]:
    """Yields whether there was a secret."""
    for name, value in part.items():
        blotted = blot_out(str(value))
        yield blotted != str(value)
        if blotted != str(value):
            part.replace_header(name, blotted)
    if part.get_content_maintype() == "text":
        yield _blot_out_of_text(part)


def _blot_out_of_text(part: EmailMessage) -> bool:
    text = text_of(part)
    blotted = blot_out(text)
    if blotted == text:
        return False
    part.set_content(
        blotted,
        subtype=part.get_content_subtype(),
        cte="quoted-printable",
        disposition=part.get_content_disposition(),
        filename=part.get_filename(),
    )
    return True
