"""Recording how long tasks take and what fails in them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db.models import F
from django.utils import timezone

from workflows.models import TaskRun


@dataclass
class Run:
    failures: int = 0


@contextmanager
def recorded(task: str) -> Iterator[Run]:
    """Record the run, whose ``failures`` the caller may set. An exception counts as one."""
    run, start = Run(), time.monotonic()
    try:
        yield run
    except BaseException:
        run.failures += 1
        raise
    finally:
        _add(task, time.monotonic() - start, run.failures)


def _add(task: str, seconds: float, failures: int) -> None:
    now = timezone.now()
    TaskRun.objects.bulk_create([TaskRun(task=task, ended_at=now)], ignore_conflicts=True)
    TaskRun.objects.filter(task=task).update(
        runs=F("runs") + 1,
        failures=F("failures") + failures,
        seconds=F("seconds") + seconds,
        last_seconds=seconds,
        ended_at=now,
    )
