"""Queries for the reports: open reviews, late reviews and how long decisions took."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

import swapper
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.contenttypes.models import ContentType
from django.db.models import (
    BigIntegerField,
    CharField,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.coreutils import get_content_type_label
from wagtail.models import TaskState, WorkflowState, get_default_page_content_type
from wagtail.permissions import policy_registry
from wagtail.snippets.models import get_workflow_enabled_models

from workflows.core.calendars import Calendar
from workflows.core.due import days_late, due_in_words
from workflows.deadlines.policies import get_policy
from workflows.models import Deadline, ReviewTask, ReviewTaskState
from workflows.reviews.policy import ESCALATE, ESCALATE_AGAIN, OVERDUE, REMIND, REVIEW
from workflows.reviews.services import DECLINED

Page: Any = swapper.load_model("wagtailcore", "Page")

A_YEAR = timedelta(days=365)
ON_PAGES = ["add", "change", "publish"]
"""Each of these page permissions gives access to Wagtail's own workflow reports."""
ANSWERED = (TaskState.STATUS_APPROVED, TaskState.STATUS_REJECTED)
NOBODY_YET = _("Nobody yet")

STEP_REACHED: dict[str, Promise] = {
    "": NOBODY_YET,
    REMIND: _("Reviewers, before it was due"),
    OVERDUE: _("Reviewers, when it was due"),
    ESCALATE: _("Escalation group"),
    ESCALATE_AGAIN: _("Last resort"),
}
"""Who was notified last, by step name."""


@dataclass(frozen=True)
class OpenReview:
    state: ReviewTaskState
    title: str
    kind: str
    place: str
    open_for: timedelta
    deadline: Deadline | None = None
    due_on: date | None = None
    late: int | None = None

    @property
    def age(self) -> int:
        return self.open_for.days

    @property
    def days_late(self) -> int:
        return max(self.late or 0, 0)

    @property
    def due_words(self) -> str:
        return due_in_words(self.late) if self.late is not None else ""

    @property
    def taken_by(self) -> str:
        person = self.state.assigned_to
        return person.get_full_name() or person.get_username() if person else ""

    @property
    def groups(self) -> list[str]:
        task: Any = self.state.task
        return [group.name for group in task.reviewtask.groups.all()]

    @property
    def reached(self) -> str:
        step = self.deadline.last_step if self.deadline else ""
        return str(STEP_REACHED.get(step, step))


@dataclass(frozen=True)
class Spread:
    median: timedelta
    worst: timedelta


@dataclass(frozen=True)
class Pace:
    """How long ``number`` decided reviews took from their start; None if there were none."""

    number: int
    first_answer: Spread | None
    decision: Spread | None


def may_see_reviews(user: User | AnonymousUser) -> bool:
    """Whether the user may see Wagtail's workflow reports or is in a group of a review task."""
    on_pages = policy_registry.get_by_type(Page).user_has_any_permission(user, ON_PAGES)
    return bool(on_pages or (user.is_authenticated and tasks_of(user).exists()))


def tasks_of(user: User) -> QuerySet[ReviewTask]:
    groups = user.groups.all()
    return ReviewTask.objects.filter(
        Q(groups__in=groups) | Q(escalation_groups__in=groups) | Q(last_resort_groups__in=groups)
    ).distinct()


def visible_reviews(user: User) -> QuerySet[ReviewTaskState]:
    """Reviews of objects the user may edit, of the user's tasks, or assigned to the user."""
    states = ReviewTaskState.objects.all()
    if user.is_superuser:
        return states
    pages = policy_registry.get_by_type(Page).instances_user_has_permission_for(user, "change")
    of_snippets = Q(pk__in=[])
    for model in get_workflow_enabled_models():
        editable = policy_registry.get_by_type(model).instances_user_has_permission_for(
            user, "change"
        )
        of_snippets |= Q(
            workflow_state__content_type=ContentType.objects.get_for_model(model),
            workflow_state__object_id__in=_keys(editable),
        )
    return states.filter(
        Q(
            workflow_state__base_content_type=get_default_page_content_type(),
            workflow_state__object_id__in=_keys(pages),
        )
        | of_snippets
        | Q(task__in=tasks_of(user).values("pk"))
        | Q(assigned_to=user)
    )


def _keys(objects: QuerySet) -> QuerySet:
    """As text, which is how workflows refer to what they are about."""
    return objects.order_by().values_list(Cast("pk", CharField()), flat=True)


def open_reviews(states: QuerySet[ReviewTaskState]) -> QuerySet[ReviewTaskState]:
    """Undecided reviews with ``due_at``, those without a deadline first: they get no reminders."""
    due_at = Deadline.objects.filter(_about_reviews(), closed_at=None).filter(
        object_id=Cast(OuterRef("pk"), CharField())
    )
    return (
        states.filter(status=TaskState.STATUS_IN_PROGRESS)
        .annotate(due_at=Subquery(due_at.values("due_at")[:1]))
        .select_related("assigned_to", "task__reviewtask", "workflow_state__content_type")
        .prefetch_related(
            "task__reviewtask__groups",
            "workflow_state__content_object",
            "workflow_state__content_object__latest_revision",
        )
        .order_by(F("due_at").asc(nulls_first=True), "pk")
    )


def describe(states: Iterable[ReviewTaskState], *, now: datetime) -> list[OpenReview]:
    states = [state for state in states if state.workflow_state.content_object]
    deadlines = _deadlines_of(states)
    places = _places_of(states)
    return [_described(state, deadlines.get(state.pk), places, now) for state in states]


def late_reviews(states: QuerySet[ReviewTaskState], *, now: datetime) -> list[int]:
    """Primary keys of open reviews whose due day is over in their calendar's time zone."""
    due = open_reviews(states).filter(due_at__lt=now).prefetch_related(None).select_related(None)
    deadlines = _deadlines_of(list(due))
    return [
        key
        for key, deadline in deadlines.items()
        if days_late(deadline.due_at, calendar=_calendar_of(deadline), now=now) > 0
    ]


def pace(states: QuerySet[ReviewTaskState], *, now: datetime) -> Pace:
    """Measure reviews approved or declined in the last year, from the start of the workflow."""
    declined = (
        Deadline.objects.filter(_about_reviews(), outcome=DECLINED)
        .annotate(state=Cast("object_id", BigIntegerField()))
        .values("state")
    )
    decided = WorkflowState.objects.filter(
        Q(status=WorkflowState.STATUS_APPROVED)
        | Q(task_states__in=TaskState.objects.filter(pk__in=declined).values("pk")),
        pk__in=states.values("workflow_state"),
    )
    rows = (
        TaskState.objects.filter(workflow_state__in=decided.values("pk"), status__in=ANSWERED)
        .values("workflow_state")
        .annotate(first=Min("finished_at"), last=Max("finished_at"))
        .filter(last__gte=now - A_YEAR)
        .values_list("workflow_state__created_at", "first", "last")
    )
    times = list(rows.order_by())
    return Pace(
        number=len(times),
        first_answer=_spread([first - start for start, first, _last in times]),
        decision=_spread([last - start for start, _first, last in times]),
    )


def _about_reviews() -> Q:
    return Q(kind=REVIEW, content_type=ContentType.objects.get_for_model(ReviewTaskState))


def _deadlines_of(states: list[ReviewTaskState]) -> dict[int, Deadline]:
    """Open deadlines that are still owed, by the review's primary key."""
    keys = [str(state.pk) for state in states]
    found = list(Deadline.objects.filter(_about_reviews(), closed_at=None, object_id__in=keys))
    if found:
        get_policy(REVIEW).load(found)
    owed = get_policy(REVIEW).still_owed if found else None
    return {int(deadline.object_id): deadline for deadline in found if owed and owed(deadline)}


def _places_of(states: list[ReviewTaskState]) -> dict[str, str]:
    reviewed = (state.workflow_state.content_object for state in states)
    paths = {page.path[: -Page.steplen] for page in reviewed if isinstance(page, Page)}
    return dict(Page.objects.filter(path__in=paths).values_list("path", "title")) if paths else {}


def _described(
    state: ReviewTaskState, deadline: Deadline | None, places: dict[str, str], now: datetime
) -> OpenReview:
    reviewed: Any = state.workflow_state.content_object
    latest = getattr(reviewed, "latest_revision", None)
    is_page = isinstance(reviewed, Page)
    review = OpenReview(
        state=state,
        title=(latest.object_str if latest else "") or str(reviewed),
        kind=get_content_type_label(state.workflow_state.content_type),
        place=places.get(reviewed.path[: -Page.steplen], "") if is_page else "",
        open_for=now - state.started_at,
    )
    if deadline is None:
        return review
    calendar = _calendar_of(deadline)
    return replace(
        review,
        deadline=deadline,
        due_on=calendar.day_of(deadline.due_at),
        late=days_late(deadline.due_at, calendar=calendar, now=now),
    )


def _calendar_of(deadline: Deadline) -> Calendar:
    return get_policy(deadline.kind).ladder(deadline).calendar


def _spread(times: list[timedelta]) -> Spread | None:
    if not times:
        return None
    seconds = [time.total_seconds() for time in times]
    return Spread(timedelta(seconds=median(seconds)), timedelta(seconds=max(seconds)))
