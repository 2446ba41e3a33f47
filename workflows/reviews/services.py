"""Services that start, decide, assign and cancel reviews."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import chain

from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse
from wagtail.models import Task, TaskState

from workflows.core.exceptions import ReviewOver, WordsMissing
from workflows.core.people import Recipient, recipients
from workflows.deadlines.digests import Told, tell
from workflows.deadlines.policies import get_policy
from workflows.deadlines.services import (
    begin_deadlines,
    close_deadlines,
    open_deadline,
    reschedule,
)
from workflows.mail.outbox import queue
from workflows.models import Deadline, ReviewTask, ReviewTaskState
from workflows.reviews.mails import declined_mails
from workflows.reviews.policy import (
    ESCALATION,
    LAST_RESORT,
    REVIEW,
    REVIEWERS,
    ReviewPolicy,
    policy_of,
    prepare,
)
from workflows.signals import review_declined

DECLINED = "declined"
CARRIED_OVER = frozenset({TaskState.STATUS_REJECTED, TaskState.STATUS_CANCELLED})
"""After these outcomes Wagtail may restart the task in the same workflow; the deadline carries on.
"""


def open_review(*, state: ReviewTaskState, task: ReviewTask, now: datetime) -> Deadline:
    """Open the deadline and queue the reviewers' daily emails. A review resumed after requested
    changes keeps its assignee and remaining days, at least one.
    """
    state.task = task
    before = _interrupted(state)
    if before and before.assigned_to_id and state.assigned_to_id is None:
        _set_assignee(state, before.assigned_to)
    due_at = _due_at(before, policy_of(state), now)
    deadline = open_deadline(kind=REVIEW, subject=state, due_at=due_at, now=now)
    _tell_reviewers([state], now)
    return deadline


def open_reviews(*, states: Sequence[ReviewTaskState], now: datetime) -> None:
    """``open_review`` for many reviews of new workflows in few statements. ``task_submitted`` opens
    none of them again.
    """
    prepare(states)
    due_at = [(state, _due_at(None, policy_of(state), now)) for state in states]
    begin_deadlines(kind=REVIEW, due_at=due_at, now=now)
    _tell_reviewers(states, now)
    for state in states:
        state.is_opened = True


def close_review(*, state: TaskState, now: datetime) -> None:
    """Close the deadline, with the status of the review as its outcome."""
    close_deadlines(kind=REVIEW, subject=state, outcome=state.status, now=now)


def approve_review(*, state: ReviewTaskState, user: User, now: datetime, comment: str = "") -> None:
    """Approve; Wagtail starts the next task or publishes. Raises ReviewOver if it is decided
    already.
    """
    with _undecided(state):
        state.approve(user=user, comment=comment.strip())


def request_changes(*, state: ReviewTaskState, user: User, now: datetime, comment: str) -> None:
    """Reject; the workflow waits for resubmission. Raises ReviewOver, WordsMissing."""
    words = _needed(comment)
    with _undecided(state):
        state.reject(user=user, comment=words)


def decline_review(
    *, state: ReviewTaskState, user: User, now: datetime, comment: str
) -> str | None:
    """End the review and its workflow without publishing; the draft is kept.

    Effects, in one transaction: the task state is rejected with the reason as its comment, the
    deadline closed, the workflow cancelled, an email to the submitter queued, and
    ``review_declined`` sent. Returns where to go if a receiver deleted the object. Raises
    ReviewOver, WordsMissing.
    """
    reason = _needed(comment)
    with _undecided(state):
        close_deadlines(kind=REVIEW, subject=state, outcome=DECLINED, now=now)
        state.reject(user=user, comment=reason, update=False)
        workflow_state = state.workflow_state
        workflow_state.refresh_from_db()
        workflow_state.cancel(user=user)
        queue(*declined_mails(state, user), now=now)
        review_declined.send(sender=type(state), instance=state, user=user, reason=reason)
    is_gone = not TaskState.objects.filter(pk=state.pk).exists()
    return reverse("wagtailadmin_home") if is_gone else None


def renew_review(*, state: ReviewTaskState, user: User | None = None) -> None:
    """Restart the review on the latest revision, with the same due day and assignee. For changes
    made outside the editor: the decision of a reviewer who has not seen them is refused. Raises
    ReviewOver.
    """
    with _undecided(state):
        state.cancel(user=user, resume=True)


def assign_review(
    *, state: ReviewTaskState, assignee: User | None, by: User, now: datetime
) -> None:
    """Assign a review, or release it to all (None). The caller checks the permission of ``by``. The
    new reviewers get the daily email, unless ``by`` took it. Raises ReviewOver.
    """
    with _undecided(state):
        if state.assigned_to == assignee:
            return
        _set_assignee(state, assignee)
        if assignee != by:
            _tell_reviewers([state], now)


def reschedule_reviews(*, task: ReviewTask) -> None:
    """Recompute the next steps of running reviews after the task changed. Due days stay."""
    running = ReviewTaskState.objects.filter(task=task, status=TaskState.STATUS_IN_PROGRESS)
    keys = [str(key) for key in running.values_list("pk", flat=True)]
    with transaction.atomic():
        # Locked, so that a deadline closed concurrently gets no next step.
        held = Deadline.objects.select_for_update(no_key=True).filter(kind=REVIEW, closed_at=None)
        deadlines = list(held.filter(object_id__in=keys))
        get_policy(REVIEW).load(deadlines)
        reschedule(deadlines=[deadline for deadline in deadlines if deadline.subject])


def cancel_unfinished(*, task: Task, user: User | None) -> None:
    """Cancel the workflows whose last task is this inactive one; drafts are kept. Wagtail skips an
    inactive task, and would publish without a decision.
    """
    running = ReviewTaskState.objects.filter(task=task, status=TaskState.STATUS_IN_PROGRESS)
    for state in running.select_related("workflow_state"):
        if state.workflow_state.get_next_task() is None:
            state.workflow_state.cancel(user=user)


def reviewers_of(state: ReviewTaskState, policy: ReviewPolicy) -> list[Recipient]:
    """The assignee, if still permitted to decide; else all reviewers."""
    return _holder(state, policy) or policy.audience(REVIEWERS)


def _holder(state: ReviewTaskState, policy: ReviewPolicy) -> list[Recipient]:
    person = state.assigned_to
    if person is None:
        return []
    audiences = map(policy.audience, (REVIEWERS, ESCALATION, LAST_RESORT))
    addresses = {who.email.lower() for who in chain.from_iterable(audiences)}
    may_decide = person.is_superuser or person.email.lower() in addresses
    return recipients([person]) if may_decide else []


@contextmanager
def _undecided(state: ReviewTaskState) -> Iterator[None]:
    """Lock the open review, so that the second of two concurrent decisions fails."""
    with transaction.atomic():
        waiting = TaskState.objects.filter(pk=state.pk, status=TaskState.STATUS_IN_PROGRESS)
        if not waiting.select_for_update(no_key=True).values_list("pk").first():
            raise ReviewOver
        state.refresh_from_db()
        yield


def _needed(comment: str) -> str:
    if not comment.strip():
        raise WordsMissing
    return comment.strip()


def _set_assignee(state: ReviewTaskState, assignee: User | None) -> None:
    ReviewTaskState.objects.filter(pk=state.pk).update(assigned_to=assignee)
    state.assigned_to = assignee


def _tell_reviewers(states: Iterable[ReviewTaskState], now: datetime) -> None:
    policies = [(state, policy_of(state)) for state in states]
    tell(
        [
            Told(person, policy.calendar, now)
            for state, policy in policies
            for person in reviewers_of(state, policy)
        ],
        now=now,
    )


def _due_at(before: ReviewTaskState | None, policy: ReviewPolicy, now: datetime) -> datetime:
    calendar = policy.calendar
    if policy.due_on:
        return calendar.moment(policy.due_on)
    clock = _clock_of(before) if before else None
    if clock is None:
        return calendar.after(now, policy.respond_within)
    stopped_at = clock.closed_at or now  # Still open if the review is renewed.
    left = calendar.between(calendar.day_of(stopped_at), calendar.day_of(clock.due_at))
    return calendar.after(now, max(left, 1))


def _interrupted(state: ReviewTaskState) -> ReviewTaskState | None:
    before = (
        ReviewTaskState.objects.filter(workflow_state=state.workflow_state_id, task=state.task_id)
        .exclude(pk=state.pk)
        .order_by("-started_at", "-pk")
        .first()
    )
    return before if before and before.status in CARRIED_OVER else None


def _clock_of(state: ReviewTaskState) -> Deadline | None:
    found = Deadline.objects.filter(
        kind=REVIEW, content_type__model="reviewtaskstate", object_id=str(state.pk)
    )
    return found.order_by("-closed_at").first()
