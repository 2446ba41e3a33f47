"""Ladders as data: which step of a promise comes when. Nothing here knows a database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count, takewhile

from workflows.core.calendars import Calendar


@dataclass(frozen=True)
class Step:
    """``offset`` days after the due day (before it, if negative), ``audience`` is told.

    ``name`` is unique in its ladder and stays the same when editors change the number.
    """

    offset: int
    name: str
    audience: str


@dataclass(frozen=True)
class Scheduled:
    """A step and the moment it is due."""

    step: Step
    at: datetime


@dataclass(frozen=True)
class Ladder:
    """The steps of a promise in their order, and the calendar they are counted in.

    With ``repeat_days`` the last step comes again every so many days until someone acts.
    Raises ValueError if a step comes before the one it follows.
    """

    steps: tuple[Step, ...]
    calendar: Calendar
    repeat_days: int | None = None

    def __post_init__(self) -> None:
        offsets = [step.offset for step in self.steps]
        if offsets != sorted(offsets):
            raise ValueError(f"The steps of a ladder have to be in their order: {offsets}")

    def moment(self, step: Step, due_at: datetime, extra_days: int = 0) -> datetime:
        calendar = self.calendar
        return calendar.moment(calendar.add(calendar.day_of(due_at), step.offset + extra_days))

    def timetable(
        self, due_at: datetime, *, after: datetime, last_step: str = ""
    ) -> Iterator[Scheduled]:
        """What is still to come, in order; without end if the last step repeats.

        ``last_step`` is the name of the step that was taken last, ``after`` its moment: what
        follows it is due even if a changed policy has moved it before that moment. If no step was
        taken yet, or it left the ladder, steps up to ``after`` are past and do not come.
        """
        names = [step.name for step in self.steps]
        taken = last_step in names
        for step in self.steps[names.index(last_step) + 1 :] if taken else self.steps:
            at = self.moment(step, due_at)
            if taken or at > after:
                yield Scheduled(step, at)
        yield from self._repeats(due_at, after)

    def _repeats(self, due_at: datetime, after: datetime) -> Iterator[Scheduled]:
        if not (self.repeat_days and self.steps):
            return
        last = self.steps[-1]
        for number in count(1):
            at = self.moment(last, due_at, number * self.repeat_days)
            if at > after:
                yield Scheduled(last, at)

    def audiences(self, due_at: datetime, *, until: datetime) -> list[str]:
        """Who has been told by ``until``, as the names of audiences in the order of the steps."""
        reached = takewhile(lambda step: self.moment(step, due_at) <= until, self.steps)
        return list(dict.fromkeys(step.audience for step in reached))
