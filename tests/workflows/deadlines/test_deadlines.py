"""Promises are opened, moved and closed; what was promised stays, and nothing comes twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from tests.workflows.deadlines.matters import MATTER
from workflows.core.exceptions import UnknownPolicy
from workflows.core.ladders import Ladder, Step
from workflows.deadlines import policies
from workflows.deadlines.services import (
    close_deadlines,
    extend_deadline,
    open_deadline,
    open_deadlines,
    pause_deadline,
    reschedule,
    resume_deadline,
)
from workflows.deadlines.sweep import sweep
from workflows.models import Deadline, TakenStep

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
OVERDUE = Step(0, "overdue", "helpers")


def morning(month, day):
    """The sending hour of the tests' promises, in winter."""
    return datetime(2026, month, day, 8, tzinfo=UTC)


def follow_ladder(matters, monkeypatch, *steps):
    changed = replace(matters.policy, ladder=lambda deadline: Ladder(steps, matters.calendar))
    monkeypatch.setitem(policies._policies, MATTER, changed)


def now_of(deadline):
    return Deadline.objects.get(pk=deadline.pk)


def steps_taken():
    return list(TakenStep.objects.order_by("pk").values_list("name", flat=True))


def test_opened_one_has_its_first_step_ahead(matters):
    deadline = matters.open("Matter", now=MONDAY)
    assert deadline.due_at == morning(11, 30)
    assert (deadline.next_step, deadline.next_step_at) == ("remind", morning(11, 26))


def test_opening_twice_is_one_that_keeps_its_day(matters):
    first = matters.open("Matter", now=MONDAY)
    again = open_deadline(
        kind=MATTER, subject=first.subject, due_at=MONDAY + 20 * DAY, now=MONDAY + DAY
    )
    assert (again.pk, again.due_at) == (first.pk, first.due_at)


def test_database_refuses_a_second_open_one(matters):
    first = matters.open("Matter", now=MONDAY)
    first.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save()


def test_closed_one_may_be_followed_by_another(matters):
    first = matters.open("Matter", now=MONDAY)
    close_deadlines(subject=first.subject, outcome="done", now=MONDAY)
    second = open_deadline(kind=MATTER, subject=first.subject, due_at=MONDAY, now=MONDAY)
    assert second.pk != first.pk


def test_steps_before_the_opening_do_not_come(matters):
    deadline = matters.open("Matter", now=MONDAY, days=1)
    assert (deadline.next_step, deadline.next_step_at) == ("overdue", morning(11, 24))


def test_unknown_kind_is_refused():
    with pytest.raises(UnknownPolicy):
        open_deadline(kind="unheard", subject=Group(pk=1), due_at=MONDAY, now=MONDAY)


def test_closing_stops_it_for_good(matters):
    deadline = matters.open("Matter", now=MONDAY)
    assert close_deadlines(subject=deadline.subject, outcome="done", now=MONDAY) == 1
    assert not sweep(now=MONDAY + 90 * DAY).counts
    assert now_of(deadline).outcome == "done"
    assert not open_deadlines(subject=deadline.subject).exists()


def test_closing_one_kind_leaves_the_others(matters):
    deadline = matters.open("Matter", now=MONDAY)
    assert close_deadlines(subject=deadline.subject, kind="other", outcome="x", now=MONDAY) == 0
    assert now_of(deadline).closed_at is None


def test_change_that_comes_after_closing_does_not_open_it_again(matters):
    stale = matters.open("Matter", now=MONDAY)
    close_deadlines(subject=stale.subject, outcome="done", now=MONDAY)
    extend_deadline(deadline=stale, due_at=morning(12, 30), now=MONDAY)
    assert now_of(stale).next_step_at is None
    assert now_of(stale).due_at == morning(11, 30)


def test_extended_one_climbs_its_ladder_anew(matters):
    deadline = matters.open("Matter", now=MONDAY)
    sweep(now=morning(11, 26))
    extend_deadline(deadline=now_of(deadline), due_at=morning(12, 14), now=morning(11, 27))
    assert now_of(deadline).next_step_at == morning(12, 10)
    for day in (10, 14, 16):
        sweep(now=morning(12, day))
    assert steps_taken() == ["remind", "remind", "overdue", "escalate"]


def test_paused_one_is_silent_and_goes_on_by_itself_with_the_time_it_had_left(matters):
    deadline = matters.open("Matter", now=MONDAY)
    pause_deadline(deadline=deadline, until=morning(12, 7), now=MONDAY)
    for days in range(13):
        sweep(now=MONDAY + days * DAY)
    assert steps_taken() == []
    sweep(now=morning(12, 7))
    running = now_of(deadline)
    assert (running.paused_at, running.paused_until) == (None, None)
    # Ten business days of pause: five were left, and five are left.
    assert running.due_at == morning(12, 14)
    assert running.next_step_at == morning(12, 10)


def test_pausing_again_counts_the_whole_pause(matters):
    deadline = matters.open("Matter", now=MONDAY)
    pause_deadline(deadline=deadline, until=morning(12, 7), now=MONDAY)
    pause_deadline(deadline=now_of(deadline), until=morning(12, 9), now=MONDAY + 2 * DAY)
    sweep(now=morning(12, 7))
    assert now_of(deadline).paused_until
    sweep(now=morning(12, 9))
    assert now_of(deadline).due_at == morning(12, 16)


def test_pause_may_end_sooner(matters):
    deadline = matters.open("Matter", now=MONDAY)
    pause_deadline(deadline=deadline, until=morning(12, 7), now=MONDAY)
    resume_deadline(deadline=now_of(deadline), now=MONDAY + 2 * DAY)
    assert now_of(deadline).due_at == morning(12, 2)
    assert now_of(deadline).next_step_at == morning(11, 30)


def test_resuming_what_was_not_paused_changes_nothing(matters):
    deadline = matters.open("Matter", now=MONDAY)
    resume_deadline(deadline=deadline, now=MONDAY + 3 * DAY)
    assert now_of(deadline).due_at == morning(11, 30)


def test_changed_numbers_keep_the_promised_day_and_move_the_steps(matters, monkeypatch):
    deadline = matters.open("Matter", now=MONDAY)
    follow_ladder(matters, monkeypatch, Step(-4, "remind", "helpers"), OVERDUE)
    reschedule(deadlines=[deadline])
    assert now_of(deadline).due_at == morning(11, 30)
    assert now_of(deadline).next_step_at == morning(11, 24)


def test_changed_numbers_do_not_bring_back_what_was_taken(matters, monkeypatch):
    deadline = matters.open("Matter", now=MONDAY)
    sweep(now=morning(11, 26))
    follow_ladder(matters, monkeypatch, Step(-1, "remind", "helpers"), OVERDUE)
    reschedule(deadlines=[now_of(deadline)])
    for day in (27, 30):
        sweep(now=morning(11, day))
    assert steps_taken() == ["remind", "overdue"]


def test_step_that_changed_numbers_put_into_the_past_comes_with_the_next_sweep(
    matters, monkeypatch
):
    deadline = matters.open("Matter", now=MONDAY)
    sweep(now=morning(11, 26))
    follow_ladder(
        matters, monkeypatch, Step(-2, "remind", "helpers"), Step(-1, "overdue", "helpers")
    )
    reschedule(deadlines=[now_of(deadline)])
    sweep(now=morning(11, 30))
    assert steps_taken() == ["remind", "overdue"]


def test_changed_numbers_leave_what_is_paused(matters):
    deadline = matters.open("Matter", now=MONDAY)
    pause_deadline(deadline=deadline, until=morning(12, 7), now=MONDAY)
    reschedule(deadlines=[now_of(deadline)])
    assert now_of(deadline).next_step_at == morning(12, 7)


def test_rescheduling_costs_the_same_however_many_there_are(matters, django_assert_num_queries):
    everything = list(matters.open_many(3, now=MONDAY))
    for deadlines in (everything[:1], everything):
        get = policies.get_policy(MATTER)
        get.load(deadlines)
        with django_assert_num_queries(1):
            reschedule(deadlines=deadlines)
