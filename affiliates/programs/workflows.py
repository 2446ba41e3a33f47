"""Starts, resumes and ends Wagtail workflows."""

from typing import Any

from django.contrib.auth.models import User
from wagtail.models import WorkflowState

from affiliates.core.exceptions import NoReviewWorkflow


def run_workflow(reviewed: Any, user: User | None) -> None:
    """Starts or resumes the workflow. Raises NoReviewWorkflow, also for a workflow without a task,
    which would publish the page without a decision.
    """
    running = reviewed.current_workflow_state
    if running and running.current_task_state is None:
        end_workflow(running, user)
        running = None
    if running is None:
        if not has_workflow(reviewed):
            raise NoReviewWorkflow
        reviewed.get_workflow().start(reviewed, user=user)
    elif running.status == WorkflowState.STATUS_NEEDS_CHANGES:
        running.resume(user=user)


def has_workflow(reviewed: Any) -> bool:
    workflow = reviewed.get_workflow()
    return workflow is not None and workflow.tasks.filter(active=True).exists()


def end_workflow(running: WorkflowState | None, user: User | None) -> None:
    """Cancels a running workflow, even if its task was deleted, which Wagtail cannot do."""
    if running is None:
        return
    if running.current_task_state:
        running.cancel(user=user)
        return
    running.status = WorkflowState.STATUS_CANCELLED
    running.save()
