"""Waking a Celery worker. All work is rows in the database: a wake-up that is lost loses nothing.

A worker finds its work by looking into the database, which it also does without being woken (the
periodic look). So waking may fail; it may never slow down or fail the request that wakes: a thread
of its own waits for the broker, and nobody else does.
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
"""The tasks of this app. They, and another app's, are woken by name."""

_silent_until = 0.0
"""Monotonic seconds. After a failure, this process leaves the broker alone until then."""


class _Waker:
    """Wakes workers from a thread that lives as long as there is something to wake.

    A wake-up asked for while another is under way follows it, so that it comes after its own
    commit; any number of them for one task are one. A process that ends waits for its last one.
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
    """A forked process does not have the thread of its parent."""
    global _waker
    _waker = _Waker()


os.register_at_fork(after_in_child=_renew)


@dataclass(frozen=True)
class _Wake:
    """A wake-up to come. Two for one task are equal."""

    task: str

    def __call__(self) -> None:
        wake_soon(self.task)


def wake_after_commit(task: str) -> None:
    """Wake once when the surrounding transaction commits, however often this is called in it."""
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


class PeriodicTask(Task):
    """The base of a task that beat asks for every so many ``seconds``, so that no site has a
    schedule to copy::

        @shared_task(name="library.remind", base=PeriodicTask, seconds=60)
        def remind() -> None: ...

    It stands in the schedule of every Celery app under its own name. An entry of that name in a
    site's ``CELERY_BEAT_SCHEDULE`` wins.
    """

    seconds: float

    @classmethod
    def on_bound(cls, app: Celery) -> None:
        entry = {"task": cls.name, "schedule": cls.seconds}
        # A new dictionary: Celery's default is one that all apps share.
        app.conf.beat_schedule = {cls.name: entry, **app.conf.beat_schedule}
