"""Acting on many records: in batches, or so that a failure of one does not stop the others."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from celery.exceptions import SoftTimeLimitExceeded
from django.db.models import Model

logger = logging.getLogger(__name__)
Record = TypeVar("Record", bound=Model)


def batches_of(records: Sequence[Record], size: int) -> Iterator[Sequence[Record]]:
    return (records[start : start + size] for start in range(0, len(records), size))


def do_each(
    records: Iterable[Record],
    act: Callable[[Record], int],
    *,
    failure: str,
    then: Callable[[Record], None] = lambda record: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> int:
    """Return the sum of what ``act`` returned, true counting as one.

    Logs an exception as ``failure``, with "%s" for the record's reference or key (never personal
    data), and calls ``then``. Raises SoftTimeLimitExceeded, since the whole task is out of time.
    """
    done = 0
    for record in records:
        if should_stop():
            break
        try:
            done += act(record)
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            logger.exception(failure, getattr(record, "reference", record.pk))
            then(record)
    return done
