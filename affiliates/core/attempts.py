"""Work that is done one by one, so that what fails does not stand in the way of the rest."""

import logging
from collections.abc import Callable

from celery.exceptions import SoftTimeLimitExceeded

logger = logging.getLogger(__name__)


def attempt(work: Callable[[], int], failure: str, *names: object) -> int:
    """What ``work`` returns; 0 if it fails, which is logged as ``failure``.

    Raises SoftTimeLimitExceeded, since the time of the whole task is over then.
    """
    try:
        return work()
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception(failure, *names)
        return 0
