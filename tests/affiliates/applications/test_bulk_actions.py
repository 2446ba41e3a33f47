"""What editors do to many applications at once: decline spam, assign, export."""

import csv
import io

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from wagtail import hooks

from affiliates.applications.services.submission import withdraw_application
from affiliates.core.states import Actor, ApplicationState
from affiliates.models import AffiliatePage, Application
from tests.factories.application_rows import ApplicationFactory, DraftFactory
from tests.factories.pages import ProgramPageFactory
from tests.factories.reviews import now_of, reviewer, under_review
from tests.factories.users import GroupFactory, UserFactory
from tests.standing import stands
from workflows.models import OutgoingMail, ReviewTaskState

INDEX = "/admin/affiliates/applications/"


def url_of(action, **query):
    return reverse("wagtail_bulk_action", args=["affiliates", "application", action], query=query)


def keys(*applications):
    return [application.pk for application in applications]


def shown(client, action, *applications, **query):
    """The page that asks first."""
    response = client.get(url_of(action, id=keys(*applications), **query))
    assert response.status_code == 200
    return response


def send(client, action, *applications, **data):
    """Press the button on that page."""
    chosen = ",".join(map(str, keys(*applications)))
    url = url_of(action, id=keys(*applications), next=INDEX)
    return client.post(url, {"chosen": chosen, **data})


def words(response):
    return " ".join(response.content.decode().split())


def told(response):
    return [str(message).strip() for message in get_messages(response.wsgi_request)]


def state_of(application):
    return Application.objects.get(pk=application.pk).state


@stands()
def program(reviewed_program):
    return reviewed_program


@stands()
def two(program):
    return [under_review(program, name=name) for name in ("Group One", "Group Two")]


# In the list


def test_list_offers_a_box_for_each_row_and_the_actions(editor_client, two):
    page = editor_client.get(INDEX).content.decode()
    for application in two:
        assert f'data-object-id="{application.pk}"' in page
        assert f'aria-describedby="application_{application.pk}_title"' in page
        assert f'id="application_{application.pk}_title"' in page
    for action in ("assign", "export", "decline_spam"):
        assert url_of(action) in page


# Decline as spam


def test_question_names_what_will_be_declined(editor_client, two):
    page = words(shown(editor_client, "decline_spam", *two))
    assert "2 applications" in page
    assert "Group One" in page
    assert "No emails are sent." in page
    assert {state_of(application) for application in two} == {ApplicationState.IN_REVIEW}


def test_spam_is_declined_without_a_mail_and_leaves_its_record(editor_client, editor, two):
    OutgoingMail.objects.all().delete()
    response = send(editor_client, "decline_spam", *two)
    assert response["Location"] == INDEX
    assert told(response) == ["2 applications were declined as spam. No emails were sent."]
    assert {state_of(application) for application in two} == {ApplicationState.DECLINED}
    assert not OutgoingMail.objects.exists()
    assert not AffiliatePage.objects.exists()


def test_what_was_decided_before_is_left_alone_and_named(editor_client, program, two):
    done = ApplicationFactory(program=program, name="Done", state=ApplicationState.APPROVED)
    page = words(shown(editor_client, "decline_spam", *two, done))
    assert "1 application is left as it is" in page
    assert f"{done}: It is not open: Approved." in page
    send(editor_client, "decline_spam", *two, done)
    assert state_of(done) == ApplicationState.APPROVED


def test_what_came_in_after_the_question_is_not_declined(editor_client, program, two):
    shown_page = editor_client.get(url_of("decline_spam", id="all", next=INDEX))
    late = ApplicationFactory(program=program)
    chosen = shown_page.context["form"].initial["chosen"]
    editor_client.post(url_of("decline_spam", id="all", next=INDEX), {"chosen": chosen})
    assert {state_of(application) for application in two} == {ApplicationState.DECLINED}
    assert state_of(late) == ApplicationState.SUBMITTED


def test_all_means_all_that_the_list_shows_and_no_more(editor_client, program, two):
    elsewhere = ApplicationFactory(program=program, name="Elsewhere", region="US-MI")
    draft = DraftFactory(program=program)
    response = editor_client.get(url_of("decline_spam", id="all", region="US-MI"))
    assert [row["item"] for row in response.context["items"]] == [elsewhere]
    response = editor_client.get(url_of("decline_spam", id="all", q="group two"))
    assert [row["item"].name for row in response.context["items"]] == ["Group Two"]
    response = editor_client.get(url_of("decline_spam", id="all"))
    assert draft not in [row["item"] for row in response.context["items"]]


def test_decided_by_somebody_else_meanwhile_is_named_and_the_others_are_declined(
    editor_client, two
):
    def withdraw(request, action_type, objects, action):
        withdraw_application(
            application=now_of(two[0]), actor=Actor.APPLICANT, reason="", now=timezone.now()
        )

    with hooks.register_temporarily("before_bulk_action", withdraw):
        response = send(editor_client, "decline_spam", *two)
    assert told(response) == [
        f"Someone else was faster. Not changed: {two[0]}",
        "1 application was declined as spam. No emails were sent.",
    ]
    assert [state_of(application) for application in two] == ["withdrawn", "declined"]


def test_who_may_only_look_cannot_decline(client, two):
    permissions = ["wagtailadmin.access_admin", "affiliates.view_application"]
    client.force_login(UserFactory(permissions=permissions))
    page = words(shown(client, "decline_spam", *two))
    assert page.count("You may not decide on this one.") == 2
    send(client, "decline_spam", *two)
    assert {state_of(application) for application in two} == {ApplicationState.IN_REVIEW}


@pytest.mark.parametrize("action", ["decline_spam", "assign", "export"])
def test_who_may_not_see_an_application_learns_nothing_of_it(client, two, action):
    client.force_login(UserFactory(groups=["Editors"]))
    url = url_of(action, id=keys(*two))
    assert client.get(url).status_code == 404
    chosen = {"chosen": f"{two[0].pk}", "file_format": "csv"}
    assert client.post(url, chosen).status_code == 404


@pytest.mark.parametrize("wrong", ["", "x", "999999", "²"])
def test_keys_that_mean_nothing_are_not_found(editor_client, two, wrong):
    assert editor_client.get(url_of("decline_spam", id=wrong)).status_code == 404


def test_reviewer_declines_those_of_the_own_program_only(client, program, two):
    other = ProgramPageFactory(review_group=GroupFactory())
    foreign = ApplicationFactory(program=other)
    client.force_login(reviewer(program))
    send(client, "decline_spam", *two, foreign)
    assert {state_of(application) for application in two} == {ApplicationState.DECLINED}
    assert state_of(foreign) == ApplicationState.SUBMITTED


# Assign


def holders(applications):
    states = ReviewTaskState.objects.filter(status="in_progress")
    return [state.assigned_to for state in states]


def test_reviews_are_given_to_one_person(editor_client, program, two):
    rob = reviewer(program, first_name="Rob", last_name="Reader")
    response = send(editor_client, "assign", *two, assignee=rob.pk)
    assert told(response) == ["2 reviews are now assigned to Rob Reader."]
    assert holders(two) == [rob, rob]


def test_only_people_who_may_decide_about_all_are_offered(editor_client, program, two):
    other = with_other_group(ProgramPageFactory())
    third = under_review(other)
    both = reviewer(program)
    both.groups.add(other.review_group)
    gone = reviewer(program, is_active=False)
    page = shown(editor_client, "assign", *two, third)
    people = list(page.context["form"].fields["assignee"].queryset)
    assert both in people
    assert gone not in people
    assert not {person.username for person in people} & {"rob", "director", "editor"}


def with_other_group(program):
    from affiliates.programs.services import ensure_review_workflow

    program.review_group = GroupFactory()
    program.save()
    ensure_review_workflow(program=program)
    return program


def test_person_who_may_not_decide_cannot_be_chosen(editor_client, two):
    stranger = UserFactory()
    response = send(editor_client, "assign", *two, assignee=stranger.pk)
    assert response.status_code == 200
    assert "Select a valid choice" in words(response)
    assert holders(two) == [None, None]


def test_nobody_for_all_of_them_is_said_instead_of_an_empty_choice(editor_client, two):
    third = under_review(with_other_group(ProgramPageFactory()))
    page = words(shown(editor_client, "assign", *two, third))
    assert "No one may decide on all of these." in page
    assert 'name="assignee"' not in page


def test_without_an_open_review_it_is_named_and_left_alone(editor_client, program, two):
    waits = ApplicationFactory(program=program, name="Waits")
    rob = reviewer(program)
    page = words(shown(editor_client, "assign", *two, waits))
    assert f"{waits}: No review is open." in page
    send(editor_client, "assign", *two, waits, assignee=rob.pk)
    assert holders(two) == [rob, rob]


# Export


def test_chosen_applications_are_exported_as_csv(editor_client, program, two):
    ApplicationFactory(program=program, name="Not chosen")
    response = send(editor_client, "export", *two, file_format="csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert [row["Group"] for row in csv.DictReader(io.StringIO(text))] == ["Group Two", "Group One"]
    assert 'filename="applications.csv"' in response["Content-Disposition"]


def test_chosen_applications_are_exported_as_xlsx(editor_client, two):
    response = send(editor_client, "export", two[0], file_format="xlsx")
    rows = list(load_workbook(io.BytesIO(response.getvalue())).active.values)
    assert len(rows) == 2
    assert "Group One" in rows[1]


def test_export_offers_both_kinds_and_changes_nothing(editor_client, two):
    page = words(shown(editor_client, "export", *two))
    assert 'value="csv"' in page
    assert 'value="xlsx"' in page
    assert now_of(two[0]).state == ApplicationState.IN_REVIEW


@pytest.mark.parametrize("action", ["decline_spam", "assign", "export"])
def test_asking_costs_as_many_queries_for_three_as_for_one(
    editor_client, program, django_assert_max_num_queries, action
):
    one = under_review(program)
    shown(editor_client, action, one)
    with django_assert_max_num_queries(35) as before:
        shown(editor_client, action, one)
    more = [under_review(program) for _ in range(2)]
    with django_assert_max_num_queries(len(before)):
        shown(editor_client, action, one, *more)
