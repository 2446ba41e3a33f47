"""Days promised to groups, counted in the program's time zone."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from affiliates.models import AffiliateProgramPage, Application
from affiliates.programs.days_off import calendar_of
from workflows.core.calendars import Calendar


def today_at(program: AffiliateProgramPage, now: datetime) -> date:
    return Calendar(program.time_zone).day_of(now)


def calendar_for_application(application: Application, *, business_days: bool = True) -> Calendar:
    return calendar_of(application.program, region=application.region, business_days=business_days)


def review_due_on(application: Application) -> date | None:
    """The promised day of decision; None for a draft."""
    if application.submitted_at is None:
        return None
    return application.decision_due_on or review_due_date(
        application.submitted_at, application.program, application.region
    )


def review_due_date(
    submitted_at: datetime, program: AffiliateProgramPage, region: str = ""
) -> date:
    calendar = calendar_of(program, region=region)
    return calendar.add(calendar.day_of(submitted_at), program.review_days)


def moved_due_date(due_on: date, *, asked_at: datetime, now: datetime, calendar: Calendar) -> date:
    """Adds the business days that the group took to answer. Never today or in the past."""
    today = calendar.day_of(now)
    days = calendar.between(calendar.day_of(asked_at), today)
    return max(calendar.add(due_on, max(days, 0)), calendar.add(today, 1))


def last_whole_day(start: datetime, days: int, program: AffiliateProgramPage) -> date:
    """The last day that ends within ``days`` times 24 hours, in the program's time zone."""
    end = start + timedelta(days=days)
    return end.astimezone(ZoneInfo(program.time_zone)).date() - timedelta(days=1)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


EASTMOST = timedelta(hours=14)
"""The earliest time zone. Queries use it, then check each program's own day."""
