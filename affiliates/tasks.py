"""What Celery runs for this app. Each task looks into the database for what there is to do."""

import time

from celery import shared_task
from django.utils import timezone

from affiliates.services.applications import START_REVIEWS
from affiliates.services.drafts import delete_stale_drafts
from affiliates.services.lost_reviews import find_lost_reviews
from affiliates.services.reviews import start_waiting_reviews
from affiliates.services.spent_challenges import delete_expired_challenges

BUSY_SECONDS = 20
"""A task begins no further review after this long; the rest is the next look's."""


@shared_task(name=START_REVIEWS)
def start_reviews() -> None:
    """Start the reviews that wait for it, and look after those that ended without a word.

    Running twice, or at the same time, does no harm.
    """
    end = time.monotonic() + BUSY_SECONDS
    start_waiting_reviews(now=timezone.now(), should_stop=lambda: time.monotonic() > end)
    find_lost_reviews(now=timezone.now())


@shared_task(name="affiliates.forget")
def forget() -> None:
    """Delete what is kept for a time only. Running twice, or at the same time, does no harm."""
    now = timezone.now()
    delete_stale_drafts(now=now)
    delete_expired_challenges(now=now)
