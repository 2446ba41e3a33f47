"""A ladder says what comes next, and nothing comes twice."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.core.calendars import Calendar
from workflows.core.ladders import Ladder, Step

PLAIN = Calendar("UTC", hour=9, business_days=False)
DUE = datetime(2026, 11, 23, 9, tzinfo=UTC)
LONG_AGO = DUE - timedelta(days=100)
STEPS = (Step(-3, "remind", "people"), Step(0, "due", "people"), Step(4, "late", "leaders"))
LADDER = Ladder(STEPS, PLAIN)

calendars = st.builds(
    Calendar,
    st.sampled_from(["UTC", "America/New_York", "Australia/Lord_Howe"]),
    hour=st.integers(0, 23),
    business_days=st.booleans(),
)


@st.composite
def ladders(draw):
    offsets = sorted(draw(st.sets(st.integers(-30, 90), min_size=1, max_size=6)))
    steps = tuple(Step(offset, f"step{number}", "x") for number, offset in enumerate(offsets))
    return Ladder(steps, draw(calendars), draw(st.none() | st.integers(1, 30)))


def coming(ladder=LADDER, *, after=LONG_AGO, last_step="", most=9):
    steps = islice(ladder.timetable(DUE, after=after, last_step=last_step), most)
    return [(scheduled.step.name, (scheduled.at - DUE).days) for scheduled in steps]


def test_steps_come_around_the_due_day():
    assert coming() == [("remind", -3), ("due", 0), ("late", 4)]


def test_steps_before_the_opening_do_not_come():
    assert coming(after=DUE - timedelta(days=1)) == [("due", 0), ("late", 4)]


def test_step_that_was_taken_does_not_come_again():
    assert coming(after=DUE, last_step="due") == [("late", 4)]


def test_step_that_a_changed_policy_moved_into_the_past_still_comes():
    assert coming(after=DUE + timedelta(days=9), last_step="due") == [("late", 4)]


def test_after_a_step_that_left_the_ladder_what_is_ahead_comes():
    assert coming(after=DUE, last_step="gone") == [("late", 4)]


def test_last_step_repeats_until_somebody_acts():
    ladder = Ladder(STEPS, PLAIN, repeat_days=7)
    assert coming(ladder, after=DUE, last_step="due", most=3) == [
        ("late", 4),
        ("late", 11),
        ("late", 18),
    ]


def test_without_repeating_the_ladder_ends():
    assert coming(after=DUE + timedelta(days=4), last_step="late") == []


def test_steps_that_are_not_in_order_are_refused():
    with pytest.raises(ValueError, match="in their order"):
        Ladder(STEPS[::-1], PLAIN)


def test_audiences_are_those_told_by_now():
    assert LADDER.audiences(DUE, until=DUE - timedelta(days=4)) == []
    assert LADDER.audiences(DUE, until=DUE) == ["people"]
    assert LADDER.audiences(DUE, until=DUE + timedelta(days=4)) == ["people", "leaders"]


@given(ladders(), st.integers(0, 9000), st.integers(-60, 200))
def test_timetable_goes_forward_and_repeats_no_moment(ladder, hours, days):
    due_at = DUE + timedelta(hours=hours)
    after = due_at + timedelta(days=days)
    moments = [step.at for step in islice(ladder.timetable(due_at, after=after), 12)]
    assert all(at > after for at in moments)
    # On business days two steps over a weekend may meet; the newest of them is taken.
    assert all(one <= other for one, other in pairwise(moments))
    if not ladder.calendar.business_days:
        assert len(set(moments)) == len(moments)


@given(ladders())
def test_climbing_step_by_step_meets_all_of_it(ladder):
    everything = list(islice(ladder.timetable(DUE, after=LONG_AGO), 10))
    after, last_step, climbed = LONG_AGO, "", []
    for _ in everything:
        scheduled = next(ladder.timetable(DUE, after=after, last_step=last_step))
        after, last_step = scheduled.at, scheduled.step.name
        climbed.append(scheduled)
    assert climbed == everything
