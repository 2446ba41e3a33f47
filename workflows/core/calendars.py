"""Counting days in a time zone, all or business days; no clock change skips or repeats a day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from workflows.core.public_holidays import days_off

SATURDAY = 5
WORKING_WEEK = 5
ONE_DAY = timedelta(days=1)

Closures = tuple[tuple[date, date], ...]


@dataclass(frozen=True)
class Calendar:
    """``time_zone`` is an IANA name, ``hour`` (0 to 23) the local hour at which steps are due.
    ``business_days`` counts Monday to Friday, without the public holidays of ``holidays_of``: a
    code of ISO 3166 (see ``public_holidays``), or "" for none. No day of ``closures`` counts, from
    its first to its last day.
    """

    time_zone: str
    hour: int = 9
    business_days: bool = True
    holidays_of: str = ""
    closures: Closures = ()

    def day_of(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.time_zone)).date()

    def moment(self, day: date) -> datetime:
        """The sending hour of that day, in UTC. If a clock change skips the hour, the next one; if
        it repeats the hour, the first.
        """
        return datetime.combine(day, time(self.hour), ZoneInfo(self.time_zone)).astimezone(UTC)

    def is_closed(self, day: date) -> bool:
        return day in _days_of(self.closures)

    def opening(self, day: date) -> date:
        """This day, or the first one after the closures that it is in."""
        while self.is_closed(day):
            day += ONE_DAY
        return day

    def counts(self, day: date) -> bool:
        if self.is_closed(day):
            return False
        is_working_day = day.weekday() < SATURDAY and day not in days_off(
            self.holidays_of, day.year
        )
        return is_working_day or not self.business_days

    def add(self, day: date, count: int) -> date:
        """A day that does not count is taken for the last one before it that does, or for the next
        one if ``count`` is negative.
        """
        if self._has_days_off:
            return self._step(day, count)
        if self.business_days:
            return add_business_days(day, count)
        return day + timedelta(days=count)

    def after(self, at: datetime, count: int) -> datetime:
        return self.moment(self.add(self.day_of(at), count))

    def between(self, first: date, last: date) -> int:
        """Inverse of ``add``: days from ``first`` to ``last`` or just past it."""
        if self._has_days_off:
            return self._count(first, last) if first <= last else -self._count(last, first)
        if not self.business_days:
            return (last - first).days
        return _working_days_until(last) - _working_days_until(first)

    def recount(self, first: date, last: date, *, before: "Calendar", today: date) -> date:
        """The day that is as far from ``first`` as ``last`` was by the calendar ``before``, or
        ``last`` if both calendars agree. Not a closed day. A day after ``today`` stays after it.
        """
        count = before.between(before.add(first, 0), last)
        if count <= 0:
            return self.opening(last)
        then, now = before.add(first, count), self.add(first, count)
        if then == now:
            return last
        return max(now, self.add(today, 1)) if today < last else now

    @property
    def _has_days_off(self) -> bool:
        return bool(self.closures or (self.business_days and self.holidays_of))

    def _step(self, day: date, count: int) -> date:
        one = ONE_DAY if count >= 0 else -ONE_DAY
        while not self.counts(day):
            day -= one
        for _number in range(abs(count)):
            day += one
            while not self.counts(day):
                day += one
        return day

    def _count(self, first: date, last: date) -> int:
        """The days that count from ``first`` to the day before ``last``."""
        days = (first + timedelta(days=number) for number in range((last - first).days))
        return sum(map(self.counts, days))


@lru_cache
def _days_of(closures: Closures) -> frozenset[date]:
    return frozenset(
        first + timedelta(days=number)
        for first, last in closures
        for number in range((last - first).days + 1)
    )


def add_business_days(day: date, count: int) -> date:
    """Add business days; a weekend counts as Friday, or as Monday if ``count`` is negative."""
    weekend_days = max(0, day.weekday() - SATURDAY + 1)
    if weekend_days:
        day += timedelta(days=3 - weekend_days if count < 0 else -weekend_days)
    weeks, rest = divmod(count, WORKING_WEEK)
    over_weekend = 2 if day.weekday() + rest >= SATURDAY else 0
    return day + timedelta(weeks=weeks, days=rest + over_weekend)


def _working_days_until(day: date) -> int:
    weeks, weekday = divmod(day.toordinal() - 1, 7)
    return weeks * WORKING_WEEK + min(weekday, WORKING_WEEK - 1)
