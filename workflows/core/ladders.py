"""Ladders: the steps of a deadline and their dates, without database access."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import count, takewhile

from workflows.core.calendars import Calendar


@dataclass(frozen=True)
class Step:
    """``audience`` is notified ``offset`` days after the due day (before it, if negative). ``name``
    is unique in its ladder and must not change with the offset.
    """

    offset: int
    name: str
    audience: str


@dataclass(frozen=True)
class Scheduled:
    step: Step
    at: datetime


@dataclass(frozen=True, eq=False)
class Ladder:
    """Steps in order and the calendar that counts their days. ``repeat_days``: the last step
    repeats at this interval. Raises ValueError if out of order. Moments are remembered for each
    ladder, so whoever has one for many deadlines should make it once.
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
        """Steps still to come, in order; endless if the last step repeats. ``last_step`` was taken
        at ``after``. Steps behind it are due even if a changed policy moved them before ``after``.
        If it is unknown, steps up to ``after`` are skipped.
        """
        names = [step.name for step in self.steps]
        taken = last_step in names
        for scheduled in _moments(self, due_at)[names.index(last_step) + 1 if taken else 0 :]:
            if taken or scheduled.at > after:
                yield scheduled
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
        """Audiences notified by ``until``, in order of the steps."""
        reached = takewhile(lambda step: self.moment(step, due_at) <= until, self.steps)
        return list(dict.fromkeys(step.audience for step in reached))


@lru_cache(maxsize=4096)
def _moments(ladder: Ladder, due_at: datetime) -> tuple[Scheduled, ...]:
    return tuple(Scheduled(step, ladder.moment(step, due_at)) for step in ladder.steps)
