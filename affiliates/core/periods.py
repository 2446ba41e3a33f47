"""The calendar periods for which affiliates owe an update."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

MONTHS_OF_YEAR = 12
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    start: date
    end: date

    @property
    def label(self) -> str:
        """Such as "Q3 2026", "September 2026", "2026" or "July to December 2026"."""
        year = {"year": self.end.year}
        if self == period_of(self.end, 1):
            return month_name(self.end)
        if self == period_of(self.end, 3):
            return _("Q%(quarter)d %(year)d") % {"quarter": self.end.month // 3, **year}
        if self == period_of(self.end, MONTHS_OF_YEAR):
            return str(self.end.year)
        if self.start.year == self.end.year:
            first = date_format(self.start, "F")
        else:
            first = month_name(self.start)
        return _("%(first)s to %(last)s") % {"first": first, "last": month_name(self.end)}


def month_name(day: date) -> str:
    return date_format(day, "F Y")


def period_of(day: date, months: int) -> Period:
    """The period with ``day`` in it. Years, half years and quarters are those of the calendar."""
    first = (day.year * MONTHS_OF_YEAR + day.month - 1) // months * months
    return Period(_first_day(first), _first_day(first + months) - ONE_DAY)


def _first_day(month_number: int) -> date:
    year, month = divmod(month_number, MONTHS_OF_YEAR)
    return date(year, month + 1, 1)


def period_after(day: date, months: int) -> Period:
    """The rest of the calendar period after ``day``, so it may be short if the interval changed."""
    start = day + ONE_DAY
    return Period(start, period_of(start, months).end)


def periods_after(day: date, months: int) -> Iterator[Period]:
    while True:
        period = period_after(day, months)
        yield period
        day = period.end
