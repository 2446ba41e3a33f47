"""The public holidays and closures that the preview of a policy lists."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from django.utils.translation import get_language

from affiliates.models import AffiliateProgramPage
from affiliates.programs.days_off import closures_of
from workflows.core.public_holidays import public_holidays


@dataclass(frozen=True)
class DaysOff:
    """``where`` is empty for public holidays."""

    first: date
    last: date
    what: str
    where: str = ""


def days_off_between(program: AffiliateProgramPage, first: date, last: date) -> list[DaysOff]:
    """In order. Raises UnknownHolidays for a code that was not validated."""
    found = [*_holidays(program, first, last), *_closures(program, first, last)]
    return sorted(found, key=attrgetter("first", "last"))


def _holidays(program: AffiliateProgramPage, first: date, last: date) -> Iterator[DaysOff]:
    if not program.holidays_of:
        return
    for year in range(first.year, last.year + 1):
        names = public_holidays(program.holidays_of, year, get_language() or "")
        for day, name in names.items():
            if first <= day <= last:
                yield DaysOff(day, day, name)


def _closures(program: AffiliateProgramPage, first: date, last: date) -> Iterator[DaysOff]:
    for closure in closures_of(program):
        if closure.overlaps(first, last):
            yield DaysOff(closure.first_day, closure.last_day, closure.reason, closure.place)
