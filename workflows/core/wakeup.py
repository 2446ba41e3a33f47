"""Waking a Celery worker. The broker is a doorbell, not a ledger: a lost ring loses nothing.

A worker finds all work by looking into the database, which it also does without being rung (the
periodic look). So a ring may fail; it may never hurt, delay or fail the request that rings: a
thread of its own waits for the broker, and nobody else does.
"""

import logging
import os
import threading
import time
from dataclasses import dataclass

from celery import current_app
from django.db import transaction

from workflows.core.conf import settings

logger = logging.getLogger(__name__)

DELIVER_MAIL = "workflows.deliver_mail"
SWEEP_DEADLINES = "workflows.sweep_deadlines"
DELIVER_WEBHOOKS = "workflows.deliver_webhooks"
"""The tasks of this app. A bell asks for one of them, or for another app's, by name."""

_silent_until = 0.0
"""Monotonic seconds. One breaker per process: after a failed ring the bell is left alone."""


class _Waker:
    """Rings from a thread that lives as long as somebody wants a ring.

    A ring wanted while another is under way follows it, so that it comes after its own commit;
    any number of them for one task are one. A process that ends waits for its last ring.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: set[str] = set()
        self._running = False

    def wake_soon(self, task: str) -> None:
        with self._lock:
            self._wanted.add(task)
            if self._running:
                return
            self._running = True
        threading.Thread(target=self._run, name="wakeup").start()

    def _run(self) -> None:
        while tasks := self._take():
            for task in sorted(tasks):
                wake(task)

    def _take(self) -> set[str]:
        with self._lock:
            taken, self._wanted = self._wanted, set()
            self._running = bool(taken)
        return taken


_waker = _Waker()


def _renew() -> None:
    """A forked process has no thread that rings, whatever its parent had."""
    global _waker
    _waker = _Waker()


os.register_at_fork(after_in_child=_renew)


@dataclass(frozen=True)
class _Wake:
    """A ring to come. Two for one task are equal."""

    task: str

    def __call__(self) -> None:
        wake_soon(self.task)


def wake_after_commit(task: str) -> None:
    """Ring once when the surrounding transaction commits, however often this is called in it."""
    connection = transaction.get_connection()
    here = set(connection.savepoint_ids)
    bell = _Wake(task)
    if not any(bell == hook and ids <= here for ids, hook, _ in connection.run_on_commit):
        transaction.on_commit(bell, robust=True)


def wake_soon(task: str) -> None:
    """Ring without waiting for it."""
    if settings.WAKEUP and time.monotonic() >= _silent_until:
        _waker.wake_soon(task)


def wake(task: str) -> bool:
    """Ask a worker to run ``task``; say whether the broker took the message. Never raises.

    At most one second for connecting and one for answering (see ``celery_settings``); after a
    failure, no time at all for WAKEUP_PAUSE_SECONDS.
    """
    global _silent_until
    if not settings.WAKEUP or time.monotonic() < _silent_until:
        return False
    try:
        current_app.send_task(task)
    except Exception as error:
        # Whatever is wrong with the broker, the row is safe and the periodic look will find it.
        _silent_until = time.monotonic() + settings.WAKEUP_PAUSE_SECONDS
        logger.warning(
            "The broker could not be reached (%s). Work waits for a worker's next look.", error
        )
        return False
    return True
