"""Sends due emails: render once, record the start, send, record the outcome. docs/reliability.md
states the guarantees; ``leases/services.py`` claims and releases the rows.
"""

import contextlib
import logging
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models.functions import Now

from workflows.core.exceptions import BadAddress, LeaseLost, NoLongerOwed, ServerUnreachable
from workflows.core.secrets import blot_out
from workflows.core.states import MailState
from workflows.leases.batches import work_off
from workflows.leases.services import Delivered, Sender
from workflows.mail.bounces import blames_address
from workflows.mail.kinds import get_kind, is_known, load
from workflows.mail.marks import can_pass_on, pass_on
from workflows.mail.rendering import Writer
from workflows.mail.transport import Outcome, Result, Transport, get_transport
from workflows.models import OutgoingMail
from workflows.signals import mail_bounced

logger = logging.getLogger(__name__)

Written = dict[str, Any] | Exception
"""The fields to save of an email that is written, or why it is not."""


def deliver_due(*, should_stop: Callable[[], bool] = lambda: False) -> Delivered:
    """Send due emails, most urgent first, until none is left or ``should_stop()``.

    Effects: expired leases are freed; each due email becomes sent, failed, obsolete or waits for
    its next attempt. Ends early if the server is unreachable. Processes may run it concurrently,
    but not in a transaction.
    """
    with contextlib.closing(get_transport()) as transport:
        sender = MailSender(Delivered(), transport)
        return work_off(OutgoingMail, sender, should_stop=should_stop)


class MailSender(Sender):
    """Writes each email while the one before it is still to be sent. So between the server's answer
    to one and the departure of the next there is only the statement that records both.
    """

    def __init__(self, done: Delivered, transport: Transport) -> None:
        super().__init__(done)
        self.transport = transport
        self.writer = Writer()
        self.following: dict[int, OutgoingMail] = {}
        self.ahead: dict[int, Written] = {}
        """By primary key: the email that comes next, and what is written before its turn."""
        self.accepted: tuple[OutgoingMail, str] | None = None
        """An email that the server took, with its answer, and that is not yet recorded."""

    def prepare(self, batch: Sequence[OutgoingMail]) -> None:
        try:
            load(batch)
        except SoftTimeLimitExceeded:
            raise
        except Exception:  # One broken kind must not block the others.
            logger.exception("Emails could not be prepared together; each is prepared alone.")
        self.writer = Writer()
        self.following = {mail.pk: following for mail, following in pairwise(batch)}
        self.ahead = {}

    def deliver(self, work: OutgoingMail) -> None:
        """Make one attempt. Raises LeaseLost, or ServerUnreachable: emails not yet started keep
        waiting.
        """
        written = self.ahead.pop(work.pk, None)
        if written is None:
            written = self._write(work)
        if isinstance(written, dict):
            self._send(work, written)
        else:
            self.settle()
            self._note_unwritten(work, written)

    def settle(self) -> None:
        if self.accepted:
            (mail, answer), self.accepted = self.accepted, None
            try:
                self.finish(mail, MailState.SENT, answer=answer, sent_at=Now(), **_forgotten(mail))
            except LeaseLost as error:
                self.sound_the_alarm(error)

    def _write(self, mail: OutgoingMail) -> Written:
        try:
            return self._freeze(mail)
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:  # One broken email must not block the others.
            return error

    def _freeze(self, mail: OutgoingMail) -> dict[str, Any]:
        """Render the email if it is not rendered yet; return the fields to save. Checks first that
        it is still owed, unless it may have arrived already. Raises NoLongerOwed.
        """
        may_lapse = not mail.message or (is_known(mail.kind) and not mail.uncertain_attempts)
        if may_lapse and not get_kind(mail.kind).still_owed(mail):
            raise NoLongerOwed
        return {} if mail.message else vars(self.writer.render(mail))

    def _note_unwritten(self, mail: OutgoingMail, error: Exception) -> None:
        if isinstance(error, NoLongerOwed):
            self.finish(mail, MailState.OBSOLETE)
        elif isinstance(error, BadAddress):
            self._refuse(mail, str(error), bounced=True)
        else:
            logger.error("Mail %s (%s) could not be written.", mail.pk, mail.kind, exc_info=error)
            mail.attempts += 1
            self.try_later(mail, answer=repr(error), attempts=mail.attempts)

    def _send(self, mail: OutgoingMail, frozen: dict[str, Any]) -> None:
        for name, value in frozen.items():
            setattr(mail, name, value)
        is_new = self.transport.open()
        if not self._start(mail, frozen):
            return
        if following := self.following.get(mail.pk):
            self.ahead[following.pk] = self._write(following)
        outcome = self.transport.send(mail)
        self._record(mail, outcome)
        if outcome.hung_up and is_new:
            # Even a new connection failed: the other emails wait.
            raise ServerUnreachable(outcome.answer)

    def _start(self, mail: OutgoingMail, frozen: dict[str, Any]) -> bool:
        """Return False if another worker has the lease. Records the email before, too."""
        if self.accepted and can_pass_on():
            before, answer = self.accepted
            is_sent, is_begun = pass_on(
                before,
                mail,
                token=self.token,
                answer=answer,
                keep=not _forgotten(before),
                frozen=frozen,
            )
            if is_sent:
                self.accepted = None
                self.done.counts[MailState.SENT] += 1
            if is_begun:
                mail.attempts += 1
                return True
        self.settle()
        return self.start(mail, **frozen)

    def _record(self, mail: OutgoingMail, outcome: Outcome) -> None:
        answer = blot_out(outcome.answer)  # Servers quote the links that they do not like.
        if outcome.result is Result.ACCEPTED:
            self.accepted = mail, answer
        elif outcome.result is Result.REFUSED:
            self._refuse(mail, answer, bounced=blames_address(answer))
        elif outcome.result is Result.LATER:
            self.try_later(mail, answer=answer)
        else:
            self.note_uncertain(mail, answer=answer)

    def _refuse(self, mail: OutgoingMail, answer: str, *, bounced: bool) -> None:
        """Receivers of ``mail_bounced`` run in the same transaction."""
        with transaction.atomic():
            self.finish(mail, MailState.FAILED, answer=answer)
            if bounced:
                mail_bounced.send(sender=OutgoingMail, instance=mail, address=mail.recipient)


def _forgotten(mail: OutgoingMail) -> dict[str, Any]:
    """What other code wrote may be a secret of any shape, such as a password reset."""
    return {} if is_known(mail.kind) else {"message": None, "secrets_expire_at": None}
