"""``manage.py sweep_deadlines``: who would get what, and the same work without Celery."""

import re
import signal
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from workflows.models import Deadline, OutgoingMail, TakenStep

MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
REMINDED = "2026-11-26T08:00+00:00"


@pytest.fixture
def run(capsys):
    def call(*arguments):
        call_command("sweep_deadlines", *arguments)
        return capsys.readouterr().out

    return call


@pytest.fixture
def opened(matters, db):
    return matters.open("Matter", now=MONDAY)


def test_dry_run_prints_who_would_get_what_and_does_nothing(run, opened):
    before = Deadline.objects.values().get()
    printed = run("--dry-run", "--now", REMINDED)
    assert printed == (
        "2026-11-26 08:00 UTC  remind: Matter → Robin Lee <robin@example.org> "
        "(“Your open tasks”)\n1 to come.\n"
    )
    assert Deadline.objects.values().get() == before
    assert not TakenStep.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_dry_run_looks_ahead_as_far_as_wanted(run, opened):
    printed = run("--dry-run", "--now", MONDAY.isoformat(), "--days", "90")
    assert re.findall(r"  (\w+): Matter", printed) == ["remind", "overdue", "escalate"]


def test_dry_run_says_if_nothing_is_due(run, opened):
    assert run("--dry-run", "--now", MONDAY.isoformat()) == "Nothing is due.\n"


def test_steps_of_the_named_moment_are_taken(run, opened):
    assert run("--now", REMINDED) == "1 remind\n"
    assert run("--now", REMINDED) == "nothing due\n"
    assert TakenStep.objects.count() == OutgoingMail.objects.count() == 1


def test_moment_without_a_zone_is_that_of_the_site(run, opened, settings):
    settings.TIME_ZONE = "America/New_York"
    assert run("--now", "2026-11-26T02:59") == "nothing due\n"
    assert run("--now", "2026-11-26T03:00") == "1 remind\n"


def test_step_that_nobody_would_hear_of_says_so(run, opened, matters):
    matters.helpers = []
    assert "→ nobody\n" in run("--dry-run", "--now", REMINDED)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--now", "tomorrow"], "argument --now: invalid"),
        (["--now", "2026-13-40T09:00"], "argument --now: invalid"),
        (["--loop", "--dry-run"], "--loop goes with neither"),
        (["--loop", "--now", REMINDED], "--loop goes with neither"),
        (["--days", "3"], "--days needs --dry-run"),
    ],
)
def test_what_makes_no_sense_is_refused(run, arguments, message):
    with pytest.raises(CommandError, match=message):
        run(*arguments)


@pytest.mark.django_db(transaction=True)
def test_loop_goes_on_until_it_is_told_to_stop(other_process):
    process = other_process("site/manage.py", "sweep_deadlines", "--loop", "--interval", "600")
    assert process.stdout.readline() == "nothing due\n"
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate()
    assert process.returncode == 0
    assert output == "Stopped. The batch in hand was finished; the rest waits.\n"
