"""Retry schedules: five days for emails (RFC 5321, 4.5.4.1), three for webhooks."""

import random
from collections.abc import Sequence
from datetime import timedelta

WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
    *[timedelta(hours=3)] * 39,
)
"""The wait after the first, second, … attempt; after the last one it has failed."""

WEBHOOK_WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *[timedelta(hours=hours) for hours in (2, 5, 10, 14, 18, 24)],
)
"""Ten attempts in three days."""

ENDPOINT_REST = timedelta(minutes=1)
"""Pause of an endpoint without an answer, so that it does not delay others."""

LONGEST_RETRY_AFTER = timedelta(days=1)
"""Limit of the wait that an endpoint may ask for."""

JITTER = 0.1
"""Waits vary by up to this share, so that emails refused together are not retried together."""

UNREACHABLE_WAIT = timedelta(minutes=1)
"""Wait while the mail server is unreachable; not counted as an attempt."""

MAX_UNCERTAIN = 5
"""Each attempt without an answer may have been delivered; after this many, a person decides."""


def wait_after(attempts: int, waits: Sequence[timedelta] = WAITS) -> timedelta | None:
    """The wait after this many failed attempts; None after the last one."""
    if attempts > len(waits):
        return None
    return _vary(waits[max(attempts, 1) - 1])


def wait_for_server() -> timedelta:
    return _vary(UNREACHABLE_WAIT)


def _vary(wait: timedelta) -> timedelta:
    return wait * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311
