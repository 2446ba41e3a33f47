"""Which promise is due when."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from affiliates.models import AffiliateProgramPage, Application

SATURDAY = 5


def review_due_on(application: "Application") -> date | None:
    """The day by which the group was promised an answer; None while it is a draft."""
    if application.submitted_at is None:
        return None
    return review_due_date(application.submitted_at, application.program)


def review_due_date(submitted_at: datetime, program: "AffiliateProgramPage") -> date:
    """``review_days`` business days after the day of ``submitted_at`` where the program is."""
    day = submitted_at.astimezone(ZoneInfo(program.time_zone)).date()
    return add_business_days(day, program.review_days)


def last_whole_day(start: datetime, days: int, program: "AffiliateProgramPage") -> date:
    """The last day that ends, where the program is, before ``days`` times 24 hours are over."""
    end = start + timedelta(days=days)
    return end.astimezone(ZoneInfo(program.time_zone)).date() - timedelta(days=1)


def add_business_days(day: date, count: int) -> date:
    """The business day (Monday to Friday) that is ``count`` of them after ``day``.

    What comes in on a weekend counts as in on Friday, so the first day to count is Monday.
    Public holidays are not known here: they differ by state and group.
    """
    day -= timedelta(days=max(0, day.weekday() - SATURDAY + 1))
    weeks, rest = divmod(count, 5)
    over_weekend = 2 if day.weekday() + rest >= SATURDAY else 0
    return day + timedelta(weeks=weeks, days=rest + over_weekend)
