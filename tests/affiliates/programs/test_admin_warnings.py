"""What editors are told where nobody else would tell them."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from wagtail.models import Workflow

from affiliates.core.states import ApplicationState
from tests.factories.application_rows import ApplicationFactory
from tests.factories.reviews import now_of, reviewer, under_review
from tests.factories.users import UserFactory
from tests.standing import stands

INDEX = "/admin/affiliates/applications/"
NOBODY = "No reviewers are chosen."
START_AGAIN = "Start the review again"


def words(response):
    return " ".join(response.content.decode().split())


def editor_of(client, page):
    return words(client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])))


def inspected(client, application):
    return words(client.get(reverse("affiliates_application:inspect", args=[application.pk])))


def restart(client, application):
    return client.post(reverse("affiliates_application:restart", args=[application.pk]))


def told(response):
    return [str(message).strip() for message in get_messages(response.wsgi_request)]


@stands()
def whole(reviewed_program):
    """The program with everybody whom it needs."""
    return reviewed_program


@pytest.fixture
def stopped(whole, admin_user):
    application = under_review(whole)
    now_of(application).affiliate.current_workflow_state.cancel(user=admin_user)
    return now_of(application)


# Programs


@pytest.mark.parametrize("url", [INDEX, "/admin/"])
def test_program_without_reviewers_is_named_where_people_look(editor_client, program, url):
    page = words(editor_client.get(url))
    assert NOBODY in page
    assert f'href="{reverse("wagtailadmin_pages:edit", args=[program.pk])}"' in page


def test_program_without_reviewers_says_so_in_its_editor(editor_client, program):
    assert NOBODY in editor_of(editor_client, program)


def test_whole_program_has_no_warning(editor_client, whole):
    pages = [words(editor_client.get(url)) for url in (INDEX, "/admin/")]
    pages.append(editor_of(editor_client, whole))
    assert not any("affiliates-warning" in page for page in pages)


def test_director_who_cannot_be_told_is_named(editor_client, whole):
    whole.director.is_active = False
    whole.director.save()
    assert "There is no director with an active account" in words(editor_client.get(INDEX))


def test_workflow_that_reminds_nobody_is_named(editor_client, whole):
    workflow = Workflow.objects.create(name="Two eyes")
    whole.workflowpage.workflow = workflow
    whole.workflowpage.save()
    assert "the workflow “Two eyes” has no task" in words(editor_client.get(INDEX))


def test_programs_that_are_not_public_are_not_named_in_the_list(editor_client, program):
    program.unpublish()
    assert NOBODY not in words(editor_client.get(INDEX))


def test_results_that_are_fetched_again_repeat_no_warning(editor_client, program):
    assert NOBODY not in words(editor_client.get(f"{INDEX}results/"))


def test_people_who_do_not_look_after_applications_are_not_bothered(client, program):
    client.force_login(UserFactory(groups=["Editors"]))
    assert NOBODY not in words(client.get("/admin/"))


# Reviews that were stopped


@pytest.mark.parametrize("url", [INDEX, "/admin/"])
def test_stopped_review_is_named_where_people_look(editor_client, stopped, url):
    page = words(editor_client.get(url))
    assert "Reviews that were stopped without a decision" in page
    assert f'<a href="{reverse("affiliates_application:inspect", args=[stopped.pk])}">' in page


def test_list_says_stopped_instead_of_submitted(editor_client, stopped):
    assert "Review stopped" in words(editor_client.get(INDEX))


def test_stopped_review_is_started_again_by_a_button(editor_client, stopped):
    page = inspected(editor_client, stopped)
    assert START_AGAIN in page
    assert f'action="{reverse("affiliates_application:restart", args=[stopped.pk])}"' in page
    response = restart(editor_client, stopped)
    assert told(response) == ["The review was started again. Its reviewers have been told."]
    assert now_of(stopped).state == ApplicationState.IN_REVIEW
    assert START_AGAIN not in inspected(editor_client, stopped)
    assert "stopped without a decision" not in words(editor_client.get(INDEX))


def test_stopped_review_is_named_beside_its_page(client, whole, stopped, admin_client):
    page = editor_of(admin_client, stopped.affiliate)
    assert "The review was stopped without a decision." in page


def test_reviewer_of_the_program_may_start_it_again(client, whole, stopped):
    client.force_login(reviewer(whole))
    restart(client, stopped)
    assert now_of(stopped).state == ApplicationState.IN_REVIEW


def test_who_may_only_look_cannot_start_it(client, stopped):
    permissions = ["wagtailadmin.access_admin", "affiliates.view_application"]
    client.force_login(UserFactory(permissions=permissions))
    assert START_AGAIN not in inspected(client, stopped)
    assert restart(client, stopped).status_code == 302
    assert now_of(stopped).state == ApplicationState.SUBMITTED


def test_looking_at_the_address_of_the_button_starts_nothing(editor_client, stopped):
    url = reverse("affiliates_application:restart", args=[stopped.pk])
    assert editor_client.get(url).status_code == 405
    assert now_of(stopped).state == ApplicationState.SUBMITTED


def test_pressing_it_twice_says_that_it_runs(editor_client, stopped):
    restart(editor_client, stopped)
    assert told(restart(editor_client, stopped))[-1].startswith("Nothing was changed")


def test_application_that_waits_for_its_first_review_has_no_such_button(editor_client, program):
    assert START_AGAIN not in inspected(editor_client, ApplicationFactory(program=program))


def test_list_with_warnings_costs_as_many_queries_for_three_as_for_one(
    editor_client, stopped, whole, django_assert_max_num_queries, admin_user
):
    editor_client.get(INDEX)
    with django_assert_max_num_queries(40) as before:
        editor_client.get(INDEX)
    for _ in range(2):
        application = under_review(whole)
        now_of(application).affiliate.current_workflow_state.cancel(user=admin_user)
    with django_assert_max_num_queries(len(before)):
        editor_client.get(INDEX)
