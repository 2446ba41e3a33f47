"""What happens to a review, whichever way it begins or ends."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from wagtail.models import Page, TaskState, WorkflowState
from wagtail.signals import task_rejected

from workflows.exceptions import ReviewOver
from workflows.models import Deadline, ReviewTask, ReviewTaskState
from workflows.people import recipients
from workflows.review_policy import REVIEW, REVIEWERS, ReviewPolicy, policy_for
from workflows.services.deadlines import close_deadlines, open_deadline
from workflows.services.digests import Told, tell
from workflows.signals import review_declined

if TYPE_CHECKING:
    from django.contrib.auth.models import User

DECLINED = "declined"
CARRIED_OVER = frozenset({TaskState.STATUS_REJECTED})
"""After these outcomes the same task may be started anew, and its clock runs on."""


def reviewed_object(state: TaskState) -> Any:
    """The page (of its own type) or snippet under review; None if it is gone."""
    found = state.workflow_state.content_object
    return found.specific if isinstance(found, Page) else found


def open_review(*, state: ReviewTaskState, task: ReviewTask, now: datetime) -> Deadline:
    """Start the clock of a review and tell the reviewers in their mail of the day.

    After changes were requested, what was left of the time is left when they are made: at least
    one day. Effects: a deadline of the kind "review", and mails.
    """
    policy = policy_for(task, reviewed_object(state))
    deadline = open_deadline(
        kind=REVIEW, subject=state, due_at=_due_at(state, policy, now), now=now
    )
    _tell_reviewers(state, policy, now)
    return deadline


def close_review(*, state: TaskState, now: datetime) -> None:
    """Stop the clock of a review that ended, with its status as the outcome."""
    close_deadlines(kind=REVIEW, subject=state, outcome=state.status, now=now)


def assign_review(
    *, state: ReviewTaskState, assignee: "User | None", by: "User", now: datetime
) -> None:
    """Give a review to one person, or back to all (None). From now on that person is reminded.

    Effects: the row; the person's mail of the day, unless they took it themselves. Whether ``by``
    may do this is for the caller to know. Raises ReviewOver.
    """
    with transaction.atomic():
        changed = ReviewTaskState.objects.filter(
            pk=state.pk, status=TaskState.STATUS_IN_PROGRESS
        ).update(assigned_to=assignee)
        if not changed:
            raise ReviewOver
        state.assigned_to = assignee
        if assignee and assignee != by:
            policy = policy_for(state.task.specific, reviewed_object(state))
            _tell_reviewers(state, policy, now)


def decline_review(*, state: ReviewTaskState, user: "User", reason: str, now: datetime) -> None:
    """End the review and its workflow for good.

    Effects, in one transaction: the task state is rejected with the reason as its comment, the
    workflow cancelled, the clock stopped; then ``review_declined`` is sent. Raises ReviewOver.
    """
    with transaction.atomic():
        workflow_state = WorkflowState.objects.select_for_update().get(pk=state.workflow_state_id)
        state.refresh_from_db()
        if state.status != TaskState.STATUS_IN_PROGRESS:
            raise ReviewOver
        raise NotImplementedError(workflow_state, task_rejected, DECLINED, review_declined, reason)


def reviewers_of(state: ReviewTaskState, policy: ReviewPolicy) -> list:
    """Whom the review waits for: who took it, as long as that person can act; else all."""
    assignee = recipients([state.assigned_to]) if state.assigned_to else []
    return assignee or policy.audience(REVIEWERS)


def _tell_reviewers(state: ReviewTaskState, policy: ReviewPolicy, now: datetime) -> None:
    tell([Told(person, policy.calendar, now) for person in reviewers_of(state, policy)], now=now)


def _due_at(state: ReviewTaskState, policy: ReviewPolicy, now: datetime) -> datetime:
    calendar = policy.calendar
    if policy.due_on:
        return calendar.moment(policy.due_on)
    before = _interrupted(state)
    if before is None or before.closed_at is None:
        return calendar.after(now, policy.respond_within)
    left = calendar.between(calendar.day_of(before.closed_at), calendar.day_of(before.due_at))
    return calendar.after(now, max(left, 1))


def _interrupted(state: ReviewTaskState) -> Deadline | None:
    """The deadline of the same task in the same workflow, if changes were requested last."""
    before = (
        ReviewTaskState.objects.filter(workflow_state=state.workflow_state_id, task=state.task_id)
        .exclude(pk=state.pk)
        .order_by("-started_at", "-pk")
        .first()
    )
    if before is None or before.status not in CARRIED_OVER:
        return None
    found = Deadline.objects.filter(
        kind=REVIEW, content_type__model="reviewtaskstate", object_id=str(before.pk)
    )
    return found.order_by("-closed_at").first()
