"""How a review is kept: its ladder of steps and its audiences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from workflows.core.calendars import Calendar
from workflows.core.ladders import Ladder, Step
from workflows.core.people import Recipient, members, recipients, superusers, unique
from workflows.core.reviewed_models import is_reviewed_model, reviewed_model_of
from workflows.models import ReviewTask, ReviewTaskState

REVIEW = "review"

REVIEWERS = "reviewers"
ESCALATION = "escalation"
LAST_RESORT = "last_resort"

REMIND = "remind"
OVERDUE = "overdue"
ESCALATE = "escalate"
ESCALATE_AGAIN = "escalate_again"

STEP_LABELS = {
    REMIND: gettext_lazy("Reviewers reminded"),
    OVERDUE: gettext_lazy("Overdue: reviewers told"),
    ESCALATE: gettext_lazy("Escalated: escalation group told"),
    ESCALATE_AGAIN: gettext_lazy("Escalated again: last resort told"),
}


@dataclass(frozen=True)
class ReviewPolicy:
    """Days (from the start of the review) and recipients of one review. ``due_on`` overrides the
    due day; the other steps keep their distance from it. An empty list of recipients falls back to
    the next one: reviewers, escalation, last resort, superusers.
    """

    calendar: Calendar
    respond_within: int
    remind_after: int
    escalate_after: int
    escalate_again_after: int
    reviewers: Sequence[Recipient] = ()
    escalation: Sequence[Recipient] = ()
    last_resort: Sequence[Recipient] = ()
    due_on: date | None = None

    @property
    def ladder(self) -> Ladder:
        """Steps with offsets from the due day; the last one repeats every working week."""
        return self.ladder_with("")

    def ladder_with(self, not_started: str) -> Ladder:
        """The same after a step of this name, on the first day, for a review that did not start."""
        days = (
            (self.remind_after, REMIND, REVIEWERS),
            (self.respond_within, OVERDUE, REVIEWERS),
            (self.escalate_after, ESCALATE, ESCALATION),
            (self.escalate_again_after, ESCALATE_AGAIN, LAST_RESORT),
        )
        first = [(min(1, self.remind_after), not_started, REVIEWERS)] if not_started else []
        steps = [(after - self.respond_within, *step) for after, *step in first + sorted(days)]
        return _ladder(self.calendar, tuple(steps))

    def audience(self, name: str) -> list[Recipient]:
        """Recipients of an audience. Never empty if a superuser has an email address."""
        order = {
            REVIEWERS: (self.reviewers, self.escalation, self.last_resort),
            ESCALATION: (self.escalation, self.last_resort, self.reviewers),
            LAST_RESORT: (self.last_resort, self.escalation, self.reviewers),
        }[name]
        found = next((people for people in order if people), None)
        return unique(found) if found else recipients(superusers())


@lru_cache
def _ladder(calendar: Calendar, steps: tuple[tuple[int, str, str], ...]) -> Ladder:
    week = 5 if calendar.business_days else 7
    return Ladder(tuple(Step(*step) for step in steps), calendar, repeat_days=week)


def policy_of_task(task: ReviewTask) -> ReviewPolicy:
    """The task's own policy, for models without a policy of their own."""
    return ReviewPolicy(
        calendar=Calendar(
            task.time_zone or timezone.get_default_timezone_name(),
            task.sending_hour,
            task.business_days,
        ),
        respond_within=task.respond_within_days,
        remind_after=task.remind_after_days,
        escalate_after=task.escalate_after_days,
        escalate_again_after=task.escalate_again_after_days,
        reviewers=recipients(members(task.groups.all())),
        escalation=recipients(members(task.escalation_groups.all())),
        last_resort=recipients(members(task.last_resort_groups.all())),
    )


def policy_for(task: ReviewTask, reviewed: Any) -> ReviewPolicy:
    """The policy for this task on this object (a specific page, or a snippet)."""
    return reviewed_model_of(type(reviewed)).get_policy(reviewed, task) or policy_of_task(task)


def policy_of(state: ReviewTaskState) -> ReviewPolicy:
    known = state.__dict__
    if "_policy" not in known:
        known["_policy"] = policy_for(state.task.specific, state.reviewed)
    return known["_policy"]


def prepare(states: Iterable[ReviewTaskState]) -> None:
    """Compute the policies of many reviews in bulk: one per task, unless the model has its own."""
    known: dict[int, ReviewPolicy] = {}
    knowing_better: dict[type, list[Any]] = {}
    for state in states:
        if is_reviewed_model(type(state.reviewed)):
            knowing_better.setdefault(type(state.reviewed), []).append(state.reviewed)
            continue
        if state.task_id not in known:
            known[state.task_id] = policy_of_task(state.task.specific)
        state.__dict__["_policy"] = known[state.task_id]
    for model, objects in knowing_better.items():
        reviewed_model_of(model).load(objects)
