"""What Celery runs for this app. Each task looks into the database for what there is to do."""

from celery import shared_task
from django.utils import timezone

from affiliates.services.drafts import delete_stale_drafts
from affiliates.services.spent_challenges import delete_expired_challenges


@shared_task(name="affiliates.forget")
def forget() -> None:
    """Delete what is kept for a time only. Running twice, or at the same time, does no harm."""
    now = timezone.now()
    delete_stale_drafts(now=now)
    delete_expired_challenges(now=now)
