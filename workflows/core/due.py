"""Due dates in words."""

from datetime import date, datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflows.core.calendars import Calendar

HOURS_UNTIL_DAYS = 48


def days_late(due_at: datetime, *, calendar: Calendar, now: datetime) -> int:
    """Calendar days since the due day, weekends included; negative before it."""
    return (calendar.day_of(now) - calendar.day_of(due_at)).days


def long_date(day: date) -> str:
    # Translators: how mails write a date, in Django's format characters.
    return date_format(day, _("l, F j, Y"))


def due_in_words(late: int) -> str:
    near = {-1: _("due tomorrow"), 0: _("due today"), 1: _("was due yesterday")}
    if late in near:
        return near[late]
    if late < 0:
        return ngettext("due in %(count)d day", "due in %(count)d days", -late) % {"count": -late}
    return ngettext("was due %(count)d day ago", "was due %(count)d days ago", late) % {
        "count": late
    }


def time_in_words(time: timedelta) -> str:
    hours = round(time / timedelta(hours=1))
    if hours < 1:
        return _("less than an hour")
    if hours < HOURS_UNTIL_DAYS:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    days = round(time / timedelta(days=1))
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
