"""Wake-ups of Celery workers for work that is stored in the database. A lost wake-up only delays
work until the periodic task. A wake-up must never slow down or fail a request, so a separate thread
talks to the broker.
"""

import logging
import os
import threading
import time
from dataclasses import dataclass

from celery import Celery, Task, current_app
from django.db import transaction

from workflows.core.conf import settings

logger = logging.getLogger(__name__)

DELIVER_MAIL = "workflows.deliver_mail"
SWEEP_DEADLINES = "workflows.sweep_deadlines"
DELIVER_WEBHOOKS = "workflows.deliver_webhooks"
"""Task names."""

_silent_until = 0.0
"""Monotonic seconds. After a failure, this process does not contact the broker until then."""


class _Waker:
    """Wakes workers from a thread that runs only while wake-ups are pending. Requests for the same
    task are merged, but one made during a wake-up causes another, since its commit may be later.
    The thread is not a daemon, so a process exits after its last wake-up.
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
    # A forked process does not have its parent's thread.
    global _waker
    _waker = _Waker()


os.register_at_fork(after_in_child=_renew)


@dataclass(frozen=True)
class _Wake:
    """A pending wake-up; equal for the same task."""

    task: str

    def __call__(self) -> None:
        wake_soon(self.task)


def wake_after_commit(task: str) -> None:
    """Wake once after the commit, however often it is called in the transaction."""
    connection = transaction.get_connection()
    here = set(connection.savepoint_ids)
    to_come = _Wake(task)
    if not any(to_come == hook and ids <= here for ids, hook, _ in connection.run_on_commit):
        transaction.on_commit(to_come, robust=True)


def wake_soon(task: str) -> None:
    """Wake a worker without waiting for the broker."""
    if settings.WAKEUP and time.monotonic() >= _silent_until:
        _waker.wake_soon(task)


def wake(task: str) -> bool:
    """Send ``task`` to the broker; return whether it was accepted. Never raises. Takes at most one
    second each to connect and to get an answer (see ``celery_settings``); after a failure it
    returns at once for WAKEUP_PAUSE_SECONDS.
    """
    global _silent_until
    if not settings.WAKEUP or time.monotonic() < _silent_until:
        return False
    try:
        current_app.send_task(task)
    except Exception as error:
        # The row is saved, so the periodic task will find it.
        _silent_until = time.monotonic() + settings.WAKEUP_PAUSE_SECONDS
        logger.warning(
            "The broker could not be reached (%s). Work waits for a worker's next look.", error
        )
        return False
    return True


class PeriodicTask(Task):
    """Base class of tasks that beat runs every ``seconds`` without a schedule to copy::

        @shared_task(name="library.remind", base=PeriodicTask, seconds=60)
        def remind() -> None: ...

    An entry of the same name in ``CELERY_BEAT_SCHEDULE`` takes precedence.
    """

    seconds: float

    @classmethod
    def on_bound(cls, app: Celery) -> None:
        entry = {"task": cls.name, "schedule": cls.seconds}
        # A new dictionary, since all apps share Celery's default.
        app.conf.beat_schedule = {cls.name: entry, **app.conf.beat_schedule}
