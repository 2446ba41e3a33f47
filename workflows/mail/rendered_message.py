"""A mail whose bytes are fixed already, in the shape that any Django e-mail backend takes."""

import email.policy
from email.message import EmailMessage as StandardMessage
from email.parser import BytesParser
from typing import Any, cast

from django.core.mail import EmailMultiAlternatives

from workflows.models import OutgoingMail

READ_FROM_HEADERS = frozenset(
    {"from", "to", "cc", "bcc", "reply-to", "subject", "mime-version", "content-type"}
    | {"content-transfer-encoding"}
)


class FrozenBytes(StandardMessage):
    """A parsed message that always serialises to the bytes it was parsed from."""

    frozen: bytes = b""

    def as_bytes(self, *args: Any, **kwargs: Any) -> bytes:
        return self.frozen

    def as_string(self, *args: Any, **kwargs: Any) -> str:
        return self.frozen.decode("utf-8", "surrogateescape")

    __bytes__ = as_bytes
    __str__ = as_string


class RenderedMessage(EmailMultiAlternatives):
    """``message()`` yields the frozen bytes; the attributes are read from them for providers that
    want parts instead. It goes to the row's recipient only, whatever the headers say.
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
    # The standard policy reads attachments and encoded words; nothing is ever folded anew.
    parser = BytesParser(FrozenBytes, policy=email.policy.SMTP)
    message = cast(FrozenBytes, parser.parsebytes(frozen))
    message.frozen = frozen
    return message


def _text(part: Any) -> str:
    return part.get_content() if part else ""
