"""Sending the mails that are due. See docs/reliability.md for what is promised.

For each mail: render it (once, ever), note that transport starts, send, note how it ended. Between
the two notes no transaction is open, and whatever kills the worker, the lease tells the next one
how far this one got.
"""

import contextlib
import logging
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db.models.functions import Now

from workflows import retry
from workflows.conf import settings
from workflows.exceptions import (
    BadAddress,
    LeaseLost,
    NoLongerOwed,
    ServerUnreachable,
)
from workflows.mail_kinds import get_kind
from workflows.models import OutgoingMail
from workflows.services import leases
from workflows.services.rendering import render
from workflows.states import MailState
from workflows.transport import Outcome, Result, Transport, get_transport

logger = logging.getLogger(__name__)


@dataclass
class Delivered:
    """What one look at the outbox did: how many mails ended how, and why it ended early, if so."""

    counts: Counter[str] = field(default_factory=Counter)
    stopped: bool = False
    unreachable: str = ""

    def __str__(self) -> str:
        counts = ", ".join(f"{number} {name}" for name, number in sorted(self.counts.items()))
        trouble = f"mail server unreachable: {self.unreachable}" if self.unreachable else ""
        return "; ".join(filter(None, [counts, trouble])) or "nothing due"


def deliver_due(*, should_stop: Callable[[], bool] = lambda: False) -> Delivered:
    """Send what is due, most urgent first, until nothing is or ``should_stop()`` says so.

    Effects: mails whose worker died are freed; each due mail ends as sent, failed, obsolete, or
    waiting for its next attempt. Ends early if the mail server cannot be reached. Any number of
    processes may do this at once. Must not run in a transaction.
    """
    leases.recover()
    done = Delivered()
    with contextlib.closing(get_transport()) as transport:
        while not (done.stopped or done.unreachable):
            token = uuid.uuid4()
            mails = leases.claim(token=token, limit=settings.BATCH_SIZE)
            if not mails:
                break
            with _given_back(token):
                _deliver_batch(mails, _Sender(token, transport, done), should_stop)
    return done


@contextlib.contextmanager
def _given_back(token: uuid.UUID) -> Iterator[None]:
    """Whatever ends the batch early, a time limit too, leaves no mail waiting for its lease."""
    try:
        yield
    except BaseException:
        leases.give_back(token=token)
        raise


def _deliver_batch(
    mails: list[OutgoingMail], sender: "_Sender", should_stop: Callable[[], bool]
) -> None:
    for mail in mails:
        if should_stop():
            sender.done.stopped = True
            leases.give_back(token=sender.token)
            return
        try:
            sender.deliver(mail)
        except ServerUnreachable as error:
            logger.warning("The mail server cannot be reached: %s", error)
            sender.done.unreachable = str(error)
            leases.give_back(token=sender.token, wait=retry.wait_for_server())
            return
        except LeaseLost:
            sender.done.counts["lease lost"] += 1
            logger.exception(
                "Mail %s was taken over by another worker. It may arrive twice. "
                "Is LEASE_SECONDS longer than sending one mail can take?",
                mail.pk,
            )


@dataclass
class _Sender:
    """Delivers the mails of one batch over one connection."""

    token: uuid.UUID
    transport: Transport
    done: Delivered

    def deliver(self, mail: OutgoingMail) -> None:
        """Take one claimed mail to the end of this attempt.

        Raises ServerUnreachable (then every mail not yet begun still waits) and LeaseLost.
        """
        try:
            frozen = {} if mail.message else _freeze(mail)
        except NoLongerOwed:
            self._finish(mail, MailState.OBSOLETE, next_attempt_at=None)
        except BadAddress as error:
            self._finish(mail, MailState.FAILED, answer=str(error), next_attempt_at=None)
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:  # One mail that cannot be written must not hold up the others.
            logger.exception("Mail %s (%s) could not be written.", mail.pk, mail.kind)
            mail.attempts += 1
            self._try_later(mail, repr(error), attempts=mail.attempts)
        else:
            self._send(mail, frozen)

    def _send(self, mail: OutgoingMail, frozen: dict[str, Any]) -> None:
        is_new = self.transport.open()
        if not leases.start(mail, token=self.token, **frozen):
            self.done.counts["left to another worker"] += 1
            return
        outcome = self.transport.send(mail)
        self._record(mail, outcome)
        if outcome.hung_up and is_new:
            # A fresh connection did not last for one mail: the others had better wait.
            raise ServerUnreachable(outcome.answer)

    def _record(self, mail: OutgoingMail, outcome: Outcome) -> None:
        if outcome.result is Result.ACCEPTED:
            self._finish(
                mail,
                MailState.SENT,
                answer=outcome.answer,
                sent_at=Now(),
                next_attempt_at=None,
            )
        elif outcome.result is Result.REFUSED:
            self._finish(mail, MailState.FAILED, answer=outcome.answer, next_attempt_at=None)
        elif outcome.result is Result.LATER:
            self._try_later(mail, outcome.answer)
        else:
            self._note_uncertain(mail, outcome.answer)

    def _try_later(self, mail: OutgoingMail, answer: str, **fields: Any) -> None:
        wait = retry.wait_after(mail.attempts)
        if wait is None:
            self._finish(mail, MailState.FAILED, answer=answer, next_attempt_at=None, **fields)
            return
        self.done.counts["later"] += 1
        leases.finish(
            mail,
            token=self.token,
            state=leases.WAITING_STATE,
            next_attempt_at=Now() + wait,
            answer=answer,
            **fields,
        )

    def _note_uncertain(self, mail: OutgoingMail, answer: str) -> None:
        wait = retry.wait_after(mail.attempts) or retry.WAITS[-1]
        self.done.counts["uncertain"] += 1
        leases.finish(mail, token=self.token, answer=answer, **leases.uncertain(wait))

    def _finish(self, mail: OutgoingMail, state: MailState, **fields: Any) -> None:
        leases.finish(mail, token=self.token, state=state, **fields)
        self.done.counts[state.value] += 1


def _freeze(mail: OutgoingMail) -> dict[str, Any]:
    """Write the mail for good; return the fields that keep it the same from now on.

    Raises NoLongerOwed, and whatever goes wrong in writing it.
    """
    if not get_kind(mail.kind).still_owed(mail):
        raise NoLongerOwed
    rendered = render(mail)
    frozen = {
        "message": rendered.message,
        "message_id": rendered.message_id,
        "subject_line": rendered.subject_line[:255],
        "envelope_sender": rendered.envelope_sender,
    }
    for name, value in frozen.items():
        setattr(mail, name, value)
    return frozen
