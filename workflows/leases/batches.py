"""Working off what is due, batch by batch."""

import contextlib
import logging
import time
import uuid
from collections.abc import Callable, Iterator, Sequence

from workflows.core import retry
from workflows.core.conf import settings
from workflows.core.exceptions import LeaseLost, ServerUnreachable
from workflows.leases import services
from workflows.leases.services import Delivered, Sender
from workflows.models import LeasedWork

logger = logging.getLogger(__name__)

FRESH_SECONDS = 5
"""After this long the rest of a batch is claimed anew, so that what was fetched for it (whether it
is still owed, its wording, its reader) is never older.
"""


def work_off(
    model: type[LeasedWork], sender: Sender, *, should_stop: Callable[[], bool]
) -> Delivered:
    """Attempt each due row until none is due or ``should_stop()``. Expired leases are freed first.
    Ends early if ``sender`` raises ServerUnreachable. Processes may run it concurrently, but not in
    a transaction.
    """
    services.recover(model)
    done = sender.done
    while not (done.stopped or done.unreachable):
        sender.token = uuid.uuid4()
        batch = services.claim(token=sender.token, limit=settings.BATCH_SIZE, model=model)
        if not batch:
            break
        with _given_back(model, sender):
            sender.prepare(batch)
            _work_off_batch(batch, sender, should_stop)
    return done


@contextlib.contextmanager
def _given_back(model: type[LeasedWork], sender: Sender) -> Iterator[None]:
    """Free the rows if anything, even a time limit, interrupts the batch."""
    try:
        yield
    except BaseException:
        try:
            sender.settle()
        finally:
            services.give_back(token=sender.token, model=model)
        raise


def _work_off_batch(
    batch: Sequence[LeasedWork], sender: Sender, should_stop: Callable[[], bool]
) -> None:
    model, token, pauses = type(batch[0]), sender.token, _Pauses()
    for place, work in enumerate(batch):
        if should_stop():
            sender.done.stopped = True
            sender.settle()
            services.give_back(token=token, model=model)
            return
        if place and pauses.is_time_to_look():
            sender.settle()
            if pauses.is_stale() or work.more_urgent().exists():
                services.put_back(token=token, model=model)
                return
        try:
            sender.deliver(work)
        except ServerUnreachable as error:
            logger.warning("The mail server cannot be reached: %s", error)
            sender.done.unreachable = str(error)
            sender.settle()
            services.give_back(token=token, wait=retry.wait_for_server(), model=model)
            return
        except LeaseLost as error:
            sender.sound_the_alarm(error)
    sender.settle()


class _Pauses:
    """When to look up from a batch: for more urgent rows, and for what has changed meanwhile."""

    def __init__(self) -> None:
        self.begun = self.looked = time.monotonic()

    def is_time_to_look(self) -> bool:
        now = time.monotonic()
        if now - self.looked < settings.URGENT_LOOK_SECONDS:
            return False
        self.looked = now
        return True

    def is_stale(self) -> bool:
        return self.looked - self.begun >= FRESH_SECONDS
