"""When a mail is tried again, as data. Waits grow as RFC 5321, 4.5.4.1 asks, for five days.

Webhooks are tried for three days.
"""

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
"""The wait after the first, second, … attempt. After the last one the mail has failed."""

WEBHOOK_WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *[timedelta(hours=hours) for hours in (2, 5, 10, 14, 18, 24)],
)
"""The same for a webhook's delivery: ten attempts in three days."""

ENDPOINT_REST = timedelta(minutes=1)
"""How long an endpoint that gives no answer is left alone, so that others are not held up."""

LONGEST_RETRY_AFTER = timedelta(days=1)
"""An endpoint may ask for a longer wait; this much it gets."""

JITTER = 0.1
"""Waits vary by up to this share, so that mails refused together do not come back together."""

UNREACHABLE_WAIT = timedelta(minutes=1)
"""The wait when the mail server cannot be reached. No mail is to blame, so none is counted."""

MAX_UNCERTAIN = 5
"""A mail that got no answer this often may lie in the mailbox as often: a person decides."""


def wait_after(attempts: int, waits: Sequence[timedelta] = WAITS) -> timedelta | None:
    """How long to wait after so many failed attempts; None if that was the last one."""
    if attempts > len(waits):
        return None
    return _vary(waits[max(attempts, 1) - 1])


def wait_for_server() -> timedelta:
    return _vary(UNREACHABLE_WAIT)


def _vary(wait: timedelta) -> timedelta:
    return wait * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311
