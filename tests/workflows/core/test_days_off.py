"""Days that do not count: public holidays and closures."""

import subprocess
import sys
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest

from workflows.core.calendars import Calendar
from workflows.core.exceptions import UnknownHolidays
from workflows.core.public_holidays import public_holidays

WEDNESDAY = date(2026, 11, 25)  # Thanksgiving is on the next day.
CLOSED = ((date(2026, 12, 1), date(2026, 12, 4)),)


def calendar(**changes):
    return Calendar("America/New_York", **changes)


@pytest.mark.parametrize(
    ("days_off", "start", "count", "expected"),
    [
        ({}, WEDNESDAY, 1, date(2026, 11, 26)),
        ({"holidays_of": "US"}, WEDNESDAY, 1, date(2026, 11, 27)),
        ({"holidays_of": "US-CA"}, WEDNESDAY, 1, date(2026, 11, 30)),  # the day after, too
        ({"holidays_of": "CA-ON"}, WEDNESDAY, 1, date(2026, 11, 26)),
        ({"holidays_of": "US"}, date(2026, 11, 26), 0, WEDNESDAY),
        ({"holidays_of": "US"}, date(2026, 11, 26), -1, WEDNESDAY),
        ({"holidays_of": "US"}, date(2026, 12, 31), 1, date(2027, 1, 4)),
        ({"closures": CLOSED}, date(2026, 11, 30), 1, date(2026, 12, 7)),
        ({"closures": CLOSED}, date(2026, 12, 2), 0, date(2026, 11, 30)),
        ({"closures": CLOSED}, date(2026, 12, 7), -1, date(2026, 11, 30)),
        ({"closures": CLOSED, "business_days": False}, date(2026, 11, 30), 3, date(2026, 12, 7)),
        ({"holidays_of": "US", "business_days": False}, WEDNESDAY, 1, date(2026, 11, 26)),
        ({"holidays_of": "XX-99"}, WEDNESDAY, 1, date(2026, 11, 26)),  # dropped by the library
    ],
)
def test_days_off_are_passed_over(days_off, start, count, expected):
    assert calendar(**days_off).add(start, count) == expected


@pytest.mark.parametrize("business_days", [True, False])
def test_between_is_the_inverse_of_add(business_days):
    around = calendar(holidays_of="US", closures=CLOSED, business_days=business_days)
    days = [WEDNESDAY + timedelta(days=number) for number in range(20)]
    for day, count in product(filter(around.counts, days), range(-9, 10)):
        assert around.between(day, around.add(day, count)) == count


def test_a_calendar_without_days_off_counts_as_one_with_days_off_elsewhere():
    plain, far = calendar(), calendar(closures=((date(2030, 1, 1), date(2030, 1, 2)),))
    for day, count in product((WEDNESDAY, date(2026, 11, 28)), range(-9, 10)):
        assert far.add(day, count) == plain.add(day, count)


@pytest.mark.parametrize("code", ["ZZ", "US-ZZ", "date", "us", "CA-ON-X", "US\n"])
def test_unknown_places_are_refused(code):
    with pytest.raises(UnknownHolidays):
        public_holidays(code, 2026)


def test_library_is_imported_when_holidays_are_counted_and_not_before():
    """It takes a second, which no start of the site and no ``manage.py check`` should take."""
    program = """
import sys
from datetime import date
from workflows.core.calendars import Calendar

for code, is_imported in (("", False), ("US", True)):
    Calendar("UTC", holidays_of=code).add(date(2026, 11, 25), 3)
    assert ("holidays" in sys.modules) is is_imported
"""
    root = Path(__file__).resolve().parents[3]
    subprocess.run([sys.executable, "-c", program], check=True, cwd=root)


FRIDAY = date(2026, 11, 27)
TWO_DAYS = ((date(2026, 12, 1), date(2026, 12, 2)),)


@pytest.mark.parametrize(
    ("before", "after", "today", "due", "moved"),
    [
        pytest.param((), CLOSED, FRIDAY, date(2026, 12, 2), date(2026, 12, 8), id="begins"),
        pytest.param(CLOSED, (), FRIDAY, date(2026, 12, 8), date(2026, 12, 2), id="is lifted"),
        pytest.param(CLOSED, TWO_DAYS, FRIDAY, date(2026, 12, 8), date(2026, 12, 4), id="shrinks"),
        pytest.param((), CLOSED, FRIDAY, date(2026, 11, 30), date(2026, 11, 30), id="is later"),
        pytest.param(CLOSED, CLOSED, FRIDAY, date(2026, 12, 8), date(2026, 12, 8), id="stays"),
        pytest.param(
            CLOSED, (), date(2026, 12, 7), date(2026, 12, 8), date(2026, 12, 8), id="never today"
        ),
        pytest.param(
            (), CLOSED, date(2026, 12, 3), date(2026, 12, 2), date(2026, 12, 8), id="late"
        ),
    ],
)
def test_a_promise_keeps_its_days_when_a_closure(before, after, today, due, moved):
    now = calendar(closures=after)
    assert now.recount(FRIDAY, due, before=calendar(closures=before), today=today) == moved


def test_what_was_promised_on_a_weekend_keeps_its_days():
    saturday, now = date(2026, 11, 28), calendar(closures=CLOSED)
    due = calendar().add(saturday, 5)
    moved = now.recount(saturday, due, before=calendar(), today=saturday)
    assert moved == now.add(saturday, 5)
