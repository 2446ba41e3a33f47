"""Which update an affiliate is asked for, and when."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from affiliates.affiliations.services.lifecycle import (
    ensure_affiliation,
    pause_affiliation,
)
from affiliates.affiliations.services.listing import resume_affiliation
from affiliates.affiliations.services.schedule import waive_request
from affiliates.core.states import UpdateRequestState
from affiliates.models import UpdateRequest
from affiliates.policies.services import follow_update_policy
from affiliates.updates.deadlines import UPDATE
from affiliates.updates.services.asking import open_due_requests
from tests.factories.affiliations import affiliation
from tests.standing import stands
from workflows.deadlines.services import open_deadlines
from workflows.deadlines.sweep import sweep
from workflows.models import Deadline, OutgoingMail, TakenStep

pytestmark = pytest.mark.django_db

SUMMER = datetime(2026, 7, 6, 16, tzinfo=UTC)
"""A Monday noon where the program is, at the beginning of Q3."""

Q3 = date(2026, 7, 1)
Q4 = date(2026, 10, 1)


def on(day, hour=18):
    """Two o'clock in New York, when the hour at which mails go out is past."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def look(day, hour=18):
    """What workers do at every look, on this day."""
    now = on(day, hour)
    with time_machine.travel(now, tick=False):
        opened = open_due_requests(now=now)
        sweep(now=now)
    return opened


def requests(of):
    return list(of.update_requests.values_list("period_start", "due_on", "state"))


@stands()
def group(program):
    return affiliation(program, now=SUMMER, title="Michigan Parents")


def test_new_affiliate_is_asked_for_the_quarter_two_weeks_before_its_end(group):
    look(date(2026, 9, 15))
    assert requests(group) == []
    look(date(2026, 9, 16))
    assert requests(group) == [(Q3, date(2026, 9, 30), "open")]


def test_new_affiliate_is_asked_for_nothing_in_the_first_four_weeks(program):
    late = affiliation(program, now=on(date(2026, 8, 25)))
    look(date(2026, 9, 30))
    assert requests(late) == []
    look(date(2026, 12, 17))
    assert [row[0] for row in requests(late)] == [Q4]


def test_looking_again_opens_nothing_more(group):
    assert look(date(2026, 9, 16)) == 1
    assert look(date(2026, 9, 16)) == 0
    assert look(date(2026, 9, 17)) == 0
    assert len(requests(group)) == 1
    assert Deadline.objects.filter(kind=UPDATE).count() == 1


@pytest.mark.parametrize("hour", [5, 14, 23])
def test_contact_is_asked_once_at_whatever_hour_a_worker_looks(group, hour):
    for _ in range(2):
        look(date(2026, 9, 16), hour)
    look(date(2026, 9, 17))
    assert [step.name for step in TakenStep.objects.all()] == ["ask"]
    assert list(OutgoingMail.objects.values_list("kind", "recipient")) == [
        ("update_ask", group.primary_contact.email)
    ]


def test_after_an_outage_the_newest_period_is_asked_for_and_the_others_are_noted(group):
    look(date(2027, 1, 10))
    assert requests(group) == [
        (Q3, date(2027, 1, 17), "waived"),
        (Q4, date(2027, 1, 17), "open"),
    ]
    assert [mail.kind for mail in OutgoingMail.objects.all()] == ["update_ask"]


def test_request_that_opens_late_leaves_a_week(group):
    look(date(2026, 9, 28))
    assert requests(group) == [(Q3, date(2026, 10, 5), "open")]


def test_interval_of_the_affiliate_counts_before_the_programs(program):
    monthly = affiliation(program, now=SUMMER, update_interval_months=1)
    look(date(2026, 8, 17))
    assert [row[:2] for row in requests(monthly)] == [(date(2026, 8, 1), date(2026, 8, 31))]


def test_shorter_interval_asks_for_nothing_that_is_past(program):
    yearly = affiliation(program, now=SUMMER, update_interval_months=12)
    look(date(2026, 12, 17))
    yearly.page.update_interval_months = 3
    yearly.page.save()
    ensure_affiliation(page=yearly.page, now=on(date(2027, 8, 1)))
    look(date(2027, 8, 2))
    assert len(requests(yearly)) == 1
    look(date(2027, 9, 16))
    assert requests(yearly)[1][:2] == (Q3.replace(year=2027), date(2027, 9, 30))


def test_longer_interval_of_the_program_leaves_what_was_asked_due_on_its_day(group):
    look(date(2026, 9, 16))
    group.program.update_interval_months = 12
    group.program.save()
    follow_update_policy(program=group.program, now=on(date(2026, 9, 20)))
    look(date(2026, 12, 17))
    assert requests(group) == [
        (Q3, date(2026, 9, 30), "open"),
        (Q4, date(2026, 12, 31), "open"),
    ]
    group.refresh_from_db()
    assert group.next_ask_on == date(2027, 12, 17)


def test_changed_time_zone_keeps_the_day_that_was_promised(group):
    look(date(2026, 9, 16))
    group.program.time_zone = "Pacific/Auckland"
    group.program.save()
    follow_update_policy(program=group.program, now=on(date(2026, 9, 20)))
    (deadline,) = open_deadlines(subject=UpdateRequest.objects.get())
    assert deadline.due_at == datetime(2026, 9, 29, 20, tzinfo=UTC)  # nine o'clock of the 30th


def test_paused_affiliate_is_asked_for_nothing_and_gets_no_mail(group, admin_user):
    look(date(2026, 9, 16))
    pause_affiliation(
        affiliation=group, user=admin_user, reason="On leave", now=on(date(2026, 9, 18))
    )
    look(date(2027, 1, 10))
    assert requests(group) == [(Q3, date(2026, 9, 30), "waived")]
    assert [step.name for step in TakenStep.objects.all()] == ["ask"]
    assert not Deadline.objects.filter(closed_at=None).exists()


def test_resumed_affiliate_is_not_asked_for_what_was_missed(group, admin_user):
    now = on(date(2026, 9, 18))
    pause_affiliation(affiliation=group, user=admin_user, reason="", now=now)
    resume_affiliation(affiliation=group, user=admin_user, now=on(date(2027, 1, 10)))
    look(date(2027, 1, 11))
    assert requests(group) == []
    look(date(2027, 3, 17))
    assert [row[:2] for row in requests(group)] == [(date(2027, 1, 1), date(2027, 3, 31))]


def test_waived_request_reminds_nobody(group, admin_user):
    look(date(2026, 9, 16))
    request = group.update_requests.get()
    waive_request(
        request=request, user=admin_user, reason="Told us by phone", now=on(date(2026, 9, 17))
    )
    look(date(2026, 12, 1))
    assert request.state == UpdateRequestState.WAIVED
    assert TakenStep.objects.count() == 1


def test_silent_affiliate_climbs_the_ladder_one_step_at_a_time(program):
    group = affiliation(program, now=SUMMER, alternate=True)
    for days in range(92):
        look(date(2026, 9, 16) + timedelta(days=days))
    told = [(mail.kind, mail.recipient) for mail in OutgoingMail.objects.order_by("pk")]
    first, second = group.primary_contact.email, group.alternate_contact.email
    assert told[:5] == [
        ("update_ask", first),
        ("update_due", first),
        ("update_reminder", first),
        ("update_reminder", first),
        ("update_alternate", second),
    ]
    steps = TakenStep.objects.filter(deadline__object_id=str(group.update_requests.first().pk))
    assert [step.name for step in steps] == [
        "ask",
        "due",
        "remind",
        "alternate",
        "attention",
        "call",
    ]
