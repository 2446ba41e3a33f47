"""The periods that updates are owed for, and what they are called."""

from datetime import date
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affiliates.core.periods import Period, period_after, period_of, periods_after

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
MONTHS = st.integers(1, 60)


@pytest.mark.parametrize(
    ("months", "start", "end", "label"),
    [
        (1, date(2026, 9, 1), date(2026, 9, 30), "September 2026"),
        (3, date(2026, 7, 1), date(2026, 9, 30), "Q3 2026"),
        (6, date(2026, 7, 1), date(2026, 12, 31), "July to December 2026"),
        (12, date(2026, 1, 1), date(2026, 12, 31), "2026"),
        (24, date(2026, 1, 1), date(2027, 12, 31), "January 2026 to December 2027"),
    ],
)
def test_period_is_the_calendars_and_has_a_name(months, start, end, label):
    period = period_of(date(2026, 9, 15), months)
    assert (period.start, period.end, period.label) == (start, end, label)


def test_period_after_a_changed_interval_is_shorter_and_says_so():
    assert period_after(date(2026, 9, 30), 12) == Period(date(2026, 10, 1), date(2026, 12, 31))
    assert period_after(date(2026, 7, 31), 3).label == "August to September 2026"


@given(day=DAYS, months=MONTHS)
def test_periods_follow_each_other_without_a_gap(day, months):
    periods = list(islice(periods_after(day, months), 8))
    assert (periods[0].start - day).days == 1
    assert all((later.start - earlier.end).days == 1 for earlier, later in pairwise(periods))
    assert periods[1:] == [period_of(period.start, months) for period in periods[1:]]
