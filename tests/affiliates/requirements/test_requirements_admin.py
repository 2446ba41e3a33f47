"""How staff say what a program asks for, see who keeps it, and act on it."""

import csv
import io
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from affiliates.affiliations.standing.requirements import due_text
from affiliates.core.states import Actor
from affiliates.models import Commitment, Proof, Requirement
from affiliates.programs.promised_days import today_at
from affiliates.requirements.services.proving import prove
from tests.factories.affiliations import UpdateRequestFactory, affiliation
from tests.factories.requirements import commitment, requirement
from tests.factories.reviews import reviewer
from tests.factories.users import UserFactory
from tests.standing import stands
from workflows.models import OutgoingMail

pytestmark = pytest.mark.django_db

MATRIX = "affiliates_matrix"


@stands()
def program(reviewed_program):
    return reviewed_program


@stands()
def groups(program):
    return [affiliation(program, title=f"Group {letter}") for letter in "ABC"]


@pytest.fixture
def staff(client, program):
    client.force_login(reviewer(program))
    return client


def text_of(response):
    assert response.status_code == 200
    return " ".join(unescape(response.content.decode()).split())


def form_data(program, **changes):
    return {
        "program": program.pk,
        "name": "Shares our posts",
        "sentence": "",
        "statement_id": "",
        "interval_months": 12,
        "first_days": 30,
        "grace_days": 0,
        "ask_days": 14,
        "reminder_days": 7,
        "alternate_days": 21,
        "attention_days": 30,
        "call_days": 60,
        "pause_days": 90,
        "sort_order": 1,
        **changes,
    }


def new_url(kind="declared"):
    return reverse("affiliates_requirement:add_kind", args=[kind])


# The requirements of a program


def test_editor_chooses_how_it_is_proved_first(staff):
    html = text_of(staff.get(reverse("affiliates_requirement:add")))
    assert "Contact confirmed" in html
    assert f'href="{new_url()}"' in html
    assert staff.get(new_url("nonsense")).status_code == 404


def test_new_requirement_shows_first_what_it_would_do_and_then_asks_everybody(
    staff, program, groups
):
    shown = text_of(staff.post(new_url(), form_data(program)))
    assert "It is asked of 3 groups." in shown
    assert "Nothing is saved yet." in shown
    assert 'value="Shares our posts"' in shown
    assert not Requirement.objects.filter(kind="declared").exists()
    staff.post(new_url(), form_data(program, look_ahead_seen="1"))
    made = Requirement.objects.get(kind="declared")
    assert made.commitments.count() == len(groups)


def test_changed_numbers_are_shown_first_too(staff, program, groups):
    asked = requirement(program)
    url = reverse("affiliates_requirement:edit", args=[asked.pk])
    changed = form_data(program, name="Other", ask_days=20)
    assert "What this would do" in text_of(staff.post(url, changed))
    asked.refresh_from_db()
    assert asked.name == "Our declared"
    staff.post(url, {**changed, "look_ahead_seen": "1"})
    owed = commitment(groups[0], asked)
    assert owed.due_on - owed.ask_on == timedelta(days=20)


def test_steps_have_to_come_in_order(staff, program):
    response = staff.post(new_url(), form_data(program, call_days=10))
    assert "at least as many days as" in text_of(response)


def test_updates_follow_the_policy_tab_and_cannot_be_retired(staff, program):
    own = program.requirements.get(kind="update")
    url = reverse("affiliates_requirement:edit", args=[own.pk])
    assert "ask_days" not in text_of(staff.get(url))
    staff.post(url, {"name": "News from you", "sentence": "", "sort_order": 5})
    own.refresh_from_db()
    assert own.name == "News from you"
    assert staff.get(reverse("affiliates_requirement:retire", args=[own.pk])).status_code != 200


def test_retired_requirement_is_gone_from_the_lists_and_kept_on_record(staff, program, groups):
    asked = requirement(program)
    staff.post(reverse("affiliates_requirement:retire", args=[asked.pk]))
    assert "Our declared" not in text_of(staff.get(reverse(MATRIX)))
    assert Commitment.objects.filter(requirement=asked).count() == len(groups)


# The matrix


def test_matrix_shows_every_group_and_requirement(staff, program, groups):
    asked = requirement(program, name="Shows the badge")
    prove(commitment=commitment(groups[0], asked), actor=Actor.STAFF, now=timezone.now())
    html = text_of(staff.get(reverse(MATRIX)))
    for words in ("Group A", "Group C", "Shows the badge", "Regular update", "since"):
        assert words in html


@pytest.mark.parametrize(("state", "shown"), [("kept", "A"), ("due", "B"), ("late", "")])
def test_matrix_filters_by_state(staff, program, groups, state, shown):
    asked = requirement(program)
    prove(commitment=commitment(groups[0], asked), actor=Actor.STAFF, now=timezone.now())
    html = text_of(staff.get(reverse(MATRIX), {"requirement": asked.pk, "state": state}))
    found = [letter for letter in "AB" if f"Group {letter}" in html]
    assert found == list(shown)


def test_matrix_filters_by_late_updates(staff, program, groups):
    late = timezone.now().date() - timedelta(days=3)
    UpdateRequestFactory(affiliation=groups[1], due_on=late)
    own = program.requirements.get(kind="update")
    html = text_of(staff.get(reverse(MATRIX), {"requirement": own.pk, "state": "late"}))
    assert "Group B" in html
    assert "Group A" not in html


def test_matrix_exports_states_and_days(staff, program, groups):
    asked = requirement(program, name="Shows the badge")
    response = staff.get(reverse(MATRIX), {"export": "csv"})
    rows = list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"))))
    assert rows[0][-2:] == ["Shows the badge", "Shows the badge: due"]
    assert rows[1][-2:] == ["Due", str(commitment(groups[0], asked).due_on)]


def test_matrix_needs_as_many_queries_for_three_groups_as_for_one(staff, program):
    requirement(program)
    counts = []
    for wanted in (1, 3):
        while program.affiliations.count() < wanted:
            affiliation(program)
        staff.get(reverse(MATRIX))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            staff.get(reverse(MATRIX))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def act_url(action, asked, *groups):
    chosen = "".join(f"&group={group.pk}" for group in groups)
    return f"{reverse(f'{MATRIX}_{action}')}?requirement={asked.pk}{chosen}"


def test_chosen_groups_are_waived_with_a_reason(staff, program, groups):
    asked = requirement(program)
    url = act_url("waive", asked, groups[0], groups[2])
    shown = text_of(staff.get(url))
    assert "Group A" in shown
    assert "Group B" not in shown
    assert "Please write the reason" in text_of(staff.post(url, {"until": "2099-01-01"}))
    staff.post(url, {"until": "", "reason": "They are closed."})
    waived = Commitment.objects.filter(waived_on__isnull=False)
    assert {one.affiliation.name for one in waived} == {"Group A", "Group C"}
    record = text_of(staff.get(reverse("affiliates_affiliation:inspect", args=[groups[0].pk])))
    assert "Requirement waived (Our declared)" in record
    assert "They are closed." in record


def test_chosen_groups_are_put_off(staff, program, groups):
    asked = requirement(program)
    day = timezone.now().date() + timedelta(days=200)
    staff.post(act_url("put_off", asked, groups[0]), {"until": str(day), "reason": "Why"})
    assert commitment(groups[0], asked).due_on == day


def test_chosen_groups_are_reminded_at_once(staff, program, groups):
    asked = requirement(program, first_days=5)
    staff.post(act_url("ask", asked, *groups))
    assert OutgoingMail.objects.filter(kind="requirements_open").count() == len(groups)


def test_nothing_happens_without_a_chosen_group(staff, program, groups):
    asked = requirement(program)
    response = staff.post(act_url("ask", asked), follow=True)
    assert "No group was chosen, so nothing was done." in text_of(response)


# From the record of a group


def test_staff_enter_what_they_heard_and_the_history_says_so(staff, program, groups):
    asked = requirement(program)
    url = reverse("affiliates_affiliation:prove", args=[groups[0].pk, asked.pk])
    assert "Please write a sentence about it." in text_of(staff.post(url, {"note": ""}))
    staff.post(url, {"note": "They told us on the phone.", "day": "2026-01-05"})
    proof = Proof.objects.get()
    assert (proof.actor, proof.note) == (Actor.STAFF, "They told us on the phone.")
    assert proof.user is not None
    record = text_of(staff.get(reverse("affiliates_affiliation:inspect", args=[groups[0].pk])))
    assert "Requirement kept (Our declared)" in record


def test_group_gets_numbers_of_its_own(staff, program, groups):
    asked = requirement(program)
    url = reverse("affiliates_affiliation:adjust", args=[groups[0].pk, asked.pk])
    wrong = {"interval_months": "", "reminder_days": 30, "call_days": 10}
    assert "This comes before an earlier step." in text_of(staff.post(url, wrong))
    staff.post(url, {"interval_months": 24, "ask_days": 30})
    owed = commitment(groups[0], asked)
    assert (owed.interval_months, owed.offsets) == (24, {"ask_days": 30})


def test_record_says_once_what_is_due_and_lists_say_it_as_reasons(staff, program, groups):
    owed = commitment(groups[0], requirement(program, name="Shows the badge"))
    today = today_at(program, timezone.now())
    UpdateRequestFactory(affiliation=groups[0], due_on=today - timedelta(days=3))
    said = due_text(owed.due_on, today)
    record = text_of(staff.get(reverse("affiliates_affiliation:inspect", args=[groups[0].pk])))
    assert record.count(said) == 1
    assert "3 days late" not in record
    report = text_of(staff.get(reverse("affiliates_standing")))
    assert f"Shows the badge: {said}" in report
    assert "3 days late" in report


def test_another_programs_people_see_and_change_nothing(client, program, groups):
    asked = requirement(program)
    client.force_login(UserFactory(permissions=["wagtailadmin.access_admin"]))
    for url in (
        reverse(MATRIX),
        reverse("affiliates_requirement:index"),
        reverse("affiliates_requirement:edit", args=[asked.pk]),
        act_url("waive", asked, groups[0]),
        reverse("affiliates_affiliation:prove", args=[groups[0].pk, asked.pk]),
    ):
        assert client.get(url).status_code in (302, 403, 404), url
