"""What Wagtail tells about workflows, each passed on to one service.

People decide in Wagtail in several ways; whichever it is, a review's clock starts and stops here.
"""

from typing import Any

from django.db.models.signals import post_save
from django.utils import timezone
from wagtail import signals
from wagtail.log_actions import get_active_log_context
from wagtail.models import Task, WorkflowState

from workflows.models import ReviewTask, ReviewTaskState
from workflows.reviews.services import (
    cancel_unfinished,
    close_review,
    open_review,
    reschedule_reviews,
)
from workflows.reviews.wagtail_notices import SUBMITTED_UID, quiet_submission_notifier


def connect() -> None:
    """Called once, when the app is ready."""
    signals.task_submitted.connect(begin, sender=ReviewTaskState)
    for ended in (signals.task_approved, signals.task_rejected, signals.task_cancelled):
        ended.connect(end, sender=ReviewTaskState)
    post_save.connect(follow_numbers, sender=ReviewTask)
    for model in (Task, ReviewTask):  # Wagtail's admin saves a task as what it is in general.
        post_save.connect(cancel_at_task, sender=model)
    # Wagtail's own is connected with this name, before us or after: of one name only one stays.
    signals.workflow_submitted.disconnect(sender=WorkflowState, dispatch_uid=SUBMITTED_UID)
    signals.workflow_submitted.connect(
        quiet_submission_notifier, sender=WorkflowState, dispatch_uid=SUBMITTED_UID
    )


def begin(instance: ReviewTaskState, **_kwargs: Any) -> None:
    open_review(state=instance, task=instance.task.specific, now=timezone.now())


def end(instance: ReviewTaskState, **_kwargs: Any) -> None:
    close_review(state=instance, now=timezone.now())


def follow_numbers(instance: ReviewTask, created: bool, raw: bool, **_kwargs: Any) -> None:
    if not created and not raw:
        reschedule_reviews(task=instance)


def cancel_at_task(instance: Task, **_kwargs: Any) -> None:
    if not instance.active:
        cancel_unfinished(task=instance, user=get_active_log_context().user)
