"""Celery tasks. Each finds its work in the database. Running one twice is safe; ``start_reviews``,
``ask_for_updates`` and ``forget`` may also overlap.
"""

import time
from collections.abc import Callable

from celery import shared_task
from django.utils import timezone

from affiliates.affiliations.services.reminders import end_past_pauses
from affiliates.applications.services.recovery import recover_reviews
from affiliates.applications.services.starting import start_waiting_reviews
from affiliates.applications.services.submission import START_REVIEWS, delete_stale_drafts
from affiliates.portal.services.link_requests import answer_link_requests
from affiliates.portal.services.profile_changes import put_waiting_changes
from affiliates.portal.services.profile_reviews import recover_changes
from affiliates.requirements.badge.services import look_for_badges as look_for_all
from affiliates.spam.proof import delete_expired_challenges
from affiliates.transfer.services.uploads import delete_old_uploads
from affiliates.updates.services.asking import open_due_requests
from affiliates.updates.services.moderation import check_texts, start_waiting_moderations
from workflows.core import wakeup
from workflows.core.wakeup import PeriodicTask

ONE_MINUTE = 60
ONE_DAY = 24 * 60 * ONE_MINUTE

BUSY_SECONDS = 20
"""A task begins nothing after this long, and wakes its successor."""

ASK_FOR_UPDATES = "affiliates.ask_for_updates"
START_MODERATION = "affiliates.start_moderation"
LOOK_FOR_BADGES = "affiliates.look_for_badges"


@shared_task(name=START_REVIEWS, base=PeriodicTask, seconds=ONE_MINUTE)
def start_reviews() -> None:
    """Start waiting reviews of applications and proposed changes, recover reviews that ended
    unnoticed, and email requested links.
    """
    is_over = _time_is_up()
    answer_link_requests(now=timezone.now())
    started = start_waiting_reviews(now=timezone.now(), should_stop=is_over)
    started += put_waiting_changes(now=timezone.now(), should_stop=is_over)
    recover_reviews(now=timezone.now())
    recover_changes(now=timezone.now())
    _go_on(START_REVIEWS, started, is_over)


@shared_task(name=ASK_FOR_UPDATES, base=PeriodicTask, seconds=ONE_MINUTE)
def ask_for_updates() -> None:
    """Open requests for updates that are due, and end pauses of reminders."""
    is_over = _time_is_up()
    end_past_pauses(now=timezone.now())
    opened = open_due_requests(now=timezone.now(), should_stop=is_over)
    _go_on(ASK_FOR_UPDATES, opened, is_over)


@shared_task(name=START_MODERATION, base=PeriodicTask, seconds=ONE_MINUTE)
def start_moderation() -> None:
    """Check updates from affiliates and start their moderation."""
    is_over = _time_is_up()
    started = check_texts(now=timezone.now(), should_stop=is_over)
    started += start_waiting_moderations(now=timezone.now(), should_stop=is_over)
    _go_on(START_MODERATION, started, is_over)


@shared_task(name=LOOK_FOR_BADGES, base=PeriodicTask, seconds=ONE_MINUTE)
def look_for_badges() -> None:
    """Look whether the websites of groups show the badge. One website takes up to half a minute."""
    is_over = _time_is_up()
    looked = look_for_all(now=timezone.now(), should_stop=is_over)
    _go_on(LOOK_FOR_BADGES, looked, is_over)


@shared_task(name="affiliates.forget", base=PeriodicTask, seconds=ONE_DAY)
def forget() -> None:
    """Delete expired drafts, spam challenges and uploads."""
    now = timezone.now()
    delete_stale_drafts(now=now)
    delete_expired_challenges(now=now)
    delete_old_uploads(now=now)


def _go_on(task: str, done: int, is_over: Callable[[], bool]) -> None:
    """Wake the next worker at once. One that got nothing done, since everything fails, waits for
    the periodic task.
    """
    if done and is_over():
        wakeup.wake(task)


def _time_is_up() -> Callable[[], bool]:
    start = time.monotonic()
    return lambda: time.monotonic() - start > BUSY_SECONDS
