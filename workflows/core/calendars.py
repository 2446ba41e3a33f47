"""Counting days in a time zone, all or business days; no clock change skips or repeats a day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5
WORKING_WEEK = 5


@dataclass(frozen=True)
class Calendar:
    """``time_zone`` is an IANA name, ``hour`` (0 to 23) the local hour at which steps are due.
    ``business_days`` counts Monday to Friday. Public holidays differ by state and group; they are
    not considered.
    """

    time_zone: str
    hour: int = 9
    business_days: bool = True

    def day_of(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.time_zone)).date()

    def moment(self, day: date) -> datetime:
        """The sending hour of that day, in UTC. If a clock change skips the hour, the next one; if
        it repeats the hour, the first.
        """
        return datetime.combine(day, time(self.hour), ZoneInfo(self.time_zone)).astimezone(UTC)

    def add(self, day: date, count: int) -> date:
        if self.business_days:
            return add_business_days(day, count)
        return day + timedelta(days=count)

    def after(self, at: datetime, count: int) -> datetime:
        return self.moment(self.add(self.day_of(at), count))

    def between(self, first: date, last: date) -> int:
        """Inverse of ``add``: days from ``first`` to ``last`` or just past it."""
        if not self.business_days:
            return (last - first).days
        return _working_days_until(last) - _working_days_until(first)


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
