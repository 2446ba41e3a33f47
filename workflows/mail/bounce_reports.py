"""Reading reports of mails that came back later, as mail servers write them (RFC 3464)."""

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from workflows.mail.replies import blames_address


@dataclass(frozen=True)
class BounceReport:
    """The ``addresses`` do not exist. ``message_id`` is that of the mail that came back."""

    message_id: str
    addresses: tuple[str, ...]


def read_report(message: bytes) -> BounceReport | None:
    """What a report says; None if the message is none, or names no mail that came back."""
    parsed = email.message_from_bytes(message, _class=EmailMessage, policy=email.policy.default)
    if parsed.get_content_type() != "multipart/report":
        return None
    message_id = next(_message_ids(parsed), "")
    addresses = tuple(dict.fromkeys(_failed_addresses(parsed)))
    return BounceReport(message_id, addresses) if message_id else None


def _message_ids(report: EmailMessage) -> Iterator[str]:
    """The mail that came back is attached, whole or with its headers only."""
    part: Any  # The standard library's types know only plain parts.
    for part in report.walk():
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload(0)
            yield str(inner["Message-ID"] or "").strip()
        elif part.get_content_type() == "text/rfc822-headers":
            headers = email.message_from_string(part.get_content())
            yield str(headers["Message-ID"] or "").strip()


def _failed_addresses(report: EmailMessage) -> Iterator[str]:
    part: Any
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status":
            for recipient in part.get_payload():
                if _is_gone(recipient):
                    yield str(recipient["Final-Recipient"]).rpartition(";")[2].strip()


def _is_gone(recipient: Any) -> bool:
    status = str(recipient["Status"] or "").strip()
    failed = str(recipient["Action"] or "").strip().lower() == "failed"
    return failed and status.startswith("5.") and blames_address(f"550 {status}")
