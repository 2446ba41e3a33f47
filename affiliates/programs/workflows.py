"""Starts, resumes and ends Wagtail workflows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import OuterRef, Subquery
from wagtail.models import (
    AbstractGroupApprovalTask,
    PageLogEntry,
    Task,
    TaskState,
    Workflow,
    WorkflowState,
)
from wagtail.signals import task_submitted, workflow_submitted

from affiliates.core.exceptions import NoReviewWorkflow
from affiliates.models import AffiliatePage
from affiliates.models.base_page import Page
from affiliates.programs.new_pages import log_entry
from workflows.core.bulk_insert import insert_inherited
from workflows.models import ReviewTask
from workflows.reviews.services import open_reviews


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


def start_workflows(
    reviewed: Sequence[AffiliatePage],
    *,
    workflow: Workflow | None,
    user: User | None,
    now: datetime,
) -> None:
    """Start the workflow on new drafts, in few statements if its first task starts as Wagtail's do.

    Effects, in the caller's transaction: all that Wagtail writes; its signals are sent for each
    page, after the rows of all are there. Raises NoReviewWorkflow, as ``run_workflow`` does.
    """
    task = _first_task(workflow)
    if workflow is None or task is None:
        raise NoReviewWorkflow
    if type(task).start not in USUAL_STARTS:
        for page in reviewed:
            workflow.start(page, user=user)
        return
    states = _insert_states(reviewed, workflow, task, user)
    if isinstance(task, ReviewTask):
        open_reviews(states=states, now=now)
    for state in states:
        task_submitted.send(sender=type(state), instance=state, user=user)
    for state in states:
        running = state.workflow_state
        workflow_submitted.send(sender=type(running), instance=running, user=user)
    PageLogEntry.objects.bulk_create(
        _log_entry_of(page, state, user, now) for page, state in zip(reviewed, states, strict=True)
    )


USUAL_STARTS = (Task.start, AbstractGroupApprovalTask.start)
"""What the second does besides the first concerns locked pages only, and no new page is locked."""


def _first_task(workflow: Workflow | None) -> Task | None:
    tasks = Task.objects.filter(workflow_tasks__workflow=workflow, active=True)
    return tasks.order_by("workflow_tasks__sort_order").specific().first() if workflow else None


def _insert_states(
    reviewed: Sequence[AffiliatePage], workflow: Workflow, task: Task, user: User | None
) -> list[TaskState]:
    running = WorkflowState.objects.bulk_create(
        WorkflowState(
            content_type=page.get_content_type(),
            base_content_type=page.get_base_content_type(),
            object_id=str(page.pk),
            workflow=workflow,
            requested_by=user,
        )
        for page in reviewed
    )
    states = []
    for page, workflow_state in zip(reviewed, running, strict=True):
        workflow_state.content_object = _as_base(page)
        workflow_state.object_id = str(page.pk)
        state = task.get_task_state_class()(
            workflow_state=workflow_state, task=task, revision=page.latest_revision
        )
        states.append(state)
    insert_inherited(states)
    of_workflow = TaskState.objects.filter(workflow_state=OuterRef("pk")).values("pk")
    WorkflowState.objects.filter(pk__in=[state.pk for state in running]).update(
        current_task_state=Subquery(of_workflow[:1])
    )
    for state in states:
        state.workflow_state.current_task_state = state
    return states


def _as_base(page: AffiliatePage) -> Any:
    """What a query for the workflow's object would find; its ``specific`` is the page itself."""
    names = [field.attname for field in Page._meta.concrete_fields]
    base = Page(**{name: getattr(page, name) for name in names})
    base._state.adding, base._state.db = False, page._state.db
    base.specific = page
    return base


def _log_entry_of(
    page: AffiliatePage, state: TaskState, user: User | None, now: datetime
) -> PageLogEntry:
    running = state.workflow_state
    said = {
        "id": running.workflow.pk,
        "title": running.workflow.name,
        "status": running.status,
        "next": {"id": state.task.pk, "title": state.task.name},
        "task_state_id": state.pk,
    }
    data, revision = {"workflow": said}, state.revision
    return log_entry(page, "wagtail.workflow.start", by=user, now=now, data=data, revision=revision)


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
