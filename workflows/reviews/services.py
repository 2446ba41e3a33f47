"""What happens to a review, whichever way it begins or ends."""

from collections.abc import Iterator
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
from workflows.deadlines.services import close_deadlines, open_deadline, reschedule
from workflows.mail.outbox import queue
from workflows.models import Deadline, ReviewTask, ReviewTaskState
from workflows.reviews.mails import declined_mails
from workflows.reviews.policy import (
    ESCALATION,
    LAST_RESORT,
    REVIEW,
    REVIEWERS,
    ReviewPolicy,
    policy_for,
    policy_of,
)
from workflows.signals import review_declined

DECLINED = "declined"
CARRIED_OVER = frozenset({TaskState.STATUS_REJECTED, TaskState.STATUS_CANCELLED})
"""After these outcomes the same task may be started anew in its workflow, and its clock runs on."""


def open_review(*, state: ReviewTaskState, task: ReviewTask, now: datetime) -> Deadline:
    """Start the clock of a review and tell the reviewers in their mail of the day.

    After changes were requested, what was left of the time is left when they are made: at least
    one day; and who had taken the review still has it. Effects: a deadline of the kind "review",
    and mails.
    """
    policy = policy_for(task, state.reviewed)
    before = _interrupted(state)
    if before and before.assigned_to_id and state.assigned_to_id is None:
        _set_assignee(state, before.assigned_to)
    due_at = _due_at(before, policy, now)
    deadline = open_deadline(kind=REVIEW, subject=state, due_at=due_at, now=now)
    _tell_reviewers(state, policy, now)
    return deadline


def close_review(*, state: TaskState, now: datetime) -> None:
    """Stop the clock of a review that ended, with its status as the outcome."""
    close_deadlines(kind=REVIEW, subject=state, outcome=state.status, now=now)


def approve_review(*, state: ReviewTaskState, user: User, now: datetime, comment: str = "") -> None:
    """Approve: Wagtail goes on to the next task, or publishes.

    Raises ReviewOver, also if someone else decides at the same moment.
    """
    with _undecided(state):
        state.approve(user=user, comment=comment.strip())


def request_changes(*, state: ReviewTaskState, user: User, now: datetime, comment: str) -> None:
    """Ask for changes or information: Wagtail's workflow waits until someone submits it again.

    Raises ReviewOver, WordsMissing.
    """
    words = _needed(comment)
    with _undecided(state):
        state.reject(user=user, comment=words)


def decline_review(
    *, state: ReviewTaskState, user: User, now: datetime, comment: str
) -> str | None:
    """End the review and its workflow for good. Nothing is published, and the draft is kept.

    Effects, in one transaction: the task state is rejected with the reason as its comment, the
    clock stopped, the workflow cancelled; whoever had asked for the review gets a mail with the
    reason, and ``review_declined`` is sent, whose receivers may delete the object. Returns where
    to go if they did, else None. Raises ReviewOver, WordsMissing.
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
    """Begin the review anew, since what is reviewed was changed from outside meanwhile.

    Whoever looks at the older text can no longer decide about it: its review is over. Effects: the
    task state is cancelled; its workflow starts the same task on the newest revision, with the same
    due day and the same person. Raises ReviewOver.
    """
    with _undecided(state):
        state.cancel(user=user, resume=True)


def assign_review(
    *, state: ReviewTaskState, assignee: User | None, by: User, now: datetime
) -> None:
    """Give a review to one person, or back to all (None). From now on that person is reminded.

    Effects: the row; the mail of the day of those who have it now, unless ``by`` took it. Whether
    ``by`` may do this is for the caller to know. Raises ReviewOver.
    """
    with _undecided(state):
        if state.assigned_to == assignee:
            return
        _set_assignee(state, assignee)
        if assignee != by:
            _tell_reviewers(state, policy_of(state), now)


def reschedule_reviews(*, task: ReviewTask) -> None:
    """The task's numbers have changed: the next steps of its running reviews follow.

    Days that were promised stay.
    """
    running = ReviewTaskState.objects.filter(task=task, status=TaskState.STATUS_IN_PROGRESS)
    keys = [str(key) for key in running.values_list("pk", flat=True)]
    with transaction.atomic():
        # Held, since one that someone closes in the meantime must not get a next step.
        held = Deadline.objects.select_for_update().filter(kind=REVIEW, closed_at=None)
        deadlines = list(held.filter(object_id__in=keys))
        get_policy(REVIEW).load(deadlines)
        reschedule(deadlines=[deadline for deadline in deadlines if deadline.subject])


def cancel_unfinished(*, task: Task, user: User | None) -> None:
    """Cancel the reviews of a task that is being switched off, if no task comes after it.

    Wagtail skips a task that is switched off. Where none follows it would take the workflow for
    done, and publish what nobody has decided about. Effects: those workflows are cancelled, and so
    are their reviews; drafts are kept.
    """
    running = ReviewTaskState.objects.filter(task=task, status=TaskState.STATUS_IN_PROGRESS)
    for state in running.select_related("workflow_state"):
        if state.workflow_state.get_next_task() is None:
            state.workflow_state.cancel(user=user)


def reviewers_of(state: ReviewTaskState, policy: ReviewPolicy) -> list[Recipient]:
    """Whom the review waits for: who took it, as long as that person may decide; else all."""
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
    """A transaction that holds the review, so that of two decisions at once the second is late."""
    with transaction.atomic():
        waiting = TaskState.objects.filter(pk=state.pk, status=TaskState.STATUS_IN_PROGRESS)
        if not waiting.select_for_update().values_list("pk").first():
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


def _tell_reviewers(state: ReviewTaskState, policy: ReviewPolicy, now: datetime) -> None:
    tell([Told(person, policy.calendar, now) for person in reviewers_of(state, policy)], now=now)


def _due_at(before: ReviewTaskState | None, policy: ReviewPolicy, now: datetime) -> datetime:
    calendar = policy.calendar
    if policy.due_on:
        return calendar.moment(policy.due_on)
    clock = _clock_of(before) if before else None
    if clock is None:
        return calendar.after(now, policy.respond_within)
    stopped_at = clock.closed_at or now  # It runs still if the review is renewed.
    left = calendar.between(calendar.day_of(stopped_at), calendar.day_of(clock.due_at))
    return calendar.after(now, max(left, 1))


def _interrupted(state: ReviewTaskState) -> ReviewTaskState | None:
    """The review of the same task in the same workflow, if it is this one that goes on with it."""
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
