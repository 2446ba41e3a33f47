"""The admin's views of reviews that are ours, in Chromium, on a phone and on a desk."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.e2e.looking import look_at_admin as look
from tests.e2e.test_application_journey import sign_in
from tests.factories.reviews import now_of, request_changes, reviewer, under_review, with_reviewers
from tests.factories.users import UserFactory

pytestmark = pytest.mark.e2e

BULK = ["decline_spam", "assign", "export"]


@pytest.fixture
def program(site_of_the_tests, demo_program):
    return with_reviewers(demo_program)


@pytest.fixture
def late(program):
    """A review that is late, since nobody decided for two weeks."""
    return under_review(program, now=timezone.now() - timedelta(days=14), name="Late Parents")


@pytest.fixture
def root_tab(new_tab, program):
    UserFactory(username="root", is_superuser=True, groups=[program.review_group.name])
    tab = new_tab(width=360)
    sign_in(tab, "root")
    return tab


def test_first_page_shows_what_is_late(root_tab, late):
    root_tab.goto("/admin/")
    # The rest of the page is Wagtail's.
    for part in ("#awaiting-review-section", "#late-reviews-section"):
        look(root_tab, "dashboard", within=part)


def test_report_of_open_reviews(root_tab, late):
    root_tab.goto(reverse("workflows_open_reviews"))
    expect(root_tab.get_by_text("Late Parents").first).to_be_visible()
    look(root_tab, "report")


def test_application_under_review_in_the_editor(root_tab, program, late):
    request_changes(late, reviewer(program, username="robin"))
    root_tab.goto(reverse("wagtailadmin_pages:edit", args=[late.affiliate_id]) + "#tab-application")
    root_tab.get_by_role("tab", name="Application").click()
    look(root_tab, "application-tab", within="#tab-application")


def test_numbers_of_the_program_and_what_they_would_do(root_tab, program, late):
    root_tab.goto(reverse("wagtailadmin_pages:edit", args=[program.pk]) + "#tab-policy")
    root_tab.get_by_role("tab", name="Policy").click()
    look(root_tab, "policy-tab", within="#tab-policy")
    with root_tab.context.expect_page() as opened:
        root_tab.get_by_role("button", name="90 days").click()
    ahead = opened.value
    ahead.get_by_role("heading", level=1).wait_for()
    expect(ahead.get_by_text("Late Parents").first).to_be_visible()
    look(ahead, "look-ahead")


def test_bulk_actions_ask_before_they_act(root_tab, late):
    for action in BULK:
        address = reverse("wagtail_bulk_action", args=["affiliates", "application", action])
        root_tab.goto(f"{address}?next=/admin/&id={late.pk}")
        expect(root_tab.get_by_text("Late Parents").first).to_be_visible()
        look(root_tab, f"bulk-{action}")


def test_application_whose_review_was_stopped(root_tab, late):
    late.affiliate.current_workflow_state.cancel(user=None)
    stopped = now_of(late)
    root_tab.goto(reverse("affiliates_application:inspect", args=[stopped.pk]))
    expect(root_tab.get_by_role("button", name="Start the review again")).to_be_visible()
    look(root_tab, "stopped")


def test_list_offers_what_can_be_done_with_many(root_tab, late):
    root_tab.goto(reverse("affiliates_application:index"))
    root_tab.get_by_role("checkbox", name="Select").nth(1).check(force=True)
    look(root_tab, "list")
