"""Writing a mail: from the queued row to the bytes that every attempt will send."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from secrets import token_hex
from typing import Any

from django.utils import timezone, translation

from workflows.core.addresses import ascii_address, header_address, message_id_domain, sender
from workflows.core.organisation import organisation_name
from workflows.core.plain_text import one_line
from workflows.mail import mime
from workflows.mail.grammar import fill_blocks, fill_line
from workflows.mail.kinds import ORGANISATION, MailKind, get_kind
from workflows.mail.layout import layout_for, render_html, render_text
from workflows.mail.wordings import Wording, wording_for
from workflows.models import OutgoingMail


@dataclass(frozen=True)
class RenderedMail:
    """A finished mail. ``message`` is the whole of it (RFC 5322), 7-bit clean, with CRLF."""

    message: bytes
    message_id: str
    subject_line: str
    envelope_sender: str


@dataclass(frozen=True)
class Content:
    """What a mail says: the same as plain text and as HTML."""

    subject: str
    text: str
    html: str


def render(mail: OutgoingMail, *, now: datetime | None = None) -> RenderedMail:
    """Write the mail in its recipient's language, dated ``now``; nothing is stored.

    Each call makes a new Message-ID, so it is called once per mail and the bytes are kept.
    Raises UnknownMailKind, UnknownPlaceholder and BadAddress.
    """
    kind = get_kind(mail.kind)
    wording = wording_for(kind, mail.language)
    with translation.override(wording.language):
        reply_to = kind.reply_to(mail)
        content = compose(kind, wording, kind.context(mail), contact=reply_to)
    message_id = f"<{token_hex(16)}@{message_id_domain()}>"
    headers = [
        *_address_headers(mail, reply_to),
        ("Subject", mime.unstructured("Subject", content.subject)),
        ("Date", format_datetime(now or timezone.now())),
        ("Message-ID", message_id),
        # RFC 3834: keeps out-of-office answers and other robots from replying.
        ("Auto-Submitted", "auto-generated"),
        *_kind_headers(kind, mail),
    ]
    message = mime.multipart_alternative(headers, text=content.text, html=content.html)
    return RenderedMail(message, message_id, content.subject, ascii_address(sender()[1]))


def compose(
    kind: MailKind, wording: Wording, values: Mapping[str, Any], *, contact: str = ""
) -> Content:
    """Fill a wording and put it into the layout; also the preview of one that is not saved yet."""
    organisation = organisation_name()
    values = {**values, ORGANISATION.name: organisation}
    subject = fill_line(wording.subject, kind, values)
    blocks = fill_blocks(wording.text, kind, values)
    with translation.override(wording.language):
        layout = layout_for(wording.language)
        frame = {
            "subject": subject,
            "organisation": organisation,
            "why": str(kind.why or kind.sent_when),
            "contact": contact or sender()[1],
        }
        return Content(
            subject, render_text(layout, blocks, frame), render_html(layout, blocks, frame)
        )


def _address_headers(mail: OutgoingMail, reply_to: str) -> Iterator[tuple[str, str]]:
    yield "From", header_address(*sender())
    yield "To", header_address(mail.recipient_name, mail.recipient)
    if reply_to:
        yield "Reply-To", ascii_address(reply_to)


def _kind_headers(kind: MailKind, mail: OutgoingMail) -> Iterator[tuple[str, str]]:
    for name, value in kind.headers(mail).items():
        yield name, mime.unstructured(name, one_line(value))
