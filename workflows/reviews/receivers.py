"""Receivers of Wagtail's workflow signals, which call the services of reviews. Wagtail sends no
email of its own about a new review. Its email about a new workflow to all superusers is suppressed
if the workflow starts with a review; its emails to the submitter stay.
"""

from typing import Any

from django.db.models.signals import post_save
from django.utils import timezone
from wagtail import signals
from wagtail.admin.mail import WorkflowStateSubmissionEmailNotifier
from wagtail.log_actions import get_active_log_context
from wagtail.models import Task, TaskState, WorkflowState

from workflows.models import ReviewTask, ReviewTaskState
from workflows.models.review import APPROVE, DECLINE, REQUEST_CHANGES
from workflows.reviews.forms import FORMS
from workflows.reviews.queries import ReviewLock
from workflows.reviews.sent_back import tell_earlier_steps
from workflows.reviews.services import (
    approve_review,
    cancel_unfinished,
    close_review,
    decline_review,
    open_review,
    request_changes,
    reschedule_reviews,
)

SUBMITTED_UID = "workflow_state_submitted_email_notification"


class QuietSubmissionNotifier(WorkflowStateSubmissionEmailNotifier):
    def can_handle(self, instance: Any, **kwargs: Any) -> bool:
        return super().can_handle(instance, **kwargs) and not _begins_with_review(instance)


def _begins_with_review(workflow_state: Any) -> bool:
    first = workflow_state.current_task_state
    return first is not None and first.specific_class is ReviewTaskState


quiet_submission_notifier = QuietSubmissionNotifier()


def equip() -> None:
    """Set on ``ReviewTask`` what the models cannot import. Called in ``AppConfig.ready()``."""
    ReviewTask.lock_class = ReviewLock
    ReviewTask.action_forms = FORMS
    ReviewTask.decisions = {
        APPROVE: approve_review,
        REQUEST_CHANGES: request_changes,
        DECLINE: decline_review,
    }


def connect() -> None:
    signals.task_submitted.connect(begin, sender=ReviewTaskState)
    for ended in (signals.task_approved, signals.task_rejected, signals.task_cancelled):
        ended.connect(end, sender=ReviewTaskState)
    signals.task_rejected.connect(tell_of_question)
    post_save.connect(follow_numbers, sender=ReviewTask)
    for model in (Task, ReviewTask):  # Wagtail's admin saves the base class.
        post_save.connect(cancel_at_task, sender=model)
    # Using Wagtail's dispatch_uid replaces its receiver, whichever connects first.
    signals.workflow_submitted.disconnect(sender=WorkflowState, dispatch_uid=SUBMITTED_UID)
    signals.workflow_submitted.connect(
        quiet_submission_notifier, sender=WorkflowState, dispatch_uid=SUBMITTED_UID
    )


def begin(instance: ReviewTaskState, **_kwargs: Any) -> None:
    if not instance.is_opened:
        open_review(state=instance, task=instance.task.specific, now=timezone.now())


def end(instance: ReviewTaskState, **_kwargs: Any) -> None:
    close_review(state=instance, now=timezone.now())


def tell_of_question(instance: TaskState, **_kwargs: Any) -> None:
    """Of any type of task. A decline is a rejection, too, but ends the workflow."""
    if instance.workflow_state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        tell_earlier_steps(state=instance, now=timezone.now())


def follow_numbers(instance: ReviewTask, created: bool, raw: bool, **_kwargs: Any) -> None:
    if not created and not raw:
        reschedule_reviews(task=instance)


def cancel_at_task(instance: Task, **_kwargs: Any) -> None:
    if not instance.active:
        cancel_unfinished(task=instance, user=get_active_log_context().user)
