from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from affiliates.applications.deadlines import GROUP_ANSWER, REVIEW_START
from affiliates.applications.services.starting import start_review
from affiliates.models import AffiliateProgramPage, Application
from affiliates.programs.promised_days import (
    months_after,
    moved_due_date,
    review_due_date,
    review_due_on,
)
from tests.factories.applications import submitted
from tests.factories.reviews import request_changes, reviewer, with_reviewers
from workflows.core.calendars import Calendar, add_business_days
from workflows.deadlines.policies import get_policy
from workflows.models import Deadline

pytestmark = pytest.mark.django_db  # a page looks for its language when it is made

QUERIES_TO_SWEEP = {REVIEW_START: 7, GROUP_ANSWER: 6}
"""Applications, contacts, programs with their people, closures, and the members of the groups that
are told: a step of the one goes to two groups, of the other to one."""

FRIDAY = date(2026, 11, 20)
MONDAY = datetime(2026, 11, 16, 17, tzinfo=UTC)


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


def test_promised_day_counts_once_it_is_written_down():
    application = Application(submitted_at=MONDAY, decision_due_on=FRIDAY)
    assert review_due_on(application) == FRIDAY


@pytest.mark.parametrize(
    ("asked_at", "answered_at", "moved"),
    [
        (MONDAY, MONDAY, date(2026, 11, 20)),
        (MONDAY, MONDAY + timedelta(days=2), date(2026, 11, 24)),
        (MONDAY, MONDAY + timedelta(days=14), date(2026, 12, 4)),
        (MONDAY + timedelta(days=4), MONDAY + timedelta(days=6), date(2026, 11, 23)),
        (MONDAY + timedelta(days=9), MONDAY + timedelta(days=9), date(2026, 11, 26)),
    ],
    ids=["same_day", "two_days", "two_weeks", "over_a_weekend", "asked_when_overdue"],
)
def test_promised_day_is_later_by_the_business_days_that_the_group_took(
    asked_at, answered_at, moved
):
    calendar = Calendar("America/New_York")
    assert moved_due_date(FRIDAY, asked_at=asked_at, now=answered_at, calendar=calendar) == moved


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 24), 3, date(2027, 2, 24)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_one(day, months, expected):
    assert months_after(day, months) == expected


def everything_about(deadlines):
    """All that a sweep and the daily list ask of their policy."""
    policy = get_policy(deadlines[0].kind)
    policy.load(deadlines)
    for deadline in deadlines:
        assert policy.still_owed(deadline)
        for step in policy.ladder(deadline).steps:
            policy.staff(deadline, step.audience)
        policy.waiting(deadline)


@pytest.mark.parametrize("kind", [REVIEW_START, GROUP_ANSWER])
def test_sweeping_costs_the_same_however_many_there_are(program, kind):
    program = with_reviewers(program)
    rob = reviewer(program, username="robin")
    for number in range(3):
        application = submitted(program, name=f"Group {number}", now=MONDAY)
        if kind == GROUP_ANSWER:
            start_review(application=application, now=MONDAY)
            request_changes(application, rob)
    deadlines = list(Deadline.objects.filter(kind=kind, closed_at=None))
    assert len(deadlines) == 3
    everything_about(deadlines)  # Fills the cache of content types.
    costs = []
    for some in (deadlines[:1], deadlines):
        again = list(Deadline.objects.filter(pk__in=[deadline.pk for deadline in some]))
        with CaptureQueriesContext(connection) as queries:
            everything_about(again)
        costs.append(len(queries))
    assert costs == [QUERIES_TO_SWEEP[kind]] * 2
