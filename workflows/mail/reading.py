"""Parsing of frozen email bytes, to show them or to send them through a backend."""

import re
from dataclasses import dataclass
from email import message_from_string, policy
from email.message import EmailMessage
from email.parser import Parser
from typing import Any, cast

from django.core.mail import EmailMultiAlternatives

from workflows.models import OutgoingMail

CONTENT_POLICY = (
    '<meta http-equiv="Content-Security-Policy"'
    " content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
)
"""Blocks remote content, which would tell the sender that someone reads the email."""

_HEAD = re.compile(r"<head[^<>]*>", re.IGNORECASE)


@dataclass(frozen=True)
class ReadMail:
    headers: list[tuple[str, str]]
    text: str
    html: str
    attachments: list[str]


def read_mail(message: bytes) -> ReadMail:
    parsed = message_from_string(as_text(message), _class=EmailMessage, policy=policy.default)
    return ReadMail(
        headers=[(name, str(value)) for name, value in parsed.items()],
        text=_body(parsed, "plain"),
        html=guarded(_body(parsed, "html")),
        attachments=[part.get_filename() or "" for part in parsed.iter_attachments()]
        if parsed.is_multipart()
        else [],
    )


def as_text(message: bytes) -> str:
    """Addresses may be in UTF-8 (RFC 6532), which the parser of bytes does not read."""
    return message.decode("utf-8", "surrogateescape")


def guarded(html: str) -> str:
    """Add CONTENT_POLICY to the HTML, after the doctype."""
    if _HEAD.search(html):
        return _HEAD.sub(lambda head: head[0] + CONTENT_POLICY, html, count=1)
    return CONTENT_POLICY + html if html else ""


def _body(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    return text_of(part) if part else ""


def text_of(part: Any) -> str:
    data = bytes(part.get_payload(decode=True) or b"")
    try:
        return data.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:  # Unknown character set.
        return data.decode("ascii", "replace")


READ_FROM_HEADERS = frozenset(
    {"from", "to", "cc", "bcc", "reply-to", "subject", "mime-version", "content-type"}
    | {"content-transfer-encoding"}
)


class FrozenBytes(EmailMessage):
    """A parsed message that serializes to its original bytes."""

    frozen: bytes = b""

    def as_bytes(self, *args: Any, **kwargs: Any) -> bytes:
        return self.frozen

    def as_string(self, *args: Any, **kwargs: Any) -> str:
        return as_text(self.frozen)

    __bytes__ = as_bytes
    __str__ = as_string


class RenderedMessage(EmailMultiAlternatives):
    """A frozen email for any Django backend, addressed to the row's recipient only. ``message()``
    returns the frozen bytes; the attributes serve providers that take parts.
    """

    def __init__(self, mail: OutgoingMail) -> None:
        self.frozen = bytes(mail.message or b"")
        parsed = parse(self.frozen)
        super().__init__(
            subject=str(parsed.get("Subject", "")),
            body=_text(parsed.get_body(("plain",))),
            from_email=str(parsed.get("From", mail.envelope_sender)),
            to=[mail.recipient],
            reply_to=[str(value) for value in parsed.get_all("Reply-To", [])],
            headers={
                name: str(value)
                for name, value in parsed.items()
                if name.lower() not in READ_FROM_HEADERS
            },
        )
        html = parsed.get_body(("html",))
        if html:
            self.attach_alternative(_text(html), "text/html")
        for part in parsed.iter_attachments() if parsed.is_multipart() else ():
            self.attach(part.get_filename(), part.get_content(), part.get_content_type())

    def message(self, **kwargs: Any) -> FrozenBytes:
        return parse(self.frozen)


def parse(frozen: bytes) -> FrozenBytes:
    # This policy decodes attachments and encoded words; nothing is folded again.
    parser = Parser(FrozenBytes, policy=policy.SMTP)
    message = cast(FrozenBytes, parser.parsestr(as_text(frozen)))
    message.frozen = frozen
    return message


def _text(part: Any) -> str:
    return part.get_content() if part else ""
