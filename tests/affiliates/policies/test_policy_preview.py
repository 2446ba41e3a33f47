"""Editors see what changed numbers would do before they save, and saved ones count at once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from affiliates.applications.services.information import answer_request
from affiliates.core.states import ApplicationState
from affiliates.models import AffiliateProgramPage, Closure
from tests.affiliates.directory.test_pages import edit, program_form, root_page
from tests.factories.pages import ProgramPageFactory
from tests.factories.reviews import now_of, request_changes, reviewer, under_review, with_reviewers
from tests.factories.users import UserFactory
from tests.standing import stands
from workflows.models import Deadline, OutgoingMail, TakenStep

MONDAY = datetime(2026, 11, 23, 17, tzinfo=UTC)
"""Noon in New York, where the program is. The promised day is Monday, November 30."""


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to(MONDAY, tick=False)


@stands(at=MONDAY)
def program(program):
    return with_reviewers(program, slug="safe-schools")


@stands(at=MONDAY)
def editor(editor):
    """May choose reviewers, too."""
    editor.user_permissions.add(Permission.objects.get(codename="change_affiliation"))
    return editor


def typed(program, **changes):
    """The editor's whole form with these changes, as its button sends it."""
    people = {
        "review_group": program.review_group.pk,
        "escalation_group": program.escalation_group.pk,
        "director": program.director.pk,
    }
    return program_form(**{"time_zone": "America/New_York", **people, **changes})


def preview(client, page, data):
    return client.post(reverse("affiliates_policy_preview", args=[page.pk]), data)


def words(response):
    return " ".join(response.content.decode().split())


def section(response, name):
    """The part of the page below the heading with this id."""
    return words(response).split(f'id="{name}"')[1].split("</section>")[0]


def test_editor_has_the_button_and_says_that_a_tab_opens(editor_client, program):
    page = words(editor_client.get(reverse("wagtailadmin_pages:edit", args=[program.pk])))
    assert f'formaction="{reverse("affiliates_policy_preview", args=[program.pk])}"' in page
    assert 'formtarget="_blank"' in page
    assert "(opens in a new tab)" in page


def test_example_follows_the_typed_numbers(editor_client, program):
    data = typed(program, review_reminder_days=1, review_days=2, sending_hour=15)
    response = preview(editor_client, program, data)
    example = section(response, "affiliates-example")
    assert "promised a decision by Nov. 25, 2026" in example
    assert "Nov 24, 2026, 3 p.m." in example.replace("Nov. ", "Nov ")
    assert "Reviewers reminded" in example
    assert "Dee Rector" in example


def test_preview_lists_days_off_and_counts_without_them(editor_client, program):
    days = {"first_day": date(2026, 12, 1), "last_day": date(2026, 12, 2)}
    Closure.objects.create(program=program, reason="wildfires", regions=["US-OH"], **days)
    Closure.objects.create(program=program, reason="a move", **days)
    response = preview(editor_client, program, typed(program, holidays_of=" us "))
    listed = section(response, "affiliates-days-off")
    assert "Nov. 26, 2026: Thanksgiving" in listed
    assert "Dec. 1, 2026 – Dec. 2, 2026: wildfires (Ohio)" in listed
    assert "promised a decision by Dec. 3, 2026" in section(response, "affiliates-example")


def test_public_holidays_can_be_chosen_by_name(editor_client, program):
    edit(editor_client, program, typed(program, holidays_of="ontario"))
    program.refresh_from_db()
    assert program.holidays_of == "CA-ON"


def test_unknown_place_has_no_public_holidays(editor_client, program):
    response = preview(editor_client, program, typed(program, holidays_of="Atlantis"))
    assert response.status_code == 422
    assert "Public holidays of: No public holidays are known for “Atlantis”." in words(response)


def test_example_of_an_update_follows_the_typed_numbers(editor_client, program):
    response = preview(
        editor_client, program, typed(program, update_ask_days=10, update_reminder_days=5)
    )
    example = section(response, "affiliates-update")
    assert "Update for Q4 2026" in example
    assert "Dec. 21, 2026" in example
    assert "Jan. 5, 2027" in example
    assert "The contact" in example
    assert "Staff offered to pause the listing" in example


def test_open_applications_are_shown_with_the_typed_numbers_and_nothing_is_saved(
    editor_client, program
):
    application = under_review(program, now=MONDAY)
    before = list(Deadline.objects.values())
    saved = AffiliateProgramPage.objects.filter(pk=program.pk).values()[0]
    revisions = program.revisions.count()
    mails = OutgoingMail.objects.count()
    response = preview(editor_client, program, typed(program, review_reminder_days=1))
    steps = section(response, "affiliates-open")
    assert application.name in steps
    assert list(Deadline.objects.values()) == before
    assert AffiliateProgramPage.objects.filter(pk=program.pk).values()[0] == saved
    assert program.revisions.count() == revisions
    assert OutgoingMail.objects.count() == mails
    assert not TakenStep.objects.exists()


def test_other_programs_are_not_in_the_look_ahead(editor_client, program):
    other = ProgramPageFactory(review_group=program.review_group)
    under_review(other, name="Of another program")
    response = preview(editor_client, program, typed(program))
    assert "Of another program" not in words(response)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"review_days": 3}, "more than 3, the days of “remind reviewers after”"),
        ({"answer_days": 7}, "more than 7, the days of “remind the group after”"),
        ({"review_days": 800}, "less than or equal to 730"),
        ({"sending_hour": ""}, "This field is required"),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"director": 999999}, "Select a valid choice"),
    ],
)
def test_numbers_that_are_not_right_are_told_as_in_the_editor(
    editor_client, program, changes, message
):
    response = preview(editor_client, program, typed(program, **changes))
    assert response.status_code == 422
    page = words(response)
    assert message in page
    assert "affiliates-example" not in page


def test_program_that_is_being_added_has_its_example(editor_client, program):
    response = preview(editor_client, root_page(), typed(program))
    assert "Reviewers reminded" in section(response, "affiliates-example")
    assert AffiliateProgramPage.objects.count() == 1


@pytest.mark.parametrize("place", ["program", "above"])
def test_who_may_not_edit_the_program_sees_no_look_ahead(client, program, place):
    user = UserFactory(permissions=["wagtailadmin.access_admin"])
    client.force_login(user)
    page = program if place == "program" else root_page()
    assert preview(client, page, typed(program)).status_code == 302


def test_address_of_the_look_ahead_shows_nothing_by_itself(editor_client, program):
    url = reverse("affiliates_policy_preview", args=[program.pk])
    assert editor_client.get(url).status_code == 405


def test_published_numbers_move_the_steps_of_what_is_open(editor_client, program):
    under_review(program, now=MONDAY)
    deadline = Deadline.objects.get(kind="review", closed_at=None)
    assert deadline.next_step_at == datetime(2026, 11, 26, 14, tzinfo=UTC)
    assert edit(editor_client, program, typed(program, review_reminder_days=1)).status_code == 302
    deadline.refresh_from_db()
    assert deadline.next_step_at == datetime(2026, 11, 24, 14, tzinfo=UTC)


def test_draft_of_changed_numbers_moves_nothing(editor_client, program):
    under_review(program, now=MONDAY)
    before = list(Deadline.objects.values())
    edit(editor_client, program, typed(program, review_reminder_days=1), publish=False)
    assert list(Deadline.objects.values()) == before


def test_promised_day_stays_when_the_numbers_change(editor_client, program):
    application = under_review(program, now=MONDAY)
    edit(editor_client, program, typed(program, review_days=6))
    assert now_of(application).decision_due_on.isoformat() == "2026-11-30"


def test_published_days_count_for_a_question_that_is_open(editor_client, program):
    application = under_review(program, now=MONDAY)
    request_changes(application, reviewer(program))
    edit(editor_client, program, typed(program, answer_reminder_days=12))
    deadline = Deadline.objects.get(kind="group_answer", closed_at=None)
    assert deadline.next_step_at == datetime(2026, 12, 5, 14, tzinfo=UTC)
    answer_request(application=now_of(application), answer="Ten", now=MONDAY + timedelta(days=1))
    assert now_of(application).state == ApplicationState.IN_REVIEW


def test_look_ahead_costs_as_many_queries_for_three_as_for_one(
    editor_client, program, django_assert_max_num_queries
):
    under_review(program, now=MONDAY)
    preview(editor_client, program, typed(program))
    with django_assert_max_num_queries(80) as before:
        preview(editor_client, program, typed(program))
    for _ in range(2):
        under_review(program, now=MONDAY)
    with django_assert_max_num_queries(len(before)):
        preview(editor_client, program, typed(program))
