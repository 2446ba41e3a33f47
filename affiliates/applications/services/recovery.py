"""Reviews that ended unnoticed: Wagtail sent no signal, or the process that listens was gone.

A scheduled publication that was taken back, a workflow or its task deleted, a process killed
between Wagtail's two commits: whatever it was, no application may be left without a next step.
"""

import logging
from datetime import datetime

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Task, TaskState, WorkflowState

from affiliates.applications.services.decisions import approve_application
from affiliates.applications.services.reviews import stop_review
from affiliates.core.batches import do_each
from affiliates.core.exceptions import TransitionNotAllowed
from affiliates.core.states import UNDER_REVIEW
from affiliates.models import AffiliatePage, Application
from affiliates.models.base_page import Page

logger = logging.getLogger(__name__)


def recover_reviews(*, now: datetime) -> int:
    """Look after each application whose review neither runs nor was decided; return how many.

    Effects: if its page is public by now, it is approved; if the page is gone, or nothing runs on
    it and no publication is planned, its review is stopped, which tells staff. Each has a
    transaction of its own, and one that fails is logged.
    """
    under_review = Application.objects.filter(state__in=UNDER_REVIEW).select_related("affiliate")
    return do_each(
        under_review,
        lambda application: _look_after(application, now),
        failure="The review of %s, which had ended unnoticed, could not be recovered.",
    )


def stop_reviews_at(*, task: Task, user: User | None) -> None:
    """Stop the reviews for which this task, which is being switched off, is the last one.

    Wagtail skips a task that is switched off. A page at its last task would go public without
    anybody's decision. Effects: their workflows are cancelled, which stops the reviews.
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


def _look_after(application: Application, now: datetime) -> bool:
    page = application.affiliate
    if page and not page.live and (_is_running(page) or page.approved_schedule):
        return False
    try:
        if page and page.live:
            approve_application(application=application, user=None, now=now)
        else:
            stop_review(application=application, user=None, now=now)
    except TransitionNotAllowed:
        return False  # It was decided in this moment.
    logger.warning("The review of %s had ended unnoticed.", application.reference)
    return True


def _is_running(page: AffiliatePage) -> bool:
    return page.workflow_states.active().exclude(current_task_state=None).exists()
