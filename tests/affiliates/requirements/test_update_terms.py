"""What staff decide about the regular updates of one group: waive, put off, days of its own."""

import json
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from affiliates.affiliations.services.lifecycle import pause_affiliation
from affiliates.affiliations.services.listing import resume_affiliation
from affiliates.affiliations.standing.queries import with_level
from affiliates.affiliations.standing.rules import standing_of
from affiliates.core.states import Actor, RequirementState, Standing
from affiliates.models import Affiliation, Commitment, UpdateRequest
from affiliates.policies.services import follow_update_policy
from affiliates.requirements.queries import commitments_of
from affiliates.requirements.services import updates
from affiliates.updates.services.asking import count_unasked, open_due_requests
from tests.factories.affiliations import UpdateRequestFactory, affiliation
from tests.factories.own_pages import opened_own, own_path
from tests.factories.reviews import reviewer
from tests.standing import stands
from workflows.deadlines.sweep import sweep
from workflows.mail.kinds import get_kind
from workflows.models import Deadline, OutgoingMail, TakenStep, WebhookDelivery, WebhookEndpoint

pytestmark = pytest.mark.django_db

SUMMER = datetime(2026, 7, 6, 16, tzinfo=UTC)
"""A Monday noon where the program is, at the beginning of Q3."""


def on(day):
    """Two o'clock in New York, when the hour at which mails go out is past."""
    return datetime(day.year, day.month, day.day, 18, tzinfo=UTC)


def look(day):
    """What workers do at every look, on this day."""
    with time_machine.travel(on(day), tick=False):
        opened = open_due_requests(now=on(day))
        sweep(now=on(day))
    return opened


def sweep_until(last):
    day = date(2026, 9, 17)
    while day <= last:
        sweep(now=on(day))
        day += timedelta(days=1)


@stands()
def program(reviewed_program):
    return reviewed_program


@stands()
def group(program):
    return affiliation(program, now=SUMMER, title="Michigan Parents")


@stands()
def editor(program):
    return reviewer(program)


@pytest.fixture
def staff(client, editor):
    client.force_login(editor)
    return client


def requirement_of(program):
    return program.requirements.get(kind="update")


def decide(decision, editor, *groups, now, **said):
    keys = [group.pk for group in groups]
    found = commitments_of(
        requirement_of(groups[0].program), Affiliation.objects.filter(pk__in=keys)
    )
    return decision(commitments=found, user=editor, now=now, **said)


def adjust(editor, group, now, **offsets):
    found = commitments_of(requirement_of(group.program), Affiliation.objects.filter(pk=group.pk))
    updates.adjust(commitment=found[0], offsets=offsets, user=editor, now=now)


def status_of(group, day):
    return standing_of(Affiliation.objects.get(pk=group.pk), on(day)).requirements[0]


def requests(group):
    rows = group.update_requests.order_by("period_start")
    return list(rows.values_list("period_end", "due_on", "state"))


def text(answer):
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).split())


def test_waived_group_is_asked_for_no_update_before_the_day(group, editor):
    look(date(2026, 9, 16))
    [mail] = OutgoingMail.objects.all()
    until, reason = date(2027, 1, 1), "They move house."
    decide(updates.waive, editor, group, now=on(date(2026, 9, 17)), until=until, reason=reason)
    assert requests(group) == [(date(2026, 9, 30), date(2026, 9, 30), "waived")]
    assert not get_kind(mail.kind).still_owed(mail)
    assert not Deadline.objects.filter(closed_at=None).exists()
    kept = status_of(group, date(2026, 9, 17))
    assert (kept.state, kept.why, kept.reason) == ("waived", "Waived until Jan. 1, 2027.", reason)
    assert look(date(2026, 12, 31)) == 0
    assert status_of(group, until).state == RequirementState.KEPT
    look(date(2027, 3, 16))
    assert len(requests(group)) == 1
    look(date(2027, 3, 17))
    assert requests(group)[1] == (date(2027, 3, 31), date(2027, 3, 31), "open")
    assert status_of(group, date(2027, 3, 17)).reason == ""


def test_waived_for_good_until_staff_put_it_off(group, program, editor):
    said = {"until": None, "reason": "They are three people."}
    decide(updates.waive, editor, group, now=on(date(2026, 9, 1)), **said)
    follow_update_policy(program=program, now=on(date(2026, 9, 2)))
    pause_affiliation(affiliation=group, user=editor, reason="Why", now=on(date(2026, 9, 3)))
    resume_affiliation(affiliation=group, user=editor, now=on(date(2026, 9, 4)))
    group.refresh_from_db()
    assert group.next_ask_on is None
    assert look(date(2027, 1, 10)) == 0
    said = {"until": date(2027, 4, 30), "reason": "They are many again."}
    decide(updates.put_off, editor, group, now=on(date(2027, 2, 1)), **said)
    kept = status_of(group, date(2027, 2, 1))
    assert (kept.state, kept.why) == (
        "kept",
        "Nothing is owed. The next one is due on April 30, 2027.",
    )
    look(date(2027, 4, 15))
    assert requests(group) == []
    look(date(2027, 4, 16))
    assert requests(group) == [(date(2027, 3, 31), date(2027, 4, 30), "open")]
    assert status_of(group, date(2027, 4, 16)).reason == "They are many again."
    look(date(2027, 6, 16))
    assert requests(group)[1:] == [(date(2027, 6, 30), date(2027, 6, 30), "open")]


def test_open_request_is_put_off_and_asked_for_again_before_the_new_day(group, editor):
    spring = {"period_start": date(2026, 4, 1), "period_end": date(2026, 6, 30)}
    UpdateRequestFactory(affiliation=group, **spring)
    look(date(2026, 9, 16))
    [before] = OutgoingMail.objects.all()
    said = {"until": date(2026, 11, 30), "reason": "They have elections."}
    decide(updates.put_off, editor, group, now=on(date(2026, 9, 17)), **said)
    assert [row[1:] for row in requests(group)] == [
        (date(2026, 6, 30), "waived"),
        (date(2026, 11, 30), "open"),
    ]
    before.refresh_from_db()
    assert not get_kind(before.kind).still_owed(before)
    assert status_of(group, date(2026, 10, 20)).why == "Due on Nov. 30, 2026."
    look(date(2026, 11, 15))
    assert OutgoingMail.objects.count() == 1
    look(date(2026, 11, 16))
    after = OutgoingMail.objects.exclude(pk=before.pk).get()
    assert after.kind == "update_ask"
    with time_machine.travel(on(date(2026, 11, 16)), tick=False):
        assert get_kind(after.kind).still_owed(after)
        assert "November 30" in get_kind(after.kind).context(after)["due_date"]


def test_news_that_comes_unasked_takes_the_place_of_what_was_put_off(group, editor):
    said = {"until": date(2026, 11, 30), "reason": "They have elections."}
    decide(updates.put_off, editor, group, now=on(date(2026, 8, 1)), **said)
    group.refresh_from_db()
    now = on(date(2026, 8, 20))
    count_unasked(group, actor=Actor.CONTACT, now=now)
    assert status_of(group, date(2026, 8, 20)).why == "Nothing is owed."
    look(date(2026, 12, 17))
    assert requests(group)[1:] == [(date(2026, 12, 31), date(2026, 12, 31), "open")]


def test_day_that_staff_give_counts_however_soon_it_is(group, editor):
    said = {"until": date(2026, 8, 4), "reason": "They want to tell us now."}
    decide(updates.put_off, editor, group, now=on(date(2026, 8, 1)), **said)
    look(date(2026, 8, 1))
    assert requests(group) == [(date(2026, 9, 30), date(2026, 8, 4), "open")]


def test_group_has_days_of_its_own_in_clock_and_standing(program, group, editor):
    other = affiliation(program, now=SUMMER, title="Ohio Parents")
    adjust(editor, group, on(date(2026, 8, 1)), ask_days=30, reminder_days=25, attention_days=40)
    look(date(2026, 8, 31))
    assert (len(requests(group)), len(requests(other))) == (1, 0)
    look(date(2026, 9, 16))
    adjust(editor, group, on(date(2026, 9, 17)), reminder_days=3, attention_days=40)
    deadlines = {one.subject.affiliation: one for one in Deadline.objects.all()}
    sweep_until(date(2026, 10, 3))
    steps = TakenStep.objects.filter(name="remind").values_list("deadline", flat=True)
    assert list(steps) == [deadlines[group].pk]
    for days, levels in [
        (30, (Standing.GOOD, Standing.ATTENTION)),
        (40, (Standing.ATTENTION, Standing.ATTENTION)),
        (90, (Standing.LAPSED, Standing.LAPSED)),
    ]:
        now = on(date(2026, 9, 30) + timedelta(days=days))
        rows = with_level(Affiliation.objects.order_by("name"), now)
        assert tuple(rows.values_list("level", flat=True)) == levels
        assert tuple(standing_of(row, now).level for row in rows) == levels


def act_url(action, asked, *groups):
    chosen = "".join(f"&group={group.pk}" for group in groups)
    return f"{reverse(f'affiliates_matrix_{action}')}?requirement={asked.pk}{chosen}"


def in_days(days):
    return timezone.now().date() + timedelta(days=days)


@stands()
def four(program):
    """One in each state that updates have."""
    four = [affiliation(program, title=f"Group {letter}") for letter in "ABCD"]
    UpdateRequestFactory(affiliation=four[1], due_on=in_days(3))
    UpdateRequestFactory(affiliation=four[2], due_on=in_days(-3))
    return four


def test_matrix_acts_on_updates_and_knows_their_states(staff, program, four, editor):
    asked = requirement_of(program)
    matrix = reverse("affiliates_matrix")
    assert f'<option value="{asked.pk}">Regular update</option>' in text(staff.get(matrix))
    url = act_url("waive", asked, four[3])
    assert "Group D" in text(staff.get(url))
    assert not Commitment.objects.exists()
    past = {"until": str(in_days(-1)), "reason": "Why"}
    assert "This day is past." in text(staff.post(url, past))
    assert "within the next 10 years" in text(staff.post(url, {**past, "until": "9999-12-31"}))
    staff.post(url, {"until": "", "reason": "They are closed."})
    for state, shown in [("kept", "A"), ("due", "B"), ("late", "C"), ("waived", "D")]:
        html = text(staff.get(matrix, {"requirement": asked.pk, "state": state}))
        assert [letter for letter in "ABCD" if f"Group {letter}" in html] == [shown]
    page = staff.post(act_url("ask", asked, *four), follow=True)
    assert "Done for 2 groups." in text(page)
    record = text(staff.get(reverse("affiliates_affiliation:inspect", args=[four[3].pk])))
    for said in ("Requirement waived (Regular update)", "Waived. They are closed."):
        assert said in record
    assert (
        act_url("put_off", asked, four[3]).replace("&", "&amp;")
        in staff.get(reverse("affiliates_affiliation:inspect", args=[four[3].pk])).content.decode()
    )


def test_waived_group_reads_that_there_is_nothing_to_do(client, program, editor):
    group = affiliation(program)
    UpdateRequestFactory(affiliation=group)
    said = {"until": None, "reason": "They are closed."}
    decide(updates.waive, editor, group, now=timezone.now(), **said)
    html = text(opened_own(client, group).get(own_path(group)))
    assert "Waived. There is nothing you need to do." in html
    assert "There is nothing you need to send us." in html
    assert "They are closed." not in html


def test_endpoint_hears_how_a_group_stands_after_a_decision(program, four, editor):
    WebhookEndpoint.objects.create(
        address="https://93.184.215.14/hooks",
        description="CRM",
        event_types=["requirement.changed"],
    )
    said = {"reason": "Why", "now": timezone.now()}
    decide(updates.put_off, editor, four[2], until=in_days(9), **said)
    heard = json.loads(bytes(WebhookDelivery.objects.get().body))["data"]
    assert (heard["state"], heard["due_on"]) == ("due", str(in_days(9)))


def test_own_days_are_entered_on_the_record_which_says_where_the_interval_is(staff, program):
    group, asked = affiliation(program), requirement_of(program)
    url = reverse("affiliates_affiliation:adjust", args=[group.pk, asked.pk])
    html = text(staff.get(url))
    assert "Empty: 14, as everybody." in html
    assert "interval_months" not in html
    assert "the update interval on the group’s page" in html
    staff.post(url, {"ask_days": 30})
    assert group.commitments.get().offsets == {"ask_days": 30}
    assert 'value="30"' in text(staff.get(url))


@pytest.mark.parametrize("action", ["waive", "put_off", "ask"])
def test_acting_takes_as_many_statements_for_three_groups_as_for_one(staff, program, action):
    asked, counts = requirement_of(program), []
    for number in (1, 3):
        groups = [affiliation(program) for _ in range(number)]
        for group in groups:
            UpdateRequestFactory(affiliation=group)
        url = act_url(action, asked, *groups)
        with CaptureQueriesContext(connection) as queries:
            staff.post(url, {"until": str(in_days(30)), "reason": "Why"})
        counts.append(len(queries))
        assert asked.commitments.count() == (
            0 if action == "ask" else UpdateRequest.objects.count()
        )
    assert counts[1] <= counts[0]
