"""Days as people count them: where they are, at the hour when mail goes out, business days or all.

A promise is counted in days, never in hours, so that no clock change can skip or repeat a step.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5
WORKING_WEEK = 5


@dataclass(frozen=True)
class Calendar:
    """How the days of a promise are counted.

    ``time_zone`` is an IANA name, ``hour`` (0 to 23) the hour there at which each step is due.
    ``business_days`` counts Monday to Friday only. Public holidays are not known here: they differ
    by state and group.
    """

    time_zone: str
    hour: int = 9
    business_days: bool = True

    def day_of(self, at: datetime) -> date:
        """The day that it is there at this moment."""
        return at.astimezone(ZoneInfo(self.time_zone)).date()

    def moment(self, day: date) -> datetime:
        """The sending hour of that day, in UTC.

        An hour that a clock change skips is the one after it; of an hour that comes twice, it is
        the first.
        """
        return datetime.combine(day, time(self.hour), ZoneInfo(self.time_zone)).astimezone(UTC)

    def add(self, day: date, count: int) -> date:
        """The day that is ``count`` days after ``day``, or before it if negative."""
        if self.business_days:
            return add_business_days(day, count)
        return day + timedelta(days=count)

    def after(self, at: datetime, count: int) -> datetime:
        """The sending hour of the day that is ``count`` days after the day of ``at``."""
        return self.moment(self.add(self.day_of(at), count))

    def between(self, first: date, last: date) -> int:
        """How many days to add to ``first`` to be at ``last`` or just past it; negative if before.

        The counterpart of ``add``: for days that count, ``add(a, between(a, b)) == b``.
        """
        if not self.business_days:
            return (last - first).days
        return _working_days_until(last) - _working_days_until(first)


def add_business_days(day: date, count: int) -> date:
    """The business day (Monday to Friday) that is ``count`` of them after ``day``.

    A weekend counts as the Friday before it, so that the first day to count is Monday; counting
    back, as the Monday after it.
    """
    weekend_days = max(0, day.weekday() - SATURDAY + 1)
    if weekend_days:
        day += timedelta(days=3 - weekend_days if count < 0 else -weekend_days)
    weeks, rest = divmod(count, WORKING_WEEK)
    over_weekend = 2 if day.weekday() + rest >= SATURDAY else 0
    return day + timedelta(weeks=weeks, days=rest + over_weekend)


def _working_days_until(day: date) -> int:
    """Business days since the calendar's first Monday; a weekend counts as the Friday before it."""
    weeks, weekday = divmod(day.toordinal() - 1, 7)
    return weeks * WORKING_WEEK + min(weekday, WORKING_WEEK - 1)
