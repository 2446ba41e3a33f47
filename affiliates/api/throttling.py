"""How many requests a minute are answered to one network. Counted in Django's cache.

With a cache that each process has to itself, each process counts for itself.
"""

import time

from django.core.cache import cache
from django.http import HttpRequest

from affiliates.api.problems import TOO_MANY, Problem
from affiliates.core.conf import settings
from affiliates.spam.client_networks import network_hash

WINDOW = 60


def admit(request: HttpRequest) -> None:
    """Count the request. Raises Problem, with ``Retry-After``, if its network sent its share."""
    reads = request.method in ("GET", "HEAD")
    limit = settings.API_READS_PER_MINUTE if reads else settings.API_WRITES_PER_MINUTE
    if limit and _count(request, "read" if reads else "write") > limit:
        raise Problem(TOO_MANY, headers={"Retry-After": str(_seconds_left())})


def _count(request: HttpRequest, kind: str) -> int:
    key = f"affiliates.api.{kind}.{network_hash(request)}.{int(time.time()) // WINDOW}"
    cache.add(key, 0, timeout=2 * WINDOW)
    try:
        return cache.incr(key)
    except ValueError:  # It was thrown out of a full cache between the two.
        return 1


def _seconds_left() -> int:
    return WINDOW - int(time.time()) % WINDOW
