"""Doing the same with many records: what is wrong with one of them does not stop the others."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from celery.exceptions import SoftTimeLimitExceeded

Record = TypeVar("Record")


def do_each(
    records: Iterable[Record],
    act: Callable[[Record], Any],
    *,
    failed: Callable[[Record], Any],
    should_stop: Callable[[], bool],
) -> int:
    """Return for how many ``act`` did something. ``failed`` logs the one that raised."""
    done = 0
    for record in records:
        if should_stop():
            break
        try:
            done += bool(act(record))
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            failed(record)
    return done
