"""Mails to somebody who is to be forgotten."""

from collections.abc import Iterable

from workflows.core.states import UNFINISHED, MailState
from workflows.leases.services import FREE
from workflows.models import OutgoingMail


def forget_recipient(*, address: str, replacement: str, reason: str) -> int:
    """Send nothing more to this address, and keep of its mails only that there were some.

    Effects, in the caller's transaction: what was not sent is held back, with ``reason``, and
    cannot be sent again, also if a worker holds it at this moment; name, subject and text of all
    are gone, and ``replacement`` stands in the place of the address. Returns how many there are.
    """
    mails = OutgoingMail.objects.filter(recipient__iexact=address)
    mails.filter(state__in=(*UNFINISHED, MailState.FAILED)).update(
        **FREE, state=MailState.SUPPRESSED, next_attempt_at=None, answer=reason
    )
    return mails.update(recipient=replacement, recipient_name="", subject_line="", message=None)


def forget_texts(*, keys: Iterable[int]) -> None:
    """Effects: the messages are gone. One that is not sent yet is written anew before it is."""
    OutgoingMail.objects.filter(pk__in=keys).update(message=None)
