"""Sending the mails that are due. See docs/reliability.md for what is promised.

For each mail: render it (once, ever), note that transport starts, send, note how it ended. How a
batch is claimed and given back is ``leases/services.py``.
"""

import contextlib
import logging
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models.functions import Now

from workflows.core.exceptions import BadAddress, NoLongerOwed, ServerUnreachable
from workflows.core.states import MailState
from workflows.leases.services import Delivered, Sender, work_off
from workflows.mail.bounces import blames_address
from workflows.mail.kinds import get_kind, is_known
from workflows.mail.rendering import render
from workflows.mail.transport import Outcome, Result, Transport, get_transport
from workflows.models import OutgoingMail
from workflows.signals import mail_bounced

logger = logging.getLogger(__name__)


def deliver_due(*, should_stop: Callable[[], bool] = lambda: False) -> Delivered:
    """Send what is due, most urgent first, until nothing is or ``should_stop()`` says so.

    Effects: mails whose worker died are freed; each due mail ends as sent, failed, obsolete, or
    waiting for its next attempt. Ends early if the mail server cannot be reached. Any number of
    processes may do this at once. Must not run in a transaction.
    """
    with contextlib.closing(get_transport()) as transport:
        sender = MailSender(Delivered(), transport)
        return work_off(OutgoingMail, sender, should_stop=should_stop)


class MailSender(Sender):
    """Sends mails over one connection."""

    def __init__(self, done: Delivered, transport: Transport) -> None:
        super().__init__(done)
        self.transport = transport

    def deliver(self, work: OutgoingMail) -> None:
        """Take one claimed mail to the end of this attempt.

        Raises ServerUnreachable (then every mail not yet begun still waits) and LeaseLost.
        """
        try:
            frozen = _freeze(work)
        except NoLongerOwed:
            self.finish(work, MailState.OBSOLETE)
        except BadAddress as error:
            self._refuse(work, str(error), bounced=True)
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:  # One mail that cannot be written must not hold up the others.
            logger.exception("Mail %s (%s) could not be written.", work.pk, work.kind)
            work.attempts += 1
            self.try_later(work, answer=repr(error), attempts=work.attempts)
        else:
            self._send(work, frozen)

    def _send(self, mail: OutgoingMail, frozen: dict[str, Any]) -> None:
        is_new = self.transport.open()
        if not self.start(mail, **frozen):
            return
        outcome = self.transport.send(mail)
        self._record(mail, outcome)
        if outcome.hung_up and is_new:
            # A fresh connection did not last for one mail: the others had better wait.
            raise ServerUnreachable(outcome.answer)

    def _record(self, mail: OutgoingMail, outcome: Outcome) -> None:
        if outcome.result is Result.ACCEPTED:
            self.finish(mail, MailState.SENT, answer=outcome.answer, sent_at=Now())
        elif outcome.result is Result.REFUSED:
            self._refuse(mail, outcome.answer, bounced=blames_address(outcome.answer))
        elif outcome.result is Result.LATER:
            self.try_later(mail, answer=outcome.answer)
        else:
            self.note_uncertain(mail, answer=outcome.answer)

    def _refuse(self, mail: OutgoingMail, answer: str, *, bounced: bool) -> None:
        """If the address is to blame, those who know it are told in the same transaction."""
        with transaction.atomic():
            self.finish(mail, MailState.FAILED, answer=answer)
            if bounced:
                mail_bounced.send(sender=OutgoingMail, instance=mail, address=mail.recipient)


def _freeze(mail: OutgoingMail) -> dict[str, Any]:
    """Write the mail for good; return the fields that keep it the same from now on.

    What is written is not written anew, and if it cannot have arrived yet it may be no longer owed
    by now. Raises NoLongerOwed, and whatever goes wrong in writing it.
    """
    may_lapse = not mail.message or (is_known(mail.kind) and not mail.uncertain_attempts)
    if may_lapse and not get_kind(mail.kind).still_owed(mail):
        raise NoLongerOwed
    if mail.message:
        return {}
    frozen = asdict(render(mail))
    for name, value in frozen.items():
        setattr(mail, name, value)
    return frozen
