"""Reading a mail's frozen bytes back, to show people what was sent."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

CONTENT_POLICY = (
    '<meta http-equiv="Content-Security-Policy"'
    " content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
)
"""Nothing is fetched while somebody looks at a mail: that would tell whoever sent it."""

_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)


@dataclass(frozen=True)
class ReadMail:
    headers: list[tuple[str, str]]
    text: str
    html: str
    attachments: list[str]


def read_mail(message: bytes) -> ReadMail:
    """Headers decoded, bodies as text, attachments by name."""
    parsed = message_from_bytes(message, _class=EmailMessage, policy=policy.default)
    return ReadMail(
        headers=[(name, str(value)) for name, value in parsed.items()],
        text=_body(parsed, "plain"),
        html=guarded(_body(parsed, "html")),
        attachments=[part.get_filename() or "" for part in parsed.iter_attachments()]
        if parsed.is_multipart()
        else [],
    )


def guarded(html: str) -> str:
    """The HTML with a rule that nothing is loaded from elsewhere. The doctype stays in front."""
    if _HEAD.search(html):
        return _HEAD.sub(lambda head: head[0] + CONTENT_POLICY, html, count=1)
    return CONTENT_POLICY + html if html else ""


def _body(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    if part is None:
        return ""
    data = bytes(part.get_payload(decode=True) or b"")
    try:
        return data.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:  # A character set that Python does not know.
        return data.decode("ascii", "replace")
