"""Permanent failures caused by the recipient's address, at once or as a bounce report. Status codes
follow RFC 5321 (4.2.3) and RFC 3463, reports RFC 3464 and, for international addresses, RFC 6533.
"""

import email
import re
from collections.abc import Iterable, Iterator
from email.message import Message
from typing import Any

from django.db import transaction

from workflows.core.addresses import address_key
from workflows.models import OutgoingMail
from workflows.signals import mail_bounced

_REPLY = re.compile(
    r"(?P<code>\d{3})[ -](?:(?P<class>\d)\.(?P<subject>\d{1,3})\.(?P<detail>\d{1,3}))?"
)

NO_SUCH_MAILBOX = frozenset({"550", "551", "553", "556"})
"""Reply codes that mean it without an enhanced status code."""

DISABLED = ("2", "1")
"""Mailbox disabled, not accepting messages (RFC 3463, 3.3)."""

INTERNATIONAL = ("6", "7"), ("6", "9")
"""A server on the way takes no such address, or none in headers (RFC 6531, 3.5)."""

ADDRESS = "1"
"""Subject of status codes about the address (RFC 3463, 3.2)."""

LONGEST = 100_000
"""Bytes. What counts stands before the email that came back, and in its head."""

LONGEST_FIELD = 3_000
"""Signs: an address of 254 bytes with each letter escaped."""

MOST = {b"content-type": 50, b";": 5_000}
"""How often these may stand in it. Parts may stand within parts, which takes recursion; parameters
of headers take quadratic time before Python 3.14.
"""

_ESCAPED = re.compile(r"\\x\{(10[0-9A-F]{4}|[0-9A-F]{2,5})\}", re.IGNORECASE)
"""A letter of an international address in a report in ASCII (RFC 6533, 3: "utf-8-addr-xtext")."""

CAME_BACK = "It came back later: the address does not exist."


def blames_address(answer: str) -> bool:
    """Whether a permanent refusal is about the address, not content or reputation (5.7.1)."""
    reply = _REPLY.match(answer)
    if reply is None:
        return False
    if reply["class"]:
        status = reply["subject"], reply["detail"]
        return reply["subject"] == ADDRESS or status in (DISABLED, *INTERNATIONAL)
    return reply["code"] in NO_SUCH_MAILBOX


def note_report(*, message: bytes) -> list[str]:
    """Process a bounce report (RFC 3464); return the addresses that do not exist. Ignores emails
    this site did not send, since anyone can write a report. Effects, in one transaction: the bounce
    is added to ``answer``; ``mail_bounced`` is sent for each email.
    """
    message = message[:LONGEST]
    if any(message.lower().count(text) > most for text, most in MOST.items()):
        return []
    # By the old policy, which leaves headers as they are: the newer one parses them, slowly.
    report = email.message_from_string(message.decode("utf-8", "replace"))
    if report.get_content_type() != "multipart/report":
        return []
    message_id = next(_message_ids(report), "")
    if not message_id:
        return []
    gone = {address_key(address) for address in _failed_addresses(report)}
    with transaction.atomic():
        sent = OutgoingMail.objects.select_for_update(no_key=True).filter(message_id=message_id)
        mails = [mail for mail in sent if address_key(mail.recipient) in gone]
        for mail in mails:
            mail.answer = f"{mail.answer}\n{CAME_BACK}".strip()
            mail.save(update_fields=["answer"])
            mail_bounced.send(sender=OutgoingMail, instance=mail, address=mail.recipient)
    return [mail.recipient for mail in mails]


def _message_ids(report: Message) -> Iterator[str]:
    """The bounced email is attached, in full or as headers only."""
    part: Any  # typeshed only covers plain parts.
    for part in report.walk():
        if part.get_content_type() in ("message/rfc822", "message/global"):
            inner = part.get_payload(0)
            yield str(inner["Message-ID"] or "").strip()
        elif part.get_content_type() == "text/rfc822-headers":
            headers = email.message_from_bytes(part.get_payload(decode=True))
            yield str(headers["Message-ID"] or "").strip()
        elif part.get_content_type() == "message/global-headers":
            yield str(part.get_payload(0)["Message-ID"] or "").strip()


def _failed_addresses(report: Message) -> Iterator[str]:
    for part in report.walk():
        for recipient in _recipients(part):
            if _is_gone(recipient):
                address = str(recipient["Final-Recipient"])[:LONGEST_FIELD]
                address = address.rpartition(";")[2].strip()
                yield _ESCAPED.sub(lambda code: chr(int(code[1], 16)), address)


def _recipients(part: Any) -> Iterable[Any]:
    """The fields of each; those of the email, which come first, are none of theirs."""
    if part.get_content_type() == "message/delivery-status":
        return part.get_payload()
    if part.get_content_type() == "message/global-delivery-status":
        # Python takes it for an email whose text begins with the first recipient.
        fields = part.get_payload(0).get_payload()
        return map(email.message_from_string, str(fields).split("\n\n"))
    return ()


def _is_gone(recipient: Any) -> bool:
    status = str(recipient["Status"] or "").strip()
    failed = str(recipient["Action"] or "").strip().lower() == "failed"
    return failed and status.startswith("5.") and blames_address(f"550 {status}")
