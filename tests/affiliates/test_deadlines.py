from datetime import UTC, date, datetime

import pytest

from affiliates.deadlines import add_business_days, review_due_date, review_due_on
from affiliates.models import AffiliateProgramPage, Application

pytestmark = pytest.mark.django_db  # a page looks for its language when it is made

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 11, 16), 1, date(2026, 11, 17)),
        (date(2026, 11, 16), 4, FRIDAY),
        (date(2026, 11, 16), 5, date(2026, 11, 23)),
        (FRIDAY, 1, date(2026, 11, 23)),
        (FRIDAY, 5, date(2026, 11, 27)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 11, 22), 5, date(2026, 11, 27)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),
        (date(2026, 11, 18), 0, date(2026, 11, 18)),
        (date(2026, 11, 18), 13, date(2026, 12, 7)),
    ],
)
def test_business_days_skip_weekends(day, count, expected):
    assert add_business_days(day, count) == expected


@pytest.mark.parametrize("start", [date(2026, 11, 16 + offset) for offset in range(7)])
def test_business_days_are_counted_one_by_one(start):
    """Held against the slow way of counting, from each day of the week, over three weeks."""
    days = [date.fromordinal(start.toordinal() + offset) for offset in range(1, 29)]
    business_days = [day for day in days if day.weekday() < 5]
    assert [add_business_days(start, n) for n in range(1, 16)] == business_days[:15]


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("America/New_York", date(2026, 11, 23)), ("Pacific/Auckland", date(2026, 11, 23))],
)
def test_due_date_counts_from_the_day_where_the_program_is(zone, expected):
    program = AffiliateProgramPage(time_zone=zone, review_days=1)
    assert review_due_date(datetime(2026, 11, 21, 3, tzinfo=UTC), program) == expected


def test_due_date_differs_where_it_is_tomorrow_already():
    moment = datetime(2026, 11, 18, 23, tzinfo=UTC)
    west = AffiliateProgramPage(time_zone="America/Los_Angeles", review_days=1)
    east = AffiliateProgramPage(time_zone="Asia/Tokyo", review_days=1)
    assert review_due_date(moment, west) == date(2026, 11, 19)
    assert review_due_date(moment, east) == date(2026, 11, 20)


def test_draft_has_no_due_date():
    assert review_due_on(Application()) is None
