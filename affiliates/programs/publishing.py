"""Who is behind the publication of a page, and which pages were added in bulk."""

from typing import Any

from wagtail.log_actions import get_active_log_context
from wagtail.models import WorkflowState

from affiliates.models import AffiliatePage

SETTLED = "_added_in_bulk"


def is_settled(page: AffiliatePage) -> bool:
    """Whether all that our own receivers do for a page that is published is done already."""
    return getattr(page, SETTLED, False)


def publisher_of(page: AffiliatePage) -> Any:
    """Who pressed the button; else whose approval ended the workflow; None for a schedule."""
    workflow = WorkflowState.objects.for_instance(page).order_by("-created_at", "-pk").first()
    user = get_active_log_context().user
    if user is None and workflow and workflow.status == WorkflowState.STATUS_APPROVED:
        last = workflow.current_task_state
        user = last.finished_by if last else None
    return user


def person_behind(page: AffiliatePage) -> Any:
    """As ``publisher_of``; of a schedule, whoever wrote what it publishes."""
    return publisher_of(page) or (page.live_revision and page.live_revision.user)
