"""Running Wagtail's workflow on a page or an update: starting it, letting it go on, ending it."""

from typing import Any

from django.contrib.auth.models import User
from wagtail.models import WorkflowState

from affiliates.core.exceptions import NoReviewWorkflow


def run_workflow(reviewed: Any, user: User | None) -> None:
    """Let the workflow run: the one that was started goes on, or the program's starts.

    A workflow without a task would publish the page at once, which is nobody's decision.
    Raises NoReviewWorkflow.
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
    """Whether there is one with something to do, and Wagtail runs workflows at all."""
    workflow = reviewed.get_workflow()
    return workflow is not None and workflow.tasks.filter(active=True).exists()


def end_workflow(running: WorkflowState | None, user: User | None) -> None:
    """Cancel a workflow, also one whose task was deleted, which Wagtail's own way cannot do.

    Does nothing if none is running.
    """
    if running is None:
        return
    if running.current_task_state:
        running.cancel(user=user)
        return
    running.status = WorkflowState.STATUS_CANCELLED
    running.save()
