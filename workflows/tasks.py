"""Celery tasks. They take no arguments and look in the database for due work."""

import gc
import logging
import time
from collections.abc import Callable

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from celery.signals import worker_process_init
from django.utils import timezone

from workflows.core import wakeup
from workflows.core.conf import settings
from workflows.core.states import MailState
from workflows.core.wakeup import PeriodicTask
from workflows.deadlines.sweep import sweep
from workflows.leases.services import Delivered
from workflows.mail.delivery import deliver_due
from workflows.mail.secrecy import blot_out_expired
from workflows.models import LeasedWork, OutgoingMail, WebhookDelivery
from workflows.monitoring.runs import recorded
from workflows.webhooks.delivery import deliver_due_webhooks

logger = logging.getLogger(__name__)

LOOK_SECONDS = 60
"""Interval of the periodic tasks."""

ONE_DAY = 24 * 60 * 60

BUSY_SECONDS = 20
"""A task starts no email or batch after this long, so that the last one ends within the time
limits.
"""


@worker_process_init.connect
def leave_out_what_is_loaded(**_signal: object) -> None:
    """Else the garbage collector looks through all modules again and again: a third of a sweep."""
    gc.freeze()


@shared_task(name=wakeup.DELIVER_MAIL, base=PeriodicTask, seconds=LOOK_SECONDS)
def deliver_mail() -> None:
    _deliver(OutgoingMail, deliver_due, wakeup.DELIVER_MAIL)


@shared_task(name=wakeup.DELIVER_WEBHOOKS, base=PeriodicTask, seconds=LOOK_SECONDS)
def deliver_webhooks() -> None:
    _deliver(WebhookDelivery, deliver_due_webhooks, wakeup.DELIVER_WEBHOOKS)


@shared_task(name=wakeup.SWEEP_DEADLINES, base=PeriodicTask, seconds=LOOK_SECONDS)
def sweep_deadlines() -> None:
    """A batch that exceeds the time limit is rolled back and tried again by the next task."""
    with recorded(wakeup.SWEEP_DEADLINES) as run:
        swept = sweep(now=timezone.now(), should_stop=_time_is_up())
        run.failures = swept.counts["failed"]
    logger.info("Deadlines: %s", swept)
    if swept.stopped:
        wakeup.wake(wakeup.SWEEP_DEADLINES)


@shared_task(name="workflows.blot_out_secrets", base=PeriodicTask, seconds=ONE_DAY)
def blot_out_secrets() -> None:
    """Blot out private links that have expired in emails."""
    logger.info("Private links blotted out in %s emails", blot_out_expired(now=timezone.now()))


def _deliver(model: type[LeasedWork], deliver_all: Callable[..., Delivered], task: str) -> None:
    """Each task wakes one worker at most, so there are never more tasks than wake-ups of others."""
    what = model._meta.verbose_name
    has_help = _is_too_much_for_one(model) and wakeup.wake(task)
    try:
        with recorded(task) as run:
            done = deliver_all(should_stop=_time_is_up())
            run.failures = done.counts[MailState.FAILED] + bool(done.unreachable)
    except SoftTimeLimitExceeded:
        logger.warning("Sending one %s took too long; it is marked uncertain. Going on.", what)
        wakeup.wake(task)
        return
    logger.info("Sending each %s that is due: %s", what, done)
    if done.stopped and not has_help:
        wakeup.wake(task)


def _is_too_much_for_one(model: type[LeasedWork]) -> bool:
    """Whether another worker would find something, too."""
    return model.due()[settings.BATCH_SIZE :].exists()


def _time_is_up() -> Callable[[], bool]:
    end = time.monotonic() + BUSY_SECONDS
    return lambda: time.monotonic() > end
