"""An application that is sent in the very moment in which a closure is saved does not miss it."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction

from affiliates.models import AffiliateProgramPage, Application, Closure
from affiliates.policies.closures import followed
from affiliates.programs.days_off import closures_of
from tests.factories.applications import submitted

pytestmark = pytest.mark.django_db(transaction=True)

MONDAY = datetime(2026, 11, 23, 17, tzinfo=UTC)
A_WEEK = {"first_day": date(2026, 11, 25), "last_day": date(2026, 12, 1)}


def waits_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchall()


@contextmanager
def other_at_once(act):
    """Begin ``act`` on another connection where the block ends, before this transaction does.
    Gives a list, of whether it had to wait for that.
    """
    waited = []

    def run():
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            yield waited
            other = pool.submit(run)
            while connection.vendor == "postgresql" and not (other.done() or waited):
                waited += waits_for_a_lock()
        other.result()


def close(program):
    with followed(program, user=None, now=MONDAY):
        Closure.objects.create(program=program, regions=[], reason="wildfires", **A_WEEK)


def a_visitors(program):
    """The program as another process has loaded it, with its closures read."""
    found = AffiliateProgramPage.objects.get(pk=program.pk)
    assert closures_of(found) == []
    return found


def test_application_waits_for_a_closure_that_is_being_saved(program):
    theirs = a_visitors(program)
    with other_at_once(lambda: submitted(theirs, now=MONDAY)):
        close(program)
    assert Application.objects.get().decision_due_on == date(2026, 12, 7)


def test_closure_waits_for_an_application_that_is_being_sent(program):
    theirs = a_visitors(program)
    with other_at_once(lambda: close(program)):
        submitted(theirs, now=MONDAY)
    assert Application.objects.get().decision_due_on == date(2026, 12, 7)


def test_applications_do_not_wait_for_each_other(program):
    theirs = a_visitors(program)
    with other_at_once(lambda: submitted(theirs, now=MONDAY)) as waited:
        submitted(program, now=MONDAY, name="Another group")
    assert (waited, Application.objects.count()) == ([], 2)
