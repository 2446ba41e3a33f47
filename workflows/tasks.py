"""What Celery runs. Tasks carry no data: each looks into the database for what there is to do."""

import logging
import time

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded

from workflows import doorbell
from workflows.services.delivery import deliver_due

logger = logging.getLogger(__name__)

BUSY_SECONDS = 20
"""A task begins no further mail after this long, which leaves the last one time enough to end
before the time limits of ``celery_settings``; the rest is the next task's."""


@shared_task(name=doorbell.DELIVER_MAIL)
def deliver_mail() -> None:
    """Send the mails that are due; if time runs out first, ring for another task."""
    end = time.monotonic() + BUSY_SECONDS
    try:
        done = deliver_due(should_stop=lambda: time.monotonic() > end)
    except SoftTimeLimitExceeded:
        logger.warning("Sending one mail took too long; it is marked uncertain. Going on.")
        doorbell.ring()
        return
    logger.info("Outbox: %s", done)
    if done.stopped:
        doorbell.ring()
