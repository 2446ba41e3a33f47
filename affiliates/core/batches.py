"""Doing the same with many records: what is wrong with one of them does not stop the others."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from celery.exceptions import SoftTimeLimitExceeded
from django.db.models import Model

logger = logging.getLogger(__name__)
Record = TypeVar("Record", bound=Model)


def do_each(
    records: Iterable[Record],
    act: Callable[[Record], int],
    *,
    failure: str,
    then: Callable[[Record], None] = lambda record: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> int:
    """Return the sum of what ``act`` returned, true counting as one.

    One that raises is logged as ``failure``, a sentence with "%s" for its reference or key (never
    what it says of a person); ``then`` is what else follows.
    Raises SoftTimeLimitExceeded, since the time of the whole task is over then.
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
