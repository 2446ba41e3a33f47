"""The admin's views of affiliates that are ours, in Chromium, on a phone and on a desk."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from affiliates.affiliations.services.notices import notify_staff
from affiliates.core.states import NoticeKind
from tests.e2e.looking import look_at_admin as look
from tests.e2e.test_application_journey import sign_in
from tests.factories.affiliations import UpdateRequestFactory, affiliation
from tests.factories.support import call_for_help
from tests.factories.users import UserFactory

pytestmark = pytest.mark.e2e


@pytest.fixture
def group(site_of_the_tests, demo_program):
    """One that is late, has something to tick off, and needs help."""
    now = timezone.now()
    found = affiliation(demo_program, title="Parents of the Upper Peninsula", alternate=True)
    needs = [{"id": "one", "text": "Guidance by phone or video."}]
    call_for_help(found, now=now, text="We need a speaker for our meeting.", needs=needs)
    UpdateRequestFactory(affiliation=found, due_on=now.date() - timedelta(days=40))
    text = "Mail to Kim (kim@group.example) came back. Please find out the new address."
    notify_staff(affiliation=found, kind=NoticeKind.BOUNCED, text=text, now=now)
    return found


@pytest.fixture
def root_tab(new_tab, group):
    UserFactory(username="root", is_superuser=True)
    tab = new_tab(width=360)
    sign_in(tab, "root")
    return tab


def test_list_of_affiliates(root_tab):
    root_tab.goto(reverse("affiliates_affiliation:index"))
    expect(root_tab.get_by_text("days late").first).to_be_visible()
    look(root_tab, "affiliates")


def test_record_of_an_affiliate(root_tab, group):
    root_tab.goto(reverse("affiliates_affiliation:inspect", args=[group.pk]))
    expect(root_tab.get_by_role("link", name="End the affiliation")).to_be_visible()
    look(root_tab, "affiliate")


def test_actions_ask_before_they_act(root_tab, group):
    for action in ("pause", "end", "send_link", "contact"):
        arguments = [group.pk, "primary"] if action == "contact" else [group.pk]
        root_tab.goto(reverse(f"affiliates_affiliation:{action}", args=arguments))
        look(root_tab, f"affiliate-{action}")


def test_refused_form_says_so(root_tab, group):
    root_tab.goto(reverse("affiliates_affiliation:pause", args=[group.pk]))
    root_tab.get_by_role("button", name="Pause", exact=True).click()
    root_tab.get_by_text("Please write the reason").wait_for()
    look(root_tab, "affiliate-refused")


def test_calls_for_help(root_tab, group):
    root_tab.goto(reverse("affiliates_support:index"))
    look(root_tab, "calls")
    call = group.support_requests.get()
    root_tab.goto(reverse("affiliates_support:inspect", args=[call.pk]))
    look(root_tab, "call")
    root_tab.get_by_label("Your answer").fill("Maria will call you this week.")
    root_tab.get_by_role("button", name="Send the answer").click()
    root_tab.get_by_text("What we answered").wait_for()
    root_tab.reload()  # Without Wagtail's message, which is still fading in.
    look(root_tab, "call-answered")


def test_report_of_standings(root_tab):
    root_tab.goto(reverse("affiliates_standing"))
    look(root_tab, "standing-report")


def test_first_page_says_what_waits(root_tab):
    root_tab.goto("/admin/")
    look(root_tab, "affiliates-waiting", within="#affiliates-waiting")


def test_standing_beside_the_page(root_tab, group):
    root_tab.goto(reverse("wagtailadmin_pages:edit", args=[group.page_id]) + "#tab-affiliation")
    root_tab.get_by_role("tab", name="Affiliation").click()
    look(root_tab, "standing-panel", within="#tab-affiliation")
