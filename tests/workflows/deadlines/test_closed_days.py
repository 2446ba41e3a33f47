"""While a calendar is closed no step is taken; then each comes as far from its day as ever."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.workflows.deadlines.matters import BERLIN
from workflows.deadlines.forecast import expected_steps
from workflows.deadlines.services import pause_deadline, recount, resume_deadline
from workflows.deadlines.sweep import sweep
from workflows.models import Deadline, TakenStep

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
CLOSED = replace(BERLIN, closures=((date(2026, 11, 25), date(2026, 12, 1)),))
"""Five business days. A matter of five days is due on Monday, November 30, without it."""


def moment(day, month=12, hour=8):
    return datetime(2026, month, day, hour, tzinfo=UTC)


def close(matters, deadline, *, now, before=BERLIN, after=CLOSED):
    matters.calendar = after
    moved = recount(deadline, before=before, now=now)
    deadline.save()
    return moved


def steps():
    return list(TakenStep.objects.values_list("name", "scheduled_for").order_by("pk"))


def test_due_day_and_steps_move_by_the_days_of_a_closure(matters):
    deadline = matters.open("Matter", now=MONDAY)
    assert close(matters, deadline, now=MONDAY)
    assert deadline.due_at == moment(7)
    assert (deadline.next_step, deadline.next_step_at) == ("remind", moment(3))


def test_step_that_was_taken_comes_again_if_it_is_ahead_again(matters):
    deadline = matters.open("Matter", now=MONDAY)
    thursday = moment(26, month=11, hour=9)
    sweep(now=thursday)
    deadline.refresh_from_db()
    close(matters, deadline, now=thursday)
    assert (deadline.last_step, deadline.next_step_at) == ("", moment(3))
    sweep(now=moment(3))
    assert [name for name, _at in steps()] == ["remind", "remind"]


def test_step_that_was_missed_before_a_closure_waits_for_its_end(matters):
    deadline = matters.open("Matter", now=MONDAY, days=1)
    matters.calendar = CLOSED
    assert sweep(now=moment(26, month=11)).counts == {"closed": 1}
    deadline.refresh_from_db()
    assert deadline.next_step_at == moment(2)
    assert steps() == []
    forecast = expected_steps(since=moment(26, month=11), until=moment(2))
    sweep(now=moment(2))
    assert [step.at for step in forecast] == [moment(2)]
    assert [name for name, _at in steps()] == ["overdue"]


def test_days_of_a_closure_are_no_days_of_a_pause(matters):
    deadline = matters.open("Matter", now=MONDAY)
    pause_deadline(deadline=deadline, until=moment(3), now=MONDAY)
    close(matters, deadline, now=MONDAY)
    resume_deadline(deadline=Deadline.objects.get(), now=moment(3))
    # Five days were left: Thursday and Friday, and three of the next week.
    assert Deadline.objects.get().due_at == moment(10)


def test_due_day_without_a_closure_stays(matters):
    deadline = matters.open("Matter", now=MONDAY)
    later = replace(BERLIN, closures=((date(2027, 1, 4), date(2027, 1, 8)),))
    assert not close(matters, deadline, now=MONDAY + timedelta(hours=1), after=later)
    assert deadline.due_at == moment(30, month=11)
