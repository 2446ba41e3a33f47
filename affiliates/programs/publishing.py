"""Who published a page, and which pages were added in bulk."""

from typing import Any

from wagtail.log_actions import get_active_log_context
from wagtail.models import WorkflowState

from affiliates.models import AffiliatePage

SETTLED = "_added_in_bulk"


def is_settled(page: AffiliatePage) -> bool:
    """Whether our receivers must skip this page, since its records are complete."""
    return getattr(page, SETTLED, False)


def publisher_of(page: AffiliatePage) -> Any:
    """The current user, or the last approver of the workflow; None for scheduled publishing."""
    workflow = WorkflowState.objects.for_instance(page).order_by("-created_at", "-pk").first()
    user = get_active_log_context().user
    if user is None and workflow and workflow.status == WorkflowState.STATUS_APPROVED:
        last = workflow.current_task_state
        user = last.finished_by if last else None
    return user


def person_behind(page: AffiliatePage) -> Any:
    """Like ``publisher_of``, but the author of the revision for scheduled publishing."""
    return publisher_of(page) or (page.live_revision and page.live_revision.user)
