"""Telling a refusal of an address from a refusal of a mail (RFC 5321, 4.2.3; RFC 3463)."""

import re

_REPLY = re.compile(
    r"(?P<code>\d{3})[ -](?:(?P<class>\d)\.(?P<subject>\d{1,3})\.(?P<detail>\d{1,3}))?"
)

NO_SUCH_MAILBOX = frozenset({"550", "551", "553", "556"})
"""What servers say that have no better words for it."""

DISABLED = ("2", "1")
"""Mailbox disabled, not accepting messages (RFC 3463, 3.3)."""

ADDRESS = "1"
"""The subject of a status code that is about the address (RFC 3463, 3.2)."""


def blames_address(answer: str) -> bool:
    """Whether a permanent refusal says that mail to this address will never arrive.

    A refusal for the mail's content or our reputation (5.7.1 and such) does not.
    """
    reply = _REPLY.match(answer)
    if reply is None:
        return False
    if reply["class"]:
        return reply["subject"] == ADDRESS or (reply["subject"], reply["detail"]) == DISABLED
    return reply["code"] in NO_SUCH_MAILBOX
