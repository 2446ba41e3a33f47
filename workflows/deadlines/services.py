"""Opening, rescheduling and closing deadlines; ``sweep.py`` takes their steps."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from workflows.core.calendars import Calendar
from workflows.core.ladders import Ladder, Scheduled
from workflows.core.rows import update_rows
from workflows.deadlines.policies import get_policy
from workflows.models import Deadline

CLOCK = (
    *("due_at", "time_zone", "next_step", "next_step_at", "last_step", "counted_from"),
    *("paused_at", "paused_until"),
)
"""Fields that change while a deadline runs."""


def open_deadline(
    *,
    kind: str,
    subject: models.Model,
    due_at: datetime,
    now: datetime,
    since: datetime | None = None,
) -> Deadline:
    """Open a deadline in the caller's transaction, or return the open one unchanged. Steps already
    past are skipped; if ``since`` is given, the newest one after it comes with the next sweep.
    Nobody is notified. Raises UnknownPolicy.
    """
    begin_deadlines(kind=kind, due_at=[(subject, due_at)], now=now, since=since)
    return open_deadlines(kind=kind, subject=subject).get()


def begin_deadlines(
    *,
    kind: str,
    due_at: Iterable[tuple[models.Model, datetime]],
    now: datetime,
    since: datetime | None = None,
) -> None:
    """``open_deadline`` for many subjects, each with its due date, in one statement."""
    deadlines = [
        new_deadline(kind=kind, subject=subject, due_at=due, now=now, since=since)
        for subject, due in due_at
    ]
    Deadline.objects.bulk_create(deadlines, ignore_conflicts=True)


def new_deadline(
    *,
    kind: str,
    subject: models.Model,
    due_at: datetime,
    now: datetime,
    since: datetime | None = None,
) -> Deadline:
    """Unsaved, for a subject that has none of this kind; see ``open_deadline``."""
    deadline = Deadline(
        kind=kind,
        content_type=_type_of(subject),
        object_id=str(subject.pk),
        opened_at=now,
        due_at=due_at,
        counted_from=since or now,
    )
    deadline.subject = subject
    deadline.time_zone = _calendar_of(deadline).time_zone
    schedule(deadline)
    return deadline


def close_deadlines(
    *, subject: models.Model, outcome: str, now: datetime, kind: str | None = None
) -> int:
    """Close the open deadlines of ``subject``, of one kind or all; return how many there were.
    ``outcome`` has at most 32 characters.
    """
    return close_deadlines_of([subject], outcome=outcome, now=now, kind=kind)


def close_deadlines_of(
    subjects: Sequence[models.Model], *, outcome: str, now: datetime, kind: str | None = None
) -> int:
    """The same for many subjects of one model."""
    return close(_open_deadlines_of(subjects, kind), outcome=outcome, now=now)


def close(deadlines: models.QuerySet[Deadline], *, outcome: str, now: datetime) -> int:
    return deadlines.update(
        closed_at=now, outcome=outcome, next_step="", next_step_at=None, paused_until=None
    )


def extend_deadline(*, deadline: Deadline, due_at: datetime, now: datetime) -> None:
    """Change the due date; the ladder restarts with the steps still ahead."""
    deadline.due_at, deadline.time_zone = due_at, _calendar_of(deadline).time_zone
    deadline.last_step = ""
    deadline.counted_from = now
    deadline.paused_at = deadline.paused_until = None
    schedule(deadline)
    _save(deadline)


def pause_deadline(*, deadline: Deadline, until: datetime, now: datetime) -> None:
    """Pause until then, keeping the remaining time. The sweep resumes it. A second call replaces
    ``until``.
    """
    deadline.paused_at = deadline.paused_at or now
    deadline.paused_until = until
    deadline.next_step_at = until
    _save(deadline)


def resume_deadline(*, deadline: Deadline, now: datetime) -> None:
    """Resume a paused deadline, later by the days of the pause."""
    resume(deadline, now)
    _save(deadline)


def reschedule(*, deadlines: Iterable[Deadline]) -> None:
    """Recompute next steps after a policy change; due dates and the days of pauses stay, also in
    another time zone. A step moved into the past comes with the next sweep, unless it was taken.
    """
    changed = list(deadlines)
    for deadline in changed:
        _follow_time_zone(deadline)
        if deadline.paused_until is None:
            schedule(deadline)
    Deadline.objects.bulk_update(changed, CLOCK, batch_size=200)


def reschedule_open(*, kind: str, subjects: Iterable[models.Model]) -> None:
    """``reschedule`` for what is open about these records, in the caller's transaction."""
    keys = [str(subject.pk) for subject in subjects]
    held = Deadline.objects.select_for_update(no_key=True).filter(kind=kind, closed_at=None)
    deadlines = list(held.filter(object_id__in=keys))
    if deadlines:
        get_policy(kind).load(deadlines)
        reschedule(deadlines=deadlines)


def _follow_time_zone(deadline: Deadline) -> None:
    """Move each moment to the same day in the policy's time zone."""
    here = _calendar_of(deadline)
    if here.time_zone == deadline.time_zone:
        return
    there = replace(here, time_zone=deadline.time_zone)
    deadline.time_zone = here.time_zone
    deadline.due_at = here.moment(there.day_of(deadline.due_at))
    if deadline.last_step:
        deadline.counted_from = here.moment(there.day_of(deadline.counted_from))
    if deadline.paused_until:
        deadline.paused_until = here.moment(there.day_of(deadline.paused_until))
        deadline.next_step_at = deadline.paused_until


def _calendar_of(deadline: Deadline) -> Calendar:
    return get_policy(deadline.kind).ladder(deadline).calendar


def recount(deadline: Deadline, *, before: Calendar, now: datetime) -> bool:
    """Move the due date after closures began, changed or ended, without saving: it keeps the number
    of days from the opening on that it had by the calendar ``before``. A due date still to come
    stays ahead by one day at least. Steps that come after ``now`` again are taken again. Returns
    whether the due date moved.
    """
    ladder = get_policy(deadline.kind).ladder(deadline)
    calendar = ladder.calendar
    due_day = calendar.day_of(deadline.due_at)
    moved_to = calendar.recount(
        calendar.day_of(deadline.opened_at), due_day, before=before, today=calendar.day_of(now)
    )
    if moved_to != due_day:
        deadline.due_at = calendar.moment(moved_to)
        _step_back(deadline, ladder, now)
    if deadline.paused_until is None:
        schedule(deadline)
    return moved_to != due_day


def _step_back(deadline: Deadline, ladder: Ladder, now: datetime) -> None:
    """Forget the steps taken that are to come again."""
    names = [step.name for step in ladder.steps]
    if deadline.last_step not in names:
        return
    taken = ladder.steps[: names.index(deadline.last_step) + 1]
    past = [step.name for step in taken if ladder.moment(step, deadline.due_at) <= now]
    if len(past) < len(taken):
        deadline.last_step, deadline.counted_from = (past[-1] if past else ""), now


def put_off(deadline: Deadline, calendar: Calendar, now: datetime) -> bool:
    """Whether the calendar is closed now. Then the next step waits for its opening, unsaved."""
    today = calendar.day_of(now)
    if not calendar.is_closed(today):
        return False
    deadline.next_step_at = calendar.moment(calendar.opening(today))
    return True


def save_clocks(deadlines: Iterable[Deadline]) -> None:
    """In one statement. The caller has locked the rows."""
    update_rows(Deadline, CLOCK, list(map(attrgetter(*CLOCK, "id"), deadlines)))


def open_deadlines(*, subject: models.Model, kind: str | None = None) -> models.QuerySet[Deadline]:
    return _open_deadlines_of([subject], kind)


def _open_deadlines_of(
    subjects: Sequence[models.Model], kind: str | None
) -> models.QuerySet[Deadline]:
    found = Deadline.objects.filter(
        content_type=_type_of(subjects[0]),
        object_id__in=[str(subject.pk) for subject in subjects],
        closed_at=None,
    )
    return found if kind is None else found.filter(kind=kind)


def resume(deadline: Deadline, now: datetime) -> None:
    """``resume_deadline`` without saving."""
    if deadline.paused_at is None:
        return
    calendar = _calendar_of(deadline)
    days = calendar.between(calendar.day_of(deadline.paused_at), calendar.day_of(now))
    due_day = calendar.day_of(deadline.due_at)
    deadline.due_at = calendar.moment(calendar.add(due_day, max(days, 0)))
    deadline.time_zone = calendar.time_zone
    deadline.paused_at = deadline.paused_until = None
    schedule(deadline)


def schedule(deadline: Deadline) -> None:
    """Set the next step from the policy, without saving."""
    ladder = get_policy(deadline.kind).ladder(deadline)
    set_next(deadline, next(steps_ahead(deadline, ladder), None))


def set_next(deadline: Deadline, following: Scheduled | None) -> None:
    deadline.next_step = following.step.name if following else ""
    deadline.next_step_at = following.at if following else None


def steps_ahead(deadline: Deadline, ladder: Ladder) -> Iterator[Scheduled]:
    return ladder.timetable(
        deadline.due_at, after=deadline.counted_from, last_step=deadline.last_step
    )


def look(
    deadline: Deadline, ladder: Ladder, now: datetime
) -> tuple[Scheduled | None, Scheduled | None]:
    """The newest due step, since missed steps before it are skipped, and the one that follows."""
    newest = None
    for scheduled in steps_ahead(deadline, ladder):
        if scheduled.at > now:
            return newest, scheduled
        newest = scheduled
    return newest, None


def _save(deadline: Deadline) -> None:
    """Save unless closed: a concurrent close wins."""
    moved = {field: getattr(deadline, field) for field in CLOCK}
    with transaction.atomic():
        Deadline.objects.filter(pk=deadline.pk, closed_at=None).update(**moved)


def _type_of(subject: models.Model) -> ContentType:
    return ContentType.objects.get_for_model(subject)
