"""Recovers reviews that ended without a signal from Wagtail, or whose receiver was killed."""

import logging
from datetime import datetime

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from wagtail.models import Revision, Task, TaskState, WorkflowState

from affiliates.applications.services.decisions import approve_application
from affiliates.applications.services.reviews import stop_review
from affiliates.core.batches import do_each
from affiliates.core.exceptions import TransitionNotAllowed
from affiliates.core.states import UNDER_REVIEW
from affiliates.models import Application
from affiliates.models.base_page import Page

logger = logging.getLogger(__name__)


def recover_reviews(*, now: datetime) -> int:
    """Approve or stop reviews that ended unnoticed; return how many. Effects, each in its own
    transaction: approves the application if its page is public; stops its review, which notifies
    staff, if no workflow runs and no publication is scheduled. Failures are logged.
    """
    return do_each(
        _ended_unnoticed(),
        lambda application: _look_after(application, now),
        failure="The review of %s, which had ended unnoticed, could not be recovered.",
    )


def stop_reviews_at(*, task: Task, user: User | None) -> None:
    """Stop the reviews whose last task was deactivated: Wagtail would skip it and publish the page.
    Effects: cancels their workflows, which stops the reviews.
    """
    at_task = WorkflowState.objects.filter(
        current_task_state__task=task,
        current_task_state__status=TaskState.STATUS_IN_PROGRESS,
        base_content_type=ContentType.objects.get_for_model(Page),
        object_id__in=_pages_under_review(),
    )
    for workflow_state in at_task:
        if workflow_state.get_next_task() is None:
            workflow_state.cancel(user=user)


def _pages_under_review() -> list[str]:
    pages = Application.objects.filter(state__in=UNDER_REVIEW).exclude(affiliate=None)
    return [str(key) for key in pages.values_list("affiliate", flat=True)]


def _ended_unnoticed() -> QuerySet[Application]:
    """One query for all, since this is asked every minute."""
    of_page = {
        "base_content_type": ContentType.objects.get_for_model(Page),
        "object_id": Cast(OuterRef("affiliate"), CharField()),
    }
    running = WorkflowState.objects.active().filter(**of_page, current_task_state__isnull=False)
    scheduled = Revision.objects.filter(**of_page, approved_go_live_at__isnull=False)
    goes_on = Q(affiliate__live=False) & (Exists(running) | Exists(scheduled))
    under_review = Application.objects.filter(state__in=UNDER_REVIEW)
    return under_review.exclude(goes_on).select_related("affiliate")


def _look_after(application: Application, now: datetime) -> bool:
    page = application.affiliate
    try:
        if page and page.live:
            approve_application(application=application, user=None, now=now)
        else:
            stop_review(application=application, user=None, now=now)
    except TransitionNotAllowed:
        return False
    logger.warning("The review of %s had ended unnoticed.", application.reference)
    return True
