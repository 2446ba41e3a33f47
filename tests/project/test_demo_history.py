"""The demo's past and future: which mails its reviews send on the first day, and which later."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from affiliates.models import AffiliatePage, AffiliateProgramPage, Application
from affiliates.updates.deadlines import UPDATE
from affiliates.updates.services.asking import open_due_requests
from program_site.demo import groups, history, neighbors, people
from tests.standing import stands
from workflows.core.states import MailState
from workflows.deadlines.digests import WAITING_FOR_YOU
from workflows.deadlines.sweep import sweep
from workflows.mail.delivery import deliver_due
from workflows.models import OutgoingMail, TakenStep

TUESDAY = datetime(2026, 11, 24, 15, tzinfo=UTC)
"""Ten o'clock where the program is, an hour after the steps of that day are due."""

WEEKEND = [TUESDAY + timedelta(days=days) for days in (4, 5)]
OTHER_DAYS = [TUESDAY + timedelta(days=days) for days in (0, 1, 2, 3, 6)]
A_WEEK = [*WEEKEND, *(pytest.param(day, marks=pytest.mark.long) for day in OTHER_DAYS)]
TWENTY_DAYS = timedelta(days=20)


def load(now):
    with time_machine.travel(now, tick=False):
        call_command("load_demo", stdout=StringIO())


def look(now):
    """What a worker does at every look."""
    with time_machine.travel(now, tick=False):
        open_due_requests(now=now)
        sweep(now=now)
        deliver_due()


def state_of(group):
    return history.application_of(group).state


def name_of(subject):
    """The group that an application, or the review of its page, is about."""
    if isinstance(subject, Application):
        return subject.name
    return subject.workflow_state.content_object.title


def steps():
    """The steps about applications that were taken, each as its group and the step's name."""
    kinds = ("review", "review_start", "group_answer")
    taken = TakenStep.objects.filter(deadline__kind__in=kinds)
    return [(name_of(step.deadline.subject), step.name) for step in taken]


def update_steps():
    """The same about updates that affiliates owe."""
    taken = TakenStep.objects.filter(deadline__kind=UPDATE)
    return {step.deadline.subject.affiliation.name: step.name for step in taken}


def sent(**fields):
    return OutgoingMail.objects.filter(state=MailState.SENT, **fields)


def told(username):
    """The daily lists that a person was sent."""
    return sent(kind=WAITING_FOR_YOU, recipient=f"{username}@example.org")


@stands()
def demo_of_tuesday():
    load(TUESDAY)


@pytest.fixture
def loaded(demo_of_tuesday, smtp):
    """The demo stands there, and the site is set up to send its mail."""


def test_application_of_the_demo_is_in_the_state_that_its_story_ends_with(loaded):
    assert {group.fields["name"]: state_of(group) for group in groups.GROUPS} == {
        "Gentle Schools Ohio": "in_review",
        "Quiet Corner Parents": "in_review",
        "Ontario Voices for Calm Classrooms": "information_needed",
        "Open Doors Oregon": "in_review",
        "Safe Hands Pennsylvania": "approved",
        "Firm Rules Academy": "declined",
    }


def test_what_happened_in_the_demo_has_the_dates_on_which_it_happened(loaded):
    overdue = history.application_of(groups.OVERDUE)
    review = overdue.affiliate.current_workflow_task_state
    assert overdue.submitted_at == datetime(2026, 11, 12, 15, tzinfo=UTC)
    assert review.started_at == overdue.submitted_at
    assert overdue.affiliate.first_published_at is None


def test_approved_group_of_the_demo_is_public_and_the_declined_one_left_no_page(loaded, client):
    approved = history.application_of(groups.APPROVED).affiliate
    assert client.get(approved.url).status_code == 200
    assert not AffiliatePage.objects.filter(title=groups.DECLINED.fields["name"]).exists()


def test_escalation_mail_names_the_late_group_and_only_that(loaded):
    look(TUESDAY)
    message = bytes(told("lead").get().message).decode()
    assert groups.OVERDUE.fields["name"] in message
    assert groups.IN_REVIEW.fields["name"] not in message


def test_reviewer_has_one_mail_of_all_that_waits(loaded):
    look(TUESDAY)
    message = bytes(told("reviewer").get().message).decode()
    for group in (groups.OVERDUE, groups.ANSWERED, groups.IN_REVIEW):
        assert group.fields["name"] in message
    assert groups.ASKED.fields["name"] not in message


def test_news_of_the_demo_are_public_on_the_day_they_were_approved(loaded, client):
    program = AffiliateProgramPage.objects.get(slug="affiliates")
    told = client.get(f"{program.url}updates/").content.decode()
    assert "has agreed to count every restraint" in " ".join(told.split())
    assert "Nov. 5, 2026" in told or "November 5, 2026" in told


def test_staff_of_the_demo_are_asked_to_call_the_silent_group_and_to_help_another(loaded):
    look(TUESDAY)
    message = bytes(told("reviewer").get().message).decode()
    assert neighbors.SILENT in message
    assert "204 555 0183" in message
    assert neighbors.HELP in message
    assert neighbors.LATE not in message


def test_welcome_of_the_approved_group_brings_the_badge(loaded):
    look(TUESDAY)
    badge = AffiliateProgramPage.objects.get(slug="affiliates").badge
    assert badge.file.url in bytes(sent(kind="affiliate_welcome").get().message).decode()


def test_restart_sends_nothing_a_second_time(loaded):
    look(TUESDAY)
    before = list(OutgoingMail.objects.values_list("pk", "state", "message_id"))
    load(TUESDAY + timedelta(hours=2))
    look(TUESDAY + timedelta(hours=2))
    assert list(OutgoingMail.objects.values_list("pk", "state", "message_id")) == before
    assert Application.objects.count() == len(groups.GROUPS)


def test_twenty_days_later_exactly_the_later_steps_come(loaded):
    look(TUESDAY)
    first_day = set(sent().values_list("pk", flat=True))
    taken = len(steps())
    look(TUESDAY + TWENTY_DAYS)

    assert sorted(steps()[taken:]) == sorted(
        [
            (groups.OVERDUE.fields["name"], "escalate_again"),
            (groups.IN_REVIEW.fields["name"], "escalate_again"),
            (groups.ANSWERED.fields["name"], "escalate_again"),
            (groups.ASKED.fields["name"], "no_answer"),
        ]
    )
    later = sent().exclude(pk__in=first_day)
    later = later.exclude(kind__startswith="update_").exclude(kind__startswith="requirements_")
    assert sorted(later.values_list("kind", "recipient")) == [
        (WAITING_FOR_YOU, f"{name}@example.org") for name in ("colleague", "director", "reviewer")
    ]


def test_twenty_days_later_a_second_look_sends_nothing_more(loaded):
    look(TUESDAY)
    look(TUESDAY + TWENTY_DAYS)
    count = sent().count()
    look(TUESDAY + TWENTY_DAYS + timedelta(hours=1))
    assert sent().count() == count


def test_reviewer_of_the_demo_can_open_and_decide_what_is_late(loaded, client):
    client.force_login(get_user_model().objects.get(username="reviewer"))
    page = history.application_of(groups.OVERDUE).affiliate
    state = page.current_workflow_task_state
    assert client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200
    with time_machine.travel(TUESDAY, tick=False):
        client.post(
            reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])
        )
    assert state_of(groups.OVERDUE) == "approved"
    page.refresh_from_db()
    assert page.live


def test_clock_is_right_again_after_the_past(loaded):
    assert abs(timezone.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_every_person_of_the_demo_has_an_address_of_the_mailbox():
    assert len({person.email for person in people.PEOPLE}) == len(people.PEOPLE)


# A demo of another day


@pytest.mark.parametrize("now", A_WEEK, ids=lambda now: f"{now:%A}")
def test_escalation_group_is_told_once_of_the_late_review_on_every_day_of_the_week(db, smtp, now):
    load(now)
    look(now)
    assert steps() == [(groups.OVERDUE.fields["name"], "escalate")]
    assert told("lead").count() == 1
    assert not told("director").exists()


@pytest.mark.parametrize("hours", [0, -6], ids=["after the sending hour", "before it"])
def test_update_that_is_due_and_one_that_is_late_are_mailed_about_once(db, smtp, hours):
    now = TUESDAY + timedelta(hours=hours)
    load(now)
    look(now)
    look(now + timedelta(minutes=1))
    assert update_steps() == {
        neighbors.DUE: "due",
        neighbors.LATE: "remind",
        neighbors.SILENT: "call",
    }
    asking = sent(kind__in=("update_ask", "update_due", "update_reminder", "update_alternate"))
    assert sorted(asking.values_list("kind", "recipient")) == [
        ("update_due", "ellen@kind-classrooms.example.org"),
        ("update_reminder", "marcus@river-city.example.org"),
    ]
