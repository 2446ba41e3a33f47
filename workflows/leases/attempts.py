"""Working through what is due, one attempt each, whatever kind of work it is.

``work_off`` claims batches and hands each row to a ``Sender``, which takes it to the end of one
attempt. Between the notes "it goes out now" and "this is how it ended" no transaction is open, and
whatever kills the worker, the lease tells the next one how far this one got.
"""

import contextlib
import logging
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models.functions import Now

from workflows.core import retry
from workflows.core.conf import settings
from workflows.core.exceptions import LeaseLost, ServerUnreachable
from workflows.leases import services
from workflows.models import LeasedWork

logger = logging.getLogger(__name__)


@dataclass
class Delivered:
    """What one look did: how many rows ended how, and why it ended early, if so."""

    counts: Counter[str] = field(default_factory=Counter)
    stopped: bool = False
    unreachable: str = ""

    def __str__(self) -> str:
        counts = ", ".join(f"{number} {name}" for name, number in sorted(self.counts.items()))
        trouble = f"mail server unreachable: {self.unreachable}" if self.unreachable else ""
        return "; ".join(filter(None, [counts, trouble])) or "nothing due"


class Sender:
    """Takes each row that one worker claimed to the end of an attempt, and notes how it ended."""

    def __init__(self, done: Delivered) -> None:
        self.done = done
        self.token = uuid.uuid4()

    def deliver(self, work: Any) -> None:
        """Raises ServerUnreachable (then every row not yet begun still waits) and LeaseLost."""
        raise NotImplementedError

    def start(self, work: LeasedWork, **frozen: Any) -> bool:
        """Note that it goes out now. False if another worker has it: then it is not ours."""
        if services.start(work, token=self.token, **frozen):
            return True
        self.done.counts["left to another worker"] += 1
        return False

    def finish(self, work: LeasedWork, state: str, **fields: Any) -> None:
        services.finish(work, token=self.token, state=state, next_attempt_at=None, **fields)
        self.done.counts[str(state)] += 1

    def try_later(self, work: LeasedWork, **fields: Any) -> None:
        """Wait for the next attempt; after the last one it has failed."""
        wait = retry.wait_after(work.attempts, work.waits)
        if wait is None:
            self.finish(work, "failed", **fields)
            return
        self.wait(work, wait, **fields)

    def wait(self, work: LeasedWork, wait: Any, **fields: Any) -> None:
        self.done.counts["later"] += 1
        services.finish(
            work,
            token=self.token,
            state=services.WAITING_STATE,
            next_attempt_at=Now() + wait,
            **fields,
        )

    def note_uncertain(self, work: LeasedWork, **fields: Any) -> None:
        """No answer came: it may have arrived, and is repeated."""
        wait = retry.wait_after(work.attempts, work.waits) or work.waits[-1]
        self.done.counts["uncertain"] += 1
        services.finish(work, token=self.token, **fields, **services.uncertain(wait, type(work)))


def work_off(
    model: type[LeasedWork], sender: Sender, *, should_stop: Callable[[], bool]
) -> Delivered:
    """Take each due row to the end of an attempt, until none is due or ``should_stop()`` says so.

    Effects: rows whose worker died are freed; then what ``sender`` does. Ends early if it raises
    ServerUnreachable. Any number of processes may do this at once. Must not run in a transaction.
    """
    services.recover(model)
    done = sender.done
    while not (done.stopped or done.unreachable):
        sender.token = uuid.uuid4()
        batch = services.claim(token=sender.token, limit=settings.BATCH_SIZE, model=model)
        if not batch:
            break
        with _given_back(model, sender.token):
            _work_off_batch(batch, sender, should_stop)
    return done


@contextlib.contextmanager
def _given_back(model: type[LeasedWork], token: uuid.UUID) -> Iterator[None]:
    """Whatever ends the batch early, a time limit too, leaves no row waiting for its lease."""
    try:
        yield
    except BaseException:
        services.give_back(token=token, model=model)
        raise


def _work_off_batch(
    batch: Sequence[LeasedWork], sender: Sender, should_stop: Callable[[], bool]
) -> None:
    for work in batch:
        if should_stop():
            sender.done.stopped = True
            services.give_back(token=sender.token, model=type(work))
            return
        try:
            sender.deliver(work)
        except ServerUnreachable as error:
            logger.warning("The mail server cannot be reached: %s", error)
            sender.done.unreachable = str(error)
            wait = retry.wait_for_server()
            services.give_back(token=sender.token, wait=wait, model=type(work))
            return
        except LeaseLost:
            sender.done.counts["lease lost"] += 1
            logger.exception(
                "%s %s was taken over by another worker. It may arrive twice. "
                "Is LEASE_SECONDS longer than sending one can take?",
                type(work).__name__,
                work.pk,
            )
