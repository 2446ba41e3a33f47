"""Rendering of queued emails to the bytes that every attempt sends (RFC 5322, RFC 2045). Bytes are
built directly: Python's message classes parse every header again and take several times as long.
The input is clean: headers are one line, bodies are plain text.
"""

from binascii import b2a_qp
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from functools import cached_property
from secrets import token_hex
from typing import Any

from django.utils import timezone, translation

from workflows.core.addresses import (
    header_address,
    mail_address,
    message_id_domain,
    organisation_name,
    sender,
)
from workflows.core.plain_text import one_line
from workflows.core.secrets import blot_out, longest_lifetime
from workflows.mail.grammar import Form
from workflows.mail.kinds import ORGANISATION, MailKind, get_kind
from workflows.mail.layout import layout_for, render_html, render_text
from workflows.mail.wordings import Wording, wording_for
from workflows.models import OutgoingMail

LONGEST_HEADER_LINE = 76


@dataclass(frozen=True)
class RenderedMail:
    """``message`` is 7-bit clean (RFC 5322, CRLF), but for addresses (RFC 6532); ``subject_line``
    has no secrets and fits its column; ``secrets_expire_at`` is None if the message has none.
    """

    message: bytes
    message_id: str
    subject_line: str
    envelope_sender: str
    secrets_expire_at: datetime | None


@dataclass(frozen=True)
class Content:
    subject: str
    text: str
    html: str


class Writer:
    """Writes the emails of a batch. What they share is fetched and parsed once for all: wordings,
    layouts, the organization's name and the sender.
    """

    def __init__(self) -> None:
        self.forms: dict[tuple[str, str], tuple[Wording, Form]] = {}

    @cached_property
    def organisation(self) -> str:
        return organisation_name()

    @cached_property
    def headers(self) -> "SenderHeaders":
        return SenderHeaders.from_settings()

    def render(self, mail: OutgoingMail, *, now: datetime | None = None) -> RenderedMail:
        """Render the email in its recipient's language; nothing is saved. Every call makes a new
        Message-ID: call it once per email and keep the bytes. Raises UnknownMailKind,
        UnknownPlaceholder, BadAddress.
        """
        kind = get_kind(mail.kind)
        wording, form = self._form(kind, mail.language)
        with translation.override(wording.language):
            reply_to = kind.reply_to(mail)
            content = _compose(
                kind, wording, form, kind.context(mail), self.organisation, contact=reply_to
            )
            more = kind.headers(mail)
        return self._message(mail, content, reply_to, more, now or timezone.now())

    def _form(self, kind: MailKind, language: str) -> tuple[Wording, Form]:
        found = self.forms.get((kind.name, language))
        if found is None:
            wording = wording_for(kind, language)
            found = wording, Form(wording.subject, wording.text, kind)
            self.forms[kind.name, language] = found
        return found

    def _message(
        self,
        mail: OutgoingMail,
        content: Content,
        reply_to: str,
        more: Mapping[str, str],
        now: datetime,
    ) -> RenderedMail:
        ours = self.headers
        message_id = f"<{token_hex(16)}@{ours.domain}>"
        headers = [
            ("From", ours.sender),
            ("To", header_address(mail.recipient_name, mail.recipient)),
            *([("Reply-To", mail_address(reply_to))] if reply_to else []),
            ("Subject", _unstructured("Subject", content.subject)),
            ("Date", format_datetime(now)),
            ("Message-ID", message_id),
            # RFC 3834: prevents automatic replies.
            ("Auto-Submitted", "auto-generated"),
            *((name, _unstructured(name, one_line(value))) for name, value in more.items()),
        ]
        message = _multipart_alternative(headers, text=content.text, html=content.html)
        lifetime = longest_lifetime(content.subject, content.text, *more.values())
        return RenderedMail(
            message,
            message_id,
            blot_out(content.subject)[:255],
            ours.envelope,
            now + lifetime if lifetime else None,
        )


@dataclass(frozen=True)
class SenderHeaders:
    """The same in every email, until a setting changes."""

    sender: str
    envelope: str
    domain: str

    @classmethod
    def from_settings(cls) -> "SenderHeaders":
        return cls(header_address(*sender()), mail_address(sender()[1]), message_id_domain())


def render(mail: OutgoingMail, *, now: datetime | None = None) -> RenderedMail:
    """One email by itself; see ``Writer``."""
    return Writer().render(mail, now=now)


def compose(
    kind: MailKind, wording: Wording, values: Mapping[str, Any], *, contact: str = ""
) -> Content:
    """Fill a wording and put it into the layout; also used for previews."""
    form = Form(wording.subject, wording.text, kind)
    return _compose(kind, wording, form, values, organisation_name(), contact=contact)


def _compose(
    kind: MailKind,
    wording: Wording,
    form: Form,
    values: Mapping[str, Any],
    organisation: str,
    *,
    contact: str,
) -> Content:
    filled = form.fill({**values, ORGANISATION.name: organisation})
    with translation.override(wording.language):
        layout = layout_for(wording.language)
        frame = {
            "subject": filled.subject,
            "organisation": organisation,
            "why": str(kind.why or kind.sent_when),
            "contact": contact or sender()[1],
        }
        return Content(
            filled.subject,
            render_text(layout, filled.blocks, frame),
            render_html(layout, filled.blocks, frame),
        )


def _multipart_alternative(headers: Iterable[tuple[str, str]], *, text: str, html: str) -> bytes:
    """Plain text and HTML, each 7-bit clean, in lines of at most 76 characters."""
    # "=_" never occurs in quoted-printable text, so the boundary cannot be in a body.
    boundary = f"=_{token_hex(12)}"
    all_headers = [
        *headers,
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in all_headers).encode()
    mark = f"--{boundary}".encode()
    parts = [_part("plain", text), _part("html", html)]
    body = b"".join(b"\r\n" + mark + b"\r\n" + part for part in parts)
    return head + body + b"\r\n" + mark + b"--\r\n"


def _unstructured(name: str, value: str) -> str:
    """Encode a header value (RFC 2047) and fold it where needed. A link stays whole (RFC 2369)."""
    if value.isascii() and value.startswith("<"):
        return value
    is_plain = value.isascii() and "=?" not in value  # Else it could be read as encoded.
    if is_plain and len(name) + len(value) + 2 <= LONGEST_HEADER_LINE:
        return value
    can_be_folded = all(len(word) < LONGEST_HEADER_LINE for word in value.split())
    charset = "us-ascii" if is_plain and can_be_folded else "utf-8"
    header = Header(value, charset, header_name=name, maxlinelen=LONGEST_HEADER_LINE)
    return header.encode(linesep="\r\n")


def _part(subtype: str, text: str) -> bytes:
    head = (
        f"Content-Type: text/{subtype}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    # The encoder adopts the first line end, so there must be one.
    data = (text.rstrip("\n") + "\n").replace("\n", "\r\n").encode()
    return head.encode("ascii") + b2a_qp(data, istext=True)
