"""Days are counted where people are, and no clock change skips or repeats one."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.core.calendars import Calendar

FRIDAY = date(2026, 11, 20)
ZONES = ["America/New_York", "America/St_Johns", "Europe/Berlin", "Australia/Lord_Howe", "UTC"]

days = st.dates(date(2020, 1, 1), date(2040, 1, 1))
working_days = days.filter(lambda day: day.weekday() < 5)
calendars = st.builds(
    Calendar, st.sampled_from(ZONES), hour=st.integers(0, 23), business_days=st.booleans()
)


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        (FRIDAY, 1, date(2026, 11, 23)),
        (FRIDAY, 5, date(2026, 11, 27)),
        (date(2026, 11, 23), -1, FRIDAY),
        (date(2026, 11, 21), 0, FRIDAY),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 11, 22), -1, FRIDAY),
        (date(2026, 11, 23), -6, date(2026, 11, 13)),
    ],
)
def test_business_days_leave_weekends_out(start, count, expected):
    assert Calendar("UTC").add(start, count) == expected


def test_all_days_count_if_wanted():
    calendar = Calendar("UTC", business_days=False)
    assert calendar.add(FRIDAY, 1) == date(2026, 11, 21)
    assert calendar.between(FRIDAY, date(2026, 11, 30)) == 10


@given(working_days, working_days)
def test_between_is_what_add_needs(first, last):
    calendar = Calendar("UTC")
    assert calendar.add(first, calendar.between(first, last)) == last


@given(working_days, st.integers(-400, 400))
def test_counting_back_undoes_counting_on(day, count):
    calendar = Calendar("UTC")
    assert calendar.add(calendar.add(day, count), -count) == day


@given(days, st.integers(0, 400))
def test_one_business_day_more_is_the_next_weekday(day, count):
    calendar = Calendar("UTC")
    here, following = calendar.add(day, count), calendar.add(day, count + 1)
    assert following.weekday() < 5
    assert following - here in (timedelta(days=1), timedelta(days=3))


@given(calendars, days)
def test_moment_of_a_day_is_on_that_day(calendar, day):
    assert calendar.day_of(calendar.moment(day)) == day


@given(calendars, days)
def test_moments_of_two_days_are_about_a_day_apart(calendar, day):
    apart = calendar.moment(day + timedelta(days=1)) - calendar.moment(day)
    assert timedelta(hours=23) <= apart <= timedelta(hours=25)


@pytest.mark.parametrize(
    ("zone", "day", "hour", "expected"),
    [
        ("America/New_York", date(2026, 11, 20), 9, datetime(2026, 11, 20, 14, tzinfo=UTC)),
        ("America/New_York", date(2026, 7, 20), 9, datetime(2026, 7, 20, 13, tzinfo=UTC)),
        # 2 o'clock does not exist on this day: it is 3 o'clock, an hour after 1.
        ("America/New_York", date(2026, 3, 8), 2, datetime(2026, 3, 8, 7, tzinfo=UTC)),
        # 1 o'clock comes twice on this day: the first one counts.
        ("America/New_York", date(2026, 11, 1), 1, datetime(2026, 11, 1, 5, tzinfo=UTC)),
        ("America/St_Johns", date(2026, 1, 5), 9, datetime(2026, 1, 5, 12, 30, tzinfo=UTC)),
        ("Pacific/Auckland", date(2026, 1, 5), 9, datetime(2026, 1, 4, 20, tzinfo=UTC)),
    ],
)
def test_sending_hour_is_that_of_the_place(zone, day, hour, expected):
    assert Calendar(zone, hour).moment(day) == expected


def test_day_is_that_of_the_place():
    late = datetime(2026, 11, 20, 3, tzinfo=UTC)
    assert Calendar("America/New_York").day_of(late) == date(2026, 11, 19)
    assert Calendar("Europe/Berlin").day_of(late) == date(2026, 11, 20)
