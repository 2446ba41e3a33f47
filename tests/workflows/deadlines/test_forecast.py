"""What is foretold is what sweeps then do, if nobody acts."""

from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.deadlines.matters import LEA, MATTER, ROBIN
from workflows.core.calendars import Calendar
from workflows.core.ladders import Ladder, Step
from workflows.core.people import Recipient
from workflows.deadlines import policies
from workflows.deadlines.forecast import expected_steps
from workflows.deadlines.policies import Policy
from workflows.deadlines.services import close_deadlines, open_deadline, pause_deadline
from workflows.deadlines.sweep import sweep
from workflows.models import Deadline, OutgoingMail, TakenStep

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def names(steps):
    return [(step.step, step.at) for step in steps]


def test_each_step_says_when_what_about_what_and_to_whom(matters):
    matters.open("Matter", now=MONDAY)
    steps = expected_steps(since=MONDAY, until=MONDAY + 90 * DAY)
    assert names(steps) == [
        ("remind", datetime(2026, 11, 26, 8, tzinfo=UTC)),
        ("overdue", datetime(2026, 11, 30, 8, tzinfo=UTC)),
        ("escalate", datetime(2026, 12, 2, 8, tzinfo=UTC)),
    ]
    last = steps[-1]
    assert (last.thing, last.url) == ("Matter", "https://site.example/Matter/")
    assert last.people == (LEA,)
    assert last.mail == "Your open tasks"
    assert [step.people for step in steps[:2]] == [(ROBIN,)] * 2


def test_steps_of_all_are_in_the_order_of_time(matters):
    matters.open("Later", now=MONDAY + DAY)
    matters.open("Sooner", now=MONDAY)
    moments = [step.at for step in expected_steps(since=MONDAY, until=MONDAY + 90 * DAY)]
    assert len(moments) == 6
    assert moments == sorted(moments)


def test_what_was_missed_is_its_newest_step_at_once(matters):
    matters.open("Matter", now=MONDAY)
    now = MONDAY + 8 * DAY
    assert names(expected_steps(since=now, until=now)) == [("overdue", now)]


def test_nothing_is_written(matters):
    matters.open("Matter", now=MONDAY)
    before = list(Deadline.objects.values())
    expected_steps(since=MONDAY, until=MONDAY + 90 * DAY)
    assert list(Deadline.objects.values()) == before
    assert not OutgoingMail.objects.exists()
    assert not TakenStep.objects.exists()


def test_only_what_is_asked_for_is_foretold(matters):
    one = matters.open("One", now=MONDAY)
    matters.open("Other", now=MONDAY)
    only = Deadline.objects.filter(pk=one.pk)
    steps = expected_steps(since=MONDAY, until=MONDAY + 90 * DAY, deadlines=only)
    assert {step.thing for step in steps} == {"One"}


def test_what_is_closed_or_not_owed_or_of_a_lost_app_is_left_out(matters):
    closed = matters.open("Closed", now=MONDAY)
    close_deadlines(subject=closed.subject, outcome="done", now=MONDAY)
    matters.open("Done", now=MONDAY)
    matters.done.add("Done")
    lost = matters.open("Lost", now=MONDAY)
    Deadline.objects.filter(pk=lost.pk).update(kind="unheard")
    assert expected_steps(since=MONDAY, until=MONDAY + 90 * DAY) == []


def test_forecast_costs_the_same_however_many_there_are(matters, django_assert_num_queries):
    everything = matters.open_many(3, now=MONDAY)
    for deadlines in (everything.filter(pk=everything.first().pk), everything):
        with django_assert_num_queries(2):
            steps = expected_steps(since=MONDAY, until=MONDAY + 90 * DAY, deadlines=deadlines)
        assert len(steps) == 3 * deadlines.count()


@st.composite
def ladders(draw):
    offsets = sorted(draw(st.sets(st.integers(-20, 40), min_size=1, max_size=5)))
    steps = tuple(Step(offset, f"step{number}", "all") for number, offset in enumerate(offsets))
    calendar = Calendar(
        draw(st.sampled_from(["UTC", "America/New_York", "Australia/Lord_Howe"])),
        draw(st.integers(0, 23)),
        draw(st.booleans()),
    )
    return Ladder(steps, calendar, draw(st.none() | st.integers(1, 20)))


hours = st.integers(0, 24 * 60)


@settings(max_examples=60, deadline=None)
@given(ladder=ladders(), due=hours, since=hours, pause=st.none() | st.tuples(hours, hours))
def test_forecast_is_what_sweeps_then_do(ladder, due, since, pause):
    """From October on, so that the clocks change; after an outage, and with a pause."""
    opened = datetime(2026, 10, 1, 12, tzinfo=UTC)
    since = opened + timedelta(hours=since)
    until = since + 60 * DAY
    policy = Policy(
        kind=MATTER,
        label="Matter",
        ladder=lambda deadline: ladder,
        still_owed=lambda deadline: True,
        staff=lambda deadline, audience: [Recipient("robin@example.org")],
    )
    # Sweeps insist on no transaction around them; that of a test does not count.
    block = transaction.atomic()
    block._from_testcase = True
    with mock.patch.dict(policies._policies, {MATTER: policy}), block:
        due_at = ladder.calendar.after(opened, due // 24)
        subject = Group.objects.create(name="Matter")
        deadline = open_deadline(kind=MATTER, subject=subject, due_at=due_at, now=opened)
        if pause:
            begin = opened + timedelta(hours=pause[0])
            sweep(now=begin)
            deadline.refresh_from_db()
            pause_deadline(deadline=deadline, until=begin + timedelta(hours=pause[1]), now=begin)
            since = max(since, begin)
        TakenStep.objects.all().delete()
        foretold = expected_steps(since=since, until=until)
        looks = {since, until} | {step.at - MINUTE for step in foretold if step.at > since}
        for now in sorted(looks | {step.at for step in foretold}):
            sweep(now=now)
        done = TakenStep.objects.order_by("taken_at").values_list("name", "taken_at")
        assert names(foretold) == list(done)
        transaction.set_rollback(True)
