"""Waking a Celery worker. The broker is a doorbell, not a ledger: a lost ring loses nothing.

A worker finds all work by looking into the database, which it also does without being rung (the
periodic look). So a ring may fail; it may never hurt, delay or fail the request that rings.
"""

import logging
import time

from celery import current_app
from django.db import transaction

from workflows.conf import settings

logger = logging.getLogger(__name__)

DELIVER_MAIL = "workflows.deliver_mail"

_silent_until = 0.0
"""Monotonic seconds. One breaker per process: after a failed ring the bell is left alone."""


def ring_after_commit() -> None:
    """Ring once when the surrounding transaction commits, however often this is called in it."""
    connection = transaction.get_connection()
    here = set(connection.savepoint_ids)
    if not any(ring is hook and ids <= here for ids, hook, _ in connection.run_on_commit):
        transaction.on_commit(ring, robust=True)


def ring() -> bool:
    """Wake a worker; say whether the broker took the message. Never raises.

    At most one second for connecting and one for answering (see ``celery_settings``); after a
    failure, no time at all for DOORBELL_PAUSE_SECONDS.
    """
    global _silent_until
    if not settings.DOORBELL or time.monotonic() < _silent_until:
        return False
    try:
        current_app.send_task(DELIVER_MAIL)
    except Exception as error:
        # Whatever is wrong with the broker, the row is safe and the periodic look will find it.
        _silent_until = time.monotonic() + settings.DOORBELL_PAUSE_SECONDS
        logger.warning(
            "The broker could not be reached (%s). Mails wait for a worker's next look.", error
        )
        return False
    return True
