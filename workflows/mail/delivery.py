"""Sends due emails: render once, record the start, send, record the outcome. docs/reliability.md
states the guarantees; ``leases/services.py`` claims and releases the rows.
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
from workflows.core.secrets import blot_out
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
    """Send due emails, most urgent first, until none is left or ``should_stop()``.

    Effects: expired leases are freed; each due email becomes sent, failed, obsolete or waits for
    its next attempt. Ends early if the server is unreachable. Processes may run it concurrently,
    but not in a transaction.
    """
    with contextlib.closing(get_transport()) as transport:
        sender = MailSender(Delivered(), transport)
        return work_off(OutgoingMail, sender, should_stop=should_stop)


class MailSender(Sender):
    def __init__(self, done: Delivered, transport: Transport) -> None:
        super().__init__(done)
        self.transport = transport

    def deliver(self, work: OutgoingMail) -> None:
        """Make one attempt. Raises LeaseLost, or ServerUnreachable: emails not yet started keep
        waiting.
        """
        try:
            frozen = _freeze(work)
        except NoLongerOwed:
            self.finish(work, MailState.OBSOLETE)
        except BadAddress as error:
            self._refuse(work, str(error), bounced=True)
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:  # One broken email must not block the others.
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
            # Even a new connection failed: the other emails wait.
            raise ServerUnreachable(outcome.answer)

    def _record(self, mail: OutgoingMail, outcome: Outcome) -> None:
        answer = blot_out(outcome.answer)  # Servers quote the links that they do not like.
        if outcome.result is Result.ACCEPTED:
            # What other code wrote may be a secret of any shape, such as a password reset.
            gone = {} if is_known(mail.kind) else {"message": None, "secrets_expire_at": None}
            self.finish(mail, MailState.SENT, answer=answer, sent_at=Now(), **gone)
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


def _freeze(mail: OutgoingMail) -> dict[str, Any]:
    """Render the email if it is not rendered yet; return the fields to save. Checks first that it
    is still owed, unless it may have arrived already. Raises NoLongerOwed.
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
