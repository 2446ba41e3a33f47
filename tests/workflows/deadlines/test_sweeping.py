"""Steps are taken once, at their hour, whoever looks, and whatever fails meanwhile."""

import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.factories.applications import submitted
from tests.factories.reviews import with_reviewers
from tests.workflows.deadlines.matters import MATTER
from workflows import tasks
from workflows.core import wakeup
from workflows.deadlines import policies
from workflows.deadlines.digests import WAITING_FOR_YOU
from workflows.deadlines.sweep import NOT_OWED, TROUBLE_WAIT, sweep
from workflows.models import Deadline, OutgoingMail, TakenStep

MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
REMINDED = datetime(2026, 11, 26, 8, tzinfo=UTC)
"""When the tests' promises, made on Monday for the next one, are reminded of."""
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
QUERIES = 13
"""Of a sweep that tells one person: a claim, what it is about, the steps, the moves, the mail, the
savepoints around them, and one more claim that finds nothing."""


def taken(**fields):
    return list(TakenStep.objects.filter(**fields).order_by("pk").values_list("name", flat=True))


def told():
    mails = OutgoingMail.objects.filter(kind=WAITING_FOR_YOU).order_by("pk")
    return list(mails.values_list("recipient", flat=True))


def change_policy(matters, monkeypatch, **functions):
    monkeypatch.setitem(policies._policies, MATTER, replace(matters.policy, **functions))


@pytest.mark.django_db
def test_step_is_taken_at_its_hour_and_not_before(matters):
    matters.open("Matter", now=MONDAY)
    assert not sweep(now=REMINDED - MINUTE).counts
    assert sweep(now=REMINDED).counts == {"remind": 1}
    assert told() == ["robin@example.org"]


@pytest.mark.django_db
def test_sweeping_again_does_nothing(matters):
    matters.open("Matter", now=MONDAY)
    sweep(now=REMINDED)
    for minutes in (0, 1, 60):
        assert str(sweep(now=REMINDED + minutes * MINUTE)) == "nothing due"
    assert taken() == ["remind"]
    assert told() == ["robin@example.org"]


@pytest.mark.django_db
def test_ladder_is_climbed_to_its_end(matters):
    matters.open("Matter", now=MONDAY)
    for days in range(30):
        sweep(now=REMINDED + days * DAY)
    assert taken() == ["remind", "overdue", "escalate"]
    assert told() == ["robin@example.org", "robin@example.org", "lea@example.org"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "step", "person"),
    [
        (1, "remind", "robin"),
        (5, "overdue", "robin"),
        (9, "escalate", "lea"),
        (400, "escalate", "lea"),
    ],
)
def test_after_an_outage_only_the_newest_step_comes(matters, days, step, person):
    matters.open("Matter", now=MONDAY)
    sweep(now=REMINDED + days * DAY)
    assert taken() == [step]
    assert told() == [f"{person}@example.org"]


@pytest.mark.django_db
def test_what_is_no_longer_owed_is_closed_and_nobody_told(matters):
    deadline = matters.open("Matter", now=MONDAY)
    matters.done.add("Matter")
    assert sweep(now=REMINDED).counts == {NOT_OWED: 1}
    deadline.refresh_from_db()
    assert (deadline.outcome, deadline.next_step_at) == (NOT_OWED, None)
    assert told() == taken() == []


@pytest.mark.django_db
def test_deadline_whose_subject_is_gone_is_closed(matters):
    matters.open("Matter", now=MONDAY)
    Group.objects.filter(name="Matter").delete()
    assert sweep(now=REMINDED).counts == {NOT_OWED: 1}


@pytest.mark.django_db
def test_deadline_that_fails_waits_and_holds_up_nobody(matters, monkeypatch, caplog):
    bad, good = (matters.open(name, now=MONDAY) for name in ("Bad", "Good"))

    def asks(deadline):
        if deadline.subject.name == "Bad":
            raise RuntimeError("The address of the group is broken")
        return True

    change_policy(matters, monkeypatch, still_owed=asks)
    assert sweep(now=REMINDED).counts == {"remind": 1, "failed": 1}
    assert taken(deadline=good) == ["remind"]
    bad.refresh_from_db()
    assert bad.next_step_at == REMINDED + TROUBLE_WAIT
    assert f"Deadline {bad.pk} could not be swept" in caplog.text
    assert "The address of the group is broken" in caplog.text

    change_policy(matters, monkeypatch)
    assert not sweep(now=REMINDED + TROUBLE_WAIT - MINUTE).counts
    assert sweep(now=REMINDED + TROUBLE_WAIT).counts == {"remind": 1}


@pytest.mark.django_db
def test_kind_whose_app_is_gone_waits_and_holds_up_nobody(matters, caplog):
    good = matters.open("Good", now=MONDAY)
    lost = matters.open("Lost", now=MONDAY)
    Deadline.objects.filter(pk=lost.pk).update(kind="unheard")
    assert sweep(now=REMINDED).counts == {"remind": 1, "failed": 1}
    assert taken(deadline=good) == ["remind"]
    assert "unheard" in caplog.text


@pytest.mark.django_db
def test_failure_leaves_neither_a_step_nor_a_mail(matters, monkeypatch):
    matters.open("Matter", now=MONDAY)

    def fails(deadline, step, now):
        raise RuntimeError

    change_policy(matters, monkeypatch, effect=fails)
    sweep(now=REMINDED)
    assert taken() == told() == []


@pytest.mark.django_db
def test_what_a_step_does_besides_is_done_once(matters, monkeypatch):
    matters.open("Matter", now=MONDAY)
    done = []
    change_policy(
        matters, monkeypatch, effect=lambda deadline, step, now: done.append((step.name, now))
    )
    for _ in range(2):
        sweep(now=REMINDED)
    assert done == [("remind", REMINDED)]


@pytest.mark.django_db
def test_database_refuses_the_same_step_twice(matters):
    deadline = matters.open("Matter", now=MONDAY)
    sweep(now=REMINDED)
    again = TakenStep.objects.get(deadline=deadline)
    again.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


@pytest.mark.django_db
def test_batches_go_on_until_nothing_is_due(matters, settings):
    usual = getattr(settings, "AFFILIATE_WORKFLOWS", {})  # Django 6.1 names mail servers elsewhere.
    settings.AFFILIATE_WORKFLOWS = {**usual, "SWEEP_BATCH": 2}
    matters.open_many(5, now=MONDAY)
    assert sweep(now=MONDAY + 3 * DAY).counts.total() == 5


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
def test_sweep_costs_the_same_however_many_are_due(matters, number, django_assert_num_queries):
    matters.open_many(number, now=MONDAY)
    with django_assert_num_queries(QUERIES):
        sweep(now=MONDAY + 3 * DAY)
    assert len(taken()) == number


# Real processes


SWEEPS = """
import django
django.setup()
from datetime import datetime
from django.conf import settings
from workflows.deadlines.sweep import sweep
usual = getattr(settings, "AFFILIATE_WORKFLOWS", {})
settings.AFFILIATE_WORKFLOWS = {**usual, "SWEEP_BATCH": 2}
print("ready", flush=True)
input()
print(sweep(now=datetime.fromisoformat("%s")).counts.total())
"""

DIES = """
import os, signal
import django
django.setup()
from datetime import datetime
from django.db import connection
from workflows.deadlines.sweep import sweep

def die_while_moving(execute, sql, params, many, context):
    if sql.startswith('UPDATE "affiliate_workflows_deadline"'):
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)

with connection.execute_wrapper(die_while_moving):
    sweep(now=datetime.fromisoformat("%s"))
"""


@pytest.fixture
def unstarted(program):
    """Applications whose reviews nobody starts: a kind of promise that other processes know."""
    program = with_reviewers(program)
    submitting = timezone.now() - 10 * DAY

    def submit(number):
        for index in range(number):
            submitted(program, now=submitting, name=f"Group {index}")
        OutgoingMail.objects.all().delete()
        return timezone.now()

    return submit


@pytest.mark.django_db(transaction=True)
def test_processes_at_once_take_each_step_once(unstarted, other_process):
    now = unstarted(15)
    processes = [other_process("-c", SWEEPS % now.isoformat()) for _ in range(3)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    counts = [int(process.communicate()[0]) for process in processes]
    assert sum(counts) == 15
    assert TakenStep.objects.count() == 15
    assert len(told()) == len(set(told()))


@pytest.mark.django_db(transaction=True)
def test_process_killed_in_the_middle_leaves_nothing_half_done(unstarted, other_process):
    now = unstarted(2)
    process = other_process("-c", DIES % now.isoformat())
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert taken() == told() == []

    with transaction.atomic():  # Waits until the server has noticed, and freed what it held.
        list(Deadline.objects.select_for_update())
    assert sweep(now=now).counts.total() == 2
    assert len(taken()) == 2


@pytest.mark.django_db(transaction=True)
def test_bell_wakes_a_worker_that_sweeps(smtp, unstarted, worker, settings, quiet_wakeup):
    unstarted(2)
    settings.AFFILIATE_WORKFLOWS = settings.AFFILIATE_WORKFLOWS | {"WAKEUP": True}
    assert wakeup.wake(wakeup.SWEEP_DEADLINES)
    for line in worker.stdout:
        if "workflows.sweep_deadlines" in line and "succeeded" in line:
            break
    assert len(taken()) == 2


@pytest.mark.django_db
def test_worker_out_of_time_rings_for_another(matters, monkeypatch):
    matters.open_many(3, now=MONDAY)
    woken = []
    monkeypatch.setattr(tasks, "BUSY_SECONDS", -1)
    monkeypatch.setattr(wakeup, "wake", woken.append)
    tasks.sweep_deadlines()
    assert woken == [wakeup.SWEEP_DEADLINES]
