"""The cache that all processes share. Whatever is in it may be lost at any time; a cache that fails
is never an error, since everything can be made anew.
"""

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import uuid4

from django.conf import settings as django_settings
from django.core.cache import DEFAULT_CACHE_ALIAS, BaseCache, caches
from django.db import transaction

logger = logging.getLogger(__name__)
Found = TypeVar("Found")

ALIAS = "affiliates"
"""Of the cache in ``CACHES``. Without one of this name it is the default cache."""

VERSION = "affiliates.version"
"""Everything kept names the version under which it was made; a new one makes it all stale."""

PAUSE_SECONDS = 5
"""For so long after a failure, this process does not ask the cache: one that hangs would hold up
each request.
"""

_silent_until = 0.0
_owes_version = False
"""Whether something has changed while the cache could not be told."""


def alias() -> str:
    return ALIAS if ALIAS in django_settings.CACHES else DEFAULT_CACHE_ALIAS


def read(*keys: str) -> Mapping[str, Any]:
    if _owes_version:
        new_version()
    return _attempt(lambda cache: cache.get_many(keys), {})


def write(key: str, value: Any, seconds: float | None) -> None:
    _attempt(lambda cache: cache.set(key, value, seconds), None)


def delete(key: str) -> None:
    _attempt(lambda cache: cache.delete(key), False)


def reserve(key: str, seconds: int) -> bool:
    """Whether nobody else holds ``key``; also true if the cache cannot say."""
    return _attempt(lambda cache: cache.add(key, 1, seconds), True)


def count(name: str, seconds: int) -> int:
    """How often it was called with this name in the current stretch of ``seconds``."""
    key = f"affiliates.count.{name}.{int(time.time()) // seconds}"

    def add_one(cache: BaseCache) -> int:
        # A key can be evicted in between; then the count begins anew.
        return 1 if cache.add(key, 1, 2 * seconds) else cache.incr(key)

    return _attempt(add_one, 1)


def new_version() -> None:
    global _owes_version

    def renew(cache: BaseCache) -> bool:
        cache.set(VERSION, uuid4().hex, None)
        return True

    _owes_version = not _attempt(renew, False)


def first_version() -> str:
    """For a cache that has none: one for all that ask at the same time."""
    version = uuid4().hex
    _attempt(lambda cache: cache.add(VERSION, version, None), False)
    return read(VERSION).get(VERSION, version)


def forget_answers() -> None:
    """Make all that is kept stale, now and again after the transaction commits: an answer made in
    between would not show the change.
    """
    new_version()
    connection = transaction.get_connection()
    here = set(connection.savepoint_ids)
    hooks = connection.run_on_commit
    if not any(hook is new_version and ids <= here for ids, hook, _robust in hooks):
        transaction.on_commit(new_version, robust=True)


def _attempt(do: Callable[[BaseCache], Found], otherwise: Found) -> Found:
    global _silent_until
    if time.monotonic() < _silent_until:
        return otherwise
    try:
        return do(caches[alias()])
    except Exception as error:  # Each kind of cache has errors of its own.
        _silent_until = time.monotonic() + PAUSE_SECONDS
        logger.warning("The cache could not be reached (%s). Pages are made anew.", error)
        return otherwise
