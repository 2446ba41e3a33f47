"""What waits for staff: one mail a day, which lists all of it as it is when the mail is written."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from django.db import transaction
from django.utils import timezone

from tests.factories.users import UserFactory
from tests.workflows.deadlines.matters import BERLIN, LEA, ROBIN
from workflows.core.calendars import Calendar
from workflows.core.people import Recipient, recipients
from workflows.core.states import MailState
from workflows.deadlines.digests import WAITING_FOR_YOU, Told, concerned, tell, waiting_for
from workflows.deadlines.services import close_deadlines, pause_deadline
from workflows.deadlines.sweep import sweep
from workflows.mail.delivery import deliver_due
from workflows.mail.kinds import get_kind
from workflows.mail.rendering import render
from workflows.models import OutgoingMail

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
FRIDAY = MONDAY + timedelta(days=4)


@pytest.fixture
def opened(matters):
    """Open a matter and tell its helpers, as services do."""

    def open_and_tell(name, *, now=MONDAY, days=5):
        with transaction.atomic():
            deadline = matters.open(name, now=now, days=days)
            calendar = matters.ladder(deadline).calendar
            tell([Told(person, calendar, now) for person in concerned(deadline, now=now)], now=now)
        return deadline

    return open_and_tell


def digests(**fields):
    return OutgoingMail.objects.filter(kind=WAITING_FOR_YOU, **fields).order_by("pk")


def freeze(mail):
    """It was written, and taken by the mail server."""
    OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.SENT, message=b"written")


def names(address, *, now):
    return [item.waiting.title for item in waiting_for(address, now=now)]


def text_of(mail):
    message = message_from_bytes(render(mail).message, policy=policy.default)
    return message.get_body(("plain",)).get_content().replace("\r\n", "\n")


def test_many_matters_are_one_mail_a_day(opened):
    for name in ("First", "Second", "Third"):
        opened(name)
    assert [mail.recipient for mail in digests()] == [ROBIN.email]


def test_mail_lists_everything_with_the_longest_due_first(opened, time_machine):
    opened("Due later", days=8)
    opened("Late", days=2)
    time_machine.move_to(FRIDAY, tick=False)
    mail = digests().first()
    text = text_of(mail)
    assert text.startswith(
        "Hello Robin Lee,\n\n"
        "You have 2 open tasks (1 late).\n\n"
        "- Late\n"
        "  Matter: was due 2 days ago (Wednesday, November 25, 2026)\n"
        "  Call Kim.\n"
        "  https://site.example/Late/\n\n"
        "- Due later\n"
        "  Matter: due in 6 days (Thursday, December 3, 2026)\n"
        "  Call Kim.\n"
    )
    assert render(mail).subject_line == "You have 2 open tasks (1 late)"


@pytest.mark.parametrize(
    ("days_before", "words"),
    [(0, "due today"), (1, "due tomorrow"), (-1, "was due yesterday")],
)
def test_near_days_are_said_in_words(opened, time_machine, days_before, words):
    deadline = opened("Matter")
    time_machine.move_to(deadline.due_at - timedelta(days=days_before), tick=False)
    assert words in text_of(digests().first())


def test_a_long_list_ends_with_how_many_more(matters, opened, time_machine):
    matters.open_many(52, now=MONDAY)
    time_machine.move_to(MONDAY, tick=False)
    opened("One more")
    text = text_of(digests().first())
    assert text.count("Matter: due") == 50
    assert "- and 3 more\n  http" in text


@pytest.mark.django_db(transaction=True)
def test_mail_is_obsolete_if_nothing_waits_any_more(opened, smtp):
    deadline = opened("Decided", now=timezone.now())
    close_deadlines(subject=deadline.subject, outcome="approved", now=timezone.now())
    deliver_due()
    assert digests().get().state == MailState.OBSOLETE
    assert smtp.received == []


@pytest.mark.django_db(transaction=True)
def test_mail_that_was_obsolete_this_morning_comes_once_something_waits(opened, smtp):
    now = timezone.now()
    deadline = opened("Decided", now=now)
    close_deadlines(subject=deadline.subject, outcome="approved", now=now)
    deliver_due()
    opened("New", now=now + timedelta(microseconds=1))
    deliver_due()
    assert digests().get().state == MailState.SENT


def test_what_is_decided_leaves_the_list(opened):
    opened("Stays")
    decided = opened("Decided")
    close_deadlines(subject=decided.subject, outcome="approved", now=MONDAY)
    assert names(ROBIN.email, now=TUESDAY) == ["Stays"]


def test_what_is_no_longer_owed_is_not_listed_even_if_its_clock_still_runs(matters, opened):
    opened("Settled")
    matters.done.add("Settled")
    assert names(ROBIN.email, now=TUESDAY) == []


def test_paused_matter_waits_for_nobody(opened):
    deadline = opened("Paused")
    pause_deadline(deadline=deadline, until=FRIDAY, now=MONDAY)
    assert names(ROBIN.email, now=TUESDAY) == []


def test_two_roles_list_a_matter_once(matters, opened):
    matters.leaders = [Recipient("ROBIN@example.org", "Robin again"), LEA]
    deadline = opened("Late", days=1)
    assert [person.email for person in concerned(deadline, now=FRIDAY)] == [ROBIN.email, LEA.email]
    freeze(digests().get())
    sweep(now=FRIDAY)
    assert names(ROBIN.email, now=FRIDAY) == ["Late"]
    assert digests(recipient__iexact=ROBIN.email, state=MailState.QUEUED).count() == 1


def test_leaders_hear_of_it_only_once_it_is_their_turn(opened):
    opened("Matter", days=1)
    assert names(LEA.email, now=TUESDAY) == []
    assert names(LEA.email, now=FRIDAY) == ["Matter"]


def test_people_who_left_an_audience_are_no_longer_asked(matters, opened):
    opened("Late", days=1)
    newcomer = Recipient("new@example.org")
    matters.leaders = [newcomer]
    assert names(LEA.email, now=FRIDAY) == []
    assert names(newcomer.email, now=FRIDAY) == ["Late"]


def test_addresses_are_one_whatever_their_case(matters, opened):
    opened("First")
    matters.helpers = [Recipient("Robin@Example.org")]
    opened("Second")
    assert digests().count() == 1
    assert names("rObin@example.ORG", now=MONDAY) == ["First", "Second"]


def test_people_who_cannot_be_written_to_are_left_out(matters, opened):
    users = [
        UserFactory(username="gone", is_active=False),
        UserFactory(username="nameless", email=""),
        UserFactory(username="there"),
    ]
    matters.helpers = recipients(users)
    opened("Matter")
    assert [mail.recipient for mail in digests()] == ["there@example.org"]


class TestAfterTodaysMail:
    """Today's mail was written at noon on Monday; what comes up later is in the next one."""

    @pytest.fixture(autouse=True)
    def _written(self, opened):
        opened("First")
        freeze(digests().get())

    def next_mail(self):
        return digests(state=MailState.QUEUED).get()

    def test_later_matter_is_in_the_mail_of_tomorrow_morning(self, opened):
        opened("Second", now=MONDAY + timedelta(hours=1))
        assert self.next_mail().next_attempt_at == datetime(2026, 11, 24, 8, tzinfo=UTC)

    def test_third_matter_is_in_that_mail_too(self, opened):
        opened("Second", now=MONDAY + timedelta(hours=1))
        opened("Third", now=MONDAY + timedelta(hours=2))
        assert digests().count() == 2

    def test_matter_of_the_very_moment_is_not_taken_for_listed(self, opened):
        opened("At once", now=MONDAY)
        assert self.next_mail().next_attempt_at.date() == TUESDAY.date()

    def test_weekend_is_passed_over(self, opened):
        opened("Friday’s first", now=FRIDAY)
        freeze(self.next_mail())
        opened("Friday’s second", now=FRIDAY + timedelta(hours=1))
        assert self.next_mail().next_attempt_at == datetime(2026, 11, 30, 8, tzinfo=UTC)

    def test_step_that_the_mail_has_listed_makes_no_second_one(self, opened):
        step_at = MONDAY - timedelta(seconds=5)
        tell([Told(ROBIN, BERLIN, step_at)], now=MONDAY + timedelta(seconds=5))
        assert digests().count() == 1

    def test_frozen_mail_that_waits_for_its_next_attempt_lists_nothing_new(self, opened):
        digests().update(state=MailState.QUEUED)
        opened("Second", now=MONDAY + timedelta(hours=1))
        assert digests().count() == 2


def test_days_are_those_of_the_matters_own_place(matters, opened):
    matters.calendars["In California"] = Calendar("America/Los_Angeles", hour=9)
    evening = datetime(2026, 11, 24, 1, tzinfo=UTC)  # Monday, 17:00, in Los Angeles
    opened("In California", now=evening)
    freeze(digests().get())
    matters.calendars["Another"] = matters.calendars["In California"]
    opened("Another", now=evening + timedelta(hours=2))
    assert [mail.key[-10:] for mail in digests()] == ["2026-11-23", "2026-11-24"]
    (tomorrow,) = digests(state=MailState.QUEUED)
    assert tomorrow.next_attempt_at == datetime(2026, 11, 24, 17, tzinfo=UTC)


def test_mail_for_monday_is_not_overtaken_by_one_of_saturday(matters, opened):
    """It is the older one: it was queued on Friday evening, since Friday's mail was out."""
    matters.calendars["On any day"] = Calendar("Europe/Berlin", business_days=False)
    opened("First", now=FRIDAY)
    freeze(digests().get())
    opened("For Monday", now=FRIDAY + timedelta(hours=1))
    opened("On any day", now=FRIDAY + timedelta(days=1))
    _friday, monday, saturday = digests()
    assert [mail.key[-10:] for mail in (monday, saturday)] == ["2026-11-30", "2026-11-28"]
    freeze(saturday)
    still_owed = get_kind(WAITING_FOR_YOU).still_owed
    assert still_owed(monday)
    freeze(monday)
    assert not still_owed(saturday)


def test_day_does_not_depend_on_the_time_zone_of_a_request(opened):
    with timezone.override("Pacific/Auckland"):
        opened("During a request")
    opened("In a worker")
    assert digests().count() == 1


def test_due_day_is_counted_where_it_was_promised(matters, opened):
    matters.calendars["Far away"] = Calendar("Pacific/Auckland", hour=9, business_days=False)
    deadline = opened("Far away", days=1)
    (item,) = waiting_for(ROBIN.email, now=MONDAY + timedelta(hours=23))
    assert deadline.due_at == datetime(2026, 11, 24, 20, tzinfo=UTC)
    assert item.due_on.isoformat() == "2026-11-25"
    assert item.late(now=MONDAY + timedelta(hours=23)) == 0


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_the_same_queries_for_one_matter_and_for_three(
    matters, number, django_assert_num_queries
):
    matters.open_many(number, now=MONDAY)
    with django_assert_num_queries(2):
        assert len(waiting_for(ROBIN.email, now=MONDAY)) == number
