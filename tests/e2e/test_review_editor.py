"""Deciding, taking and assigning in Wagtail's editor, in Chromium."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.e2e.looking import look_at_admin as look
from tests.e2e.test_application_journey import sign_in
from tests.workflows.reviews.reviewed import (
    act,
    fresh,
    may_publish,
    notice,
    page,
    person,
    review_task,
    submit,
    workflow_of,
)
from workflows.models import ReviewTaskState

pytestmark = pytest.mark.e2e


@pytest.fixture
def ann(site_of_the_tests, home):
    return person("ann", "Checkers")


@pytest.fixture
def ben(site_of_the_tests, home):
    return person("ben", "Checkers")


@pytest.fixture
def workflow(ann, ben):
    may_publish("Checkers")
    return workflow_of(review_task())


def open_editor(tab, thing):
    sign_in(tab, "ann")
    if hasattr(thing, "url_path"):
        tab.goto(reverse("wagtailadmin_pages:edit", args=[thing.pk]))
    else:
        tab.goto(reverse(thing.snippet_viewset.get_url_name("edit"), args=[thing.pk]))


def choose(tab, action):
    tab.get_by_role("button", name="More actions").click()
    tab.get_by_role("button", name=action, exact=True).click()
    return tab.get_by_role("dialog")


def look_at_window(tab, name):
    """Once it has faded in: until then its colours are those of what is behind it, too."""
    expect(tab.locator(".modal")).to_have_css("opacity", "1")
    look(tab, name, within=".modal-body")


@pytest.mark.parametrize("make", [notice, page])
def test_decline_asks_for_a_reason_and_keeps_what_is_typed(new_tab, workflow, make):
    thing = make()
    submit(thing)
    tab = new_tab(width=360)
    open_editor(tab, thing)
    tab.get_by_role("button", name="More actions").click()
    tab.get_by_role("button", name="Decline", exact=True).click()
    window = tab.get_by_role("dialog")
    window.get_by_role("button", name="Decline").click()
    window.get_by_text("Please write your reason.").wait_for()
    look_at_window(tab, f"decline-{make.__name__}")
    window.get_by_role("textbox").fill("We said so last week.")
    window.get_by_role("button", name="Decline").click()
    tab.wait_for_url(lambda url: "/edit/" not in url)
    assert ReviewTaskState.objects.get().comment == "We said so last week."
    assert not fresh(thing).live


@pytest.mark.parametrize("action", ["Approve and Publish", "Request changes"])
def test_second_reviewer_reads_who_was_faster(new_tab, workflow, ben, action):
    thing = page()
    submit(thing)
    tab = new_tab(width=360)
    open_editor(tab, thing)
    act(thing, ben, "decline", "No.")
    window = choose(tab, action)
    window.get_by_text("This review is over: Ben Lee declined").wait_for()
    look_at_window(tab, "too-late")
    assert not fresh(thing).live


def test_review_is_assigned_to_a_colleague(new_tab, workflow, ben):
    thing = page()
    state = submit(thing)
    tab = new_tab(width=360)
    open_editor(tab, thing)
    tab.get_by_role("link", name="Take or assign").first.click()
    tab.get_by_label("Who decides?").wait_for()
    look(tab, "assign")
    tab.get_by_label("Who decides?").select_option("Ben Lee")
    tab.get_by_role("button", name="Assign", exact=True).click()
    tab.get_by_text("This review is assigned to Ben Lee now.").wait_for()
    state.refresh_from_db()
    assert state.assigned_to == ben


def test_form_of_the_task_is_accessible(tab, workflow):
    person("root", is_superuser=True)
    sign_in(tab, "root")
    tab.goto(reverse("wagtailadmin_workflows:add_task", args=["affiliate_workflows", "reviewtask"]))
    look(tab, "task")
