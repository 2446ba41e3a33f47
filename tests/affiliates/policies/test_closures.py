"""Closures: what is promised to and by closed groups moves and is told; nobody is reminded."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from affiliates.affiliations.admin.record import story_of as story_of_affiliate
from affiliates.applications.admin.story import story_of
from affiliates.applications.services.information import answer_request
from affiliates.models import Closure, SupportRequest, UpdateRequest
from affiliates.policies.closures import followed
from affiliates.policies.mails import ANSWER_MOVED, DECISION_MOVED, HELP_MOVED, UPDATE_MOVED
from affiliates.requirements.clocks import run_clocks, save_days, set_due
from affiliates.requirements.deadlines import REQUIREMENT
from affiliates.requirements.mails import REQUIREMENTS_OPEN
from affiliates.requirements.services.proving import bring_forward, fall_due
from affiliates.updates.services.asking import open_due_requests
from tests.factories.affiliations import affiliation
from tests.factories.applications import submitted
from tests.factories.mails import read
from tests.factories.requirements import commitment, requirement
from tests.factories.reviews import now_of, request_changes, under_review
from tests.factories.support import call_for_help
from tests.factories.users import UserFactory
from tests.standing import stands
from workflows.deadlines.sweep import sweep
from workflows.mail.kinds import get_kind
from workflows.models import Deadline, OutgoingMail, TakenStep

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 17, tzinfo=UTC)
"""Noon in New York, where the program is. What a group is promised in five days is due on the 30th.
"""

A_WEEK = {"first_day": date(2026, 11, 25), "last_day": date(2026, 12, 1)}
"""Five business days."""


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(MONDAY, tick=False)
    return time_machine


@stands(at=MONDAY)
def program(reviewed_program):
    return reviewed_program


@pytest.fixture
def staff(db):
    return UserFactory(username="sam", first_name="Sam", last_name="Staff")


def close(program, *, now=MONDAY, user=None, regions=("US-OH",), reason="wildfires", **days):
    with followed(program, user=user, now=now):
        return Closure.objects.create(
            program=program, regions=list(regions), reason=reason, **{**A_WEEK, **days}
        )


def change(closure, *, now=MONDAY, **fields):
    with followed(closure.program, user=None, now=now):
        for name, value in fields.items():
            setattr(closure, name, value)
        closure.save()


def lift(closure, *, now=MONDAY):
    with followed(closure.program, user=None, now=now):
        closure.delete()


def mails(kind):
    return list(OutgoingMail.objects.filter(kind=kind).order_by("pk"))


def text(mail):
    message, words = read(mail)
    return f"{message['Subject']}\n{' '.join(words.split())}"


def is_owed(mail):
    return get_kind(mail.kind).still_owed(OutgoingMail.objects.get(pk=mail.pk))


def due_days():
    """Of all open deadlines, in the program's time zone."""
    return [one.due_at.date() for one in Deadline.objects.filter(closed_at=None).order_by("pk")]


class TestApplication:
    def test_decision_moves_by_the_days_of_the_closure_and_the_group_reads_why(self, program):
        application = under_review(program, now=MONDAY)
        close(program)
        assert now_of(application).decision_due_on == date(2026, 12, 7)
        assert due_days() == [date(2026, 12, 7)]
        [mail] = mails(DECISION_MOVED)
        words = text(mail)
        assert words.startswith(f"A new day for your application {application.reference}\n")
        assert "You now get our decision by Monday, December 7, 2026." in words
        assert (
            "Days off from Wednesday, November 25, 2026 to Tuesday, December 1, 2026: wildfires."
            in words
        )
        assert is_owed(mail)

    def test_history_says_what_moved_by_whom_and_why(self, program, staff):
        application = under_review(program, now=MONDAY)
        close(program, user=staff)
        line = next(line for line in story_of(now_of(application)) if "moved" in line.what)
        assert line.what == "The day of the decision moved"
        assert line.detail == (
            "from Monday, November 30, 2026 to Monday, December 7, 2026 by Sam Staff"
        )
        assert "wildfires" in line.reason

    @pytest.mark.parametrize("regions", [("US-CA",), ("CA",)])
    def test_group_elsewhere_is_not_concerned(self, program, regions):
        application = under_review(program, now=MONDAY)
        close(program, regions=regions)
        assert now_of(application).decision_due_on == date(2026, 11, 30)
        assert mails(DECISION_MOVED) == []

    @pytest.mark.parametrize("regions", [(), ("US",), ("US-CA", "US-OH")])
    def test_whole_program_country_or_one_of_several_regions_closes(self, program, regions):
        application = under_review(program, now=MONDAY)
        close(program, regions=regions)
        assert now_of(application).decision_due_on == date(2026, 12, 7)

    def test_who_applies_later_is_promised_a_day_after_the_closure(self, program):
        close(program)
        application = submitted(program, now=MONDAY)
        assert application.decision_due_on == date(2026, 12, 7)
        assert mails(DECISION_MOVED) == []

    def test_nobody_is_reminded_meanwhile(self, program):
        application = under_review(program, now=MONDAY)
        thursday = MONDAY + timedelta(days=3)
        close(program, first_day=date(2026, 11, 26), now=thursday)
        before = OutgoingMail.objects.count()
        for days in range(3, 8):
            sweep(now=MONDAY + timedelta(days=days))
        assert (OutgoingMail.objects.count(), TakenStep.objects.count()) == (before, 0)
        assert now_of(application).decision_due_on == date(2026, 12, 4)

    def test_a_closure_that_ends_early_gives_days_back_and_is_told(self, program):
        application = under_review(program, now=MONDAY)
        closure = close(program)
        change(closure, last_day=date(2026, 11, 27), now=MONDAY + timedelta(days=4))
        assert now_of(application).decision_due_on == date(2026, 12, 3)
        old, new = mails(DECISION_MOVED)
        assert (is_owed(old), is_owed(new)) == (False, True)
        assert "by Thursday, December 3, 2026." in text(new)

    def test_a_closure_that_is_taken_back_brings_the_old_day_back(self, program):
        application = under_review(program, now=MONDAY)
        lift(close(program), now=MONDAY + timedelta(hours=1))
        assert now_of(application).decision_due_on == date(2026, 11, 30)
        assert "The days off that we had planned have changed." in text(mails(DECISION_MOVED)[-1])

    def test_a_better_reason_moves_nothing(self, program):
        application = under_review(program, now=MONDAY)
        closure = close(program)
        change(closure, reason="smoke", now=MONDAY + timedelta(hours=1))
        assert now_of(application).decision_due_on == date(2026, 12, 7)
        assert len(mails(DECISION_MOVED)) == 1
        assert "smoke" in text(mails(DECISION_MOVED)[0])

    def test_waiting_for_a_review_moves_as_the_review_does(self, program):
        application = submitted(program, now=MONDAY)
        close(program)
        assert now_of(application).decision_due_on == date(2026, 12, 7)
        assert due_days() == [date(2026, 12, 7)]

    def test_answer_of_a_group_moves_and_the_decision_keeps_its_days(self, program, clock):
        application = under_review(program, now=MONDAY)
        tuesday = MONDAY + timedelta(days=1)
        clock.move_to(tuesday, tick=False)
        request_changes(application, program.director)
        close(program, now=tuesday)
        [mail] = mails(ANSWER_MOVED)
        assert "it is now Tuesday, December 15, 2026." in text(mail)
        assert mails(DECISION_MOVED) == []
        assert is_owed(mail)
        moment = datetime(2026, 12, 8, 17, tzinfo=UTC)
        answer_request(application=now_of(application), answer="Forty.", now=moment)
        # Four days were left on the 24th.
        assert now_of(application).decision_due_on == date(2026, 12, 14)


SUMMER = datetime(2026, 7, 6, 16, tzinfo=UTC)
ASKED = datetime(2026, 9, 16, 18, tzinfo=UTC)
FIRE = {"first_day": date(2026, 9, 21), "last_day": date(2026, 9, 30), "regions": ("US-MI",)}
"""Ten days, in which the update of the third quarter would be due."""
FIRE_BEGINS = datetime(2026, 9, 21, 18, tzinfo=UTC)


class TestUpdate:
    @pytest.fixture
    def group(self, program):
        return affiliation(program, now=SUMMER, title="Michigan Parents", region="US-MI")

    def look(self, clock, *when):
        for moment in when:
            clock.move_to(moment, tick=False)
            open_due_requests(now=moment)
            sweep(now=moment)

    def test_update_that_was_asked_for_moves_and_the_contact_reads_why(self, program, group, clock):
        self.look(clock, ASKED)
        close(program, now=ASKED, **FIRE)
        assert UpdateRequest.objects.get().due_on == date(2026, 10, 10)
        [mail] = mails(UPDATE_MOVED)
        assert "it is now Saturday, October 10, 2026." in text(mail)
        assert "wildfires" in text(mail)
        assert is_owed(mail)
        line = next(one for one in story_of_affiliate(group) if "moved" in one.what)
        assert (line.what, "wildfires" in line.reason) == ("The day of the update moved", True)

    def test_no_reminder_comes_until_it_is_due_again(self, program, group, clock):
        self.look(clock, ASKED)
        close(program, now=ASKED, **FIRE)
        before = OutgoingMail.objects.count()
        self.look(clock, *(ASKED + timedelta(days=days) for days in range(1, 24)))
        assert OutgoingMail.objects.count() == before
        self.look(clock, datetime(2026, 10, 10, 18, tzinfo=UTC))
        assert list(TakenStep.objects.values_list("name", flat=True)) == ["ask", "due"]

    def test_group_is_asked_after_the_closure_with_as_many_days_as_ever(
        self, program, group, clock
    ):
        days = {**FIRE, "first_day": date(2026, 9, 15), "last_day": date(2026, 9, 20)}
        close(program, now=SUMMER, **days)
        self.look(clock, ASKED)
        assert not UpdateRequest.objects.exists()
        self.look(clock, datetime(2026, 9, 21, 18, tzinfo=UTC))
        # Two weeks from the last open day before, as if asked on the 14th.
        assert UpdateRequest.objects.get().due_on == date(2026, 10, 4)

    def test_who_was_not_asked_yet_is_told_of_no_new_day(self, program, group):
        open_due_requests(now=ASKED)
        close(program, now=ASKED, **FIRE)
        assert UpdateRequest.objects.get().due_on == date(2026, 10, 10)
        assert mails(UPDATE_MOVED) == []

    def test_requirement_that_was_asked_for_moves_and_is_asked_for_again(self, program, group):
        asked = requirement(program, now=SUMMER)
        one = commitment(group, asked)
        set_due(one, date(2026, 9, 30))
        save_days([one])
        run_clocks([one], outcome="moved", now=ASKED)
        Deadline.objects.filter(kind=REQUIREMENT).update(last_step="ask")
        close(program, now=ASKED, **FIRE)
        assert commitment(group, asked).due_on == date(2026, 10, 10)
        assert len(mails(REQUIREMENTS_OPEN)) == 1

    @pytest.mark.parametrize(
        ("days_before", "due_on", "without"),
        [(0, date(2026, 10, 14), date(2026, 10, 5)), (3, date(2026, 10, 12), date(2026, 10, 2))],
    )
    def test_requirement_that_begins_before_the_closure_ends_has_as_many_days_as_ever(
        self, program, group, days_before, due_on, without
    ):
        """As if the closure had been entered afterwards; so lifting it brings the old day back."""
        began = FIRE_BEGINS - timedelta(days=days_before)
        closure = close(program, now=ASKED, **FIRE)
        asked = requirement(program, now=began, first_days=14)
        assert commitment(group, asked).due_on == due_on
        lift(closure, now=began)
        assert commitment(group, asked).due_on == without

    def test_requirement_that_is_asked_again_in_a_closure_is_due_after_it(self, program, group):
        asked = requirement(program, now=SUMMER, first_days=14, ask_days=14)
        close(program, now=ASKED, **FIRE)
        one = commitment(group, asked)
        fall_due(commitments=[one], reason="gone", with_notice=True, now=FIRE_BEGINS)
        assert commitment(group, asked).due_on == date(2026, 10, 14)
        bring_forward(commitments=[one], now=FIRE_BEGINS)
        assert commitment(group, asked).due_on == date(2026, 10, 14)

    def test_answer_to_a_call_for_help_moves_and_whoever_asked_is_told(self, program, group):
        call = call_for_help(group, now=MONDAY)
        close(program, regions=("US-MI",))
        assert SupportRequest.objects.get(pk=call.pk).due_on == date(2026, 12, 7)
        [mail] = mails(HELP_MOVED)
        assert "you now hear from us by Monday, December 7, 2026." in text(mail)
        assert is_owed(mail)


@pytest.mark.parametrize("number", [1, 3])
def test_closure_takes_as_many_statements_for_one_group_as_for_three(program, number):
    for count in range(number):
        under_review(program, now=MONDAY, name=f"Group {count}", contact_email=f"{count}@a.org")
        group = affiliation(program, now=SUMMER, title=f"Parents {count}", region="US-OH")
        call_for_help(group, now=MONDAY)
    open_due_requests(now=MONDAY)
    sweep(now=MONDAY)
    ContentType.objects.get_for_models(*apps.get_models())  # Else it counts who asked before.
    with CaptureQueriesContext(connection) as queries:
        close(program)
    assert (len(mails(DECISION_MOVED)), len(mails(HELP_MOVED))) == (number, number)
    assert len(queries) == STATEMENTS


STATEMENTS = 45 if connection.vendor == "postgresql" else 44
