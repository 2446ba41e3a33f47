"""An affiliate's contact at its own page, on a phone's screen, and the reviewer who approves."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from affiliates.links.tokens import affiliate_url
from affiliates.models import AffiliatePage, Affiliation, ContactUpdate, SupportRequest
from tests.e2e.looking import findings, look
from tests.e2e.test_application_journey import link_in, sign_in
from tests.e2e.test_review_journey import post, press  # noqa: F401 (a fixture)
from tests.factories.affiliations import UpdateRequestFactory
from tests.factories.profile_changes import act, under_review
from tests.factories.users import UserFactory

pytestmark = pytest.mark.e2e

SUMMARY = "Parents and teachers of all Missouri."


@pytest.fixture
def long_history(boone):
    """Something of everything that the page can show."""
    now = timezone.now()
    UpdateRequestFactory(affiliation=boone)
    for kind in ("news", "help", "quiet"):
        ContactUpdate.objects.create(
            affiliation=boone, kind=kind, text="We met the board.", sent_at=now, live=False
        )
    SupportRequest.objects.create(
        affiliation=boone, text="We need a lawyer.", opened_at=now, due_on=now.date()
    )
    return boone


def test_contact_asks_for_a_link_and_tells_news(new_tab, boone, post):  # noqa: F811
    phone = new_tab(width=360, java_script_enabled=False)
    phone.goto("/affiliates/")
    phone.get_by_role("link", name="Get a link to your group’s page").click()
    phone.get_by_label("Email").fill("jo@example.net")
    phone.get_by_role("button", name="Send me a new link").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Please check your email")

    phone.goto(link_in(post.mail("jo@example.net", "Your link")))
    expect(phone.get_by_role("heading", level=1)).to_have_text(boone.name)
    assert "affiliate~" not in phone.url
    phone.get_by_role("link", name="Tell us something").click()
    phone.get_by_label("We have news").check()
    phone.get_by_label("In your own words").fill("We met the board.")
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Thank you")
    assert ContactUpdate.objects.get().affiliation == boone


def test_proposed_change_is_approved_in_wagtail_and_becomes_public(new_tab, boone, post):  # noqa: F811
    phone = new_tab(width=360, java_script_enabled=False)
    phone.goto(affiliate_url(boone, boone.primary_contact))
    phone.get_by_role("link", name="Propose a change").click()
    phone.get_by_label("In short").fill(SUMMARY)
    phone.get_by_label("Facebook").fill("@boonefamilies")
    phone.get_by_role("button", name="Send the proposal").click()
    expect(phone.get_by_role("status")).to_contain_text("Your proposal is in.")
    post.wait_until(lambda: boone.profile_changes.exclude(put_at=None).first())

    robin = new_tab()
    sign_in(robin, "robin")
    waiting = robin.get_by_role("region", name="Awaiting your review")
    waiting.get_by_role("link", name=boone.name).click()
    panel = robin.get_by_role("region", name="The group proposes a change to this page")
    expect(panel).to_contain_text(SUMMARY)
    expect(panel).to_contain_text("https://www.facebook.com/boonefamilies")
    assert findings(robin, within=".affiliates-change") == ""
    press(robin, "Approve and Publish")

    mail = post.mail("jo@example.net", "Your change is public")
    assert "- In short" in mail
    public = AffiliatePage.objects.get(pk=boone.page_id).url
    assert public in mail
    phone.goto(public)
    expect(phone.get_by_role("main")).to_contain_text(SUMMARY)


def test_robot_that_opens_the_link_and_runs_scripts_changes_nothing(
    new_tab, site_of_the_tests, long_history
):
    def everything():
        boone = Affiliation.objects.filter(pk=long_history.pk)
        rows = (long_history.contacts, long_history.update_requests, long_history.updates)
        return [list(boone.values()), *(list(found.values()) for found in rows)]

    before = everything()
    for _ in range(3):
        robot = new_tab()
        robot.goto(affiliate_url(long_history, long_history.primary_contact))
        robot.wait_for_load_state("networkidle")
        robot.goto(f"/join/affiliate/{long_history.reference}/profile/")
    assert everything() == before
    assert not long_history.profile_changes.exists()


def test_axe_finds_nothing_on_what_a_contact_sees(tab, site_of_the_tests, long_history):
    boone = long_history
    tab.goto("/join/affiliate/link/")
    look(tab)
    tab.get_by_role("button", name="Send me a new link").click()
    expect(tab.get_by_role("alert")).to_be_focused()
    look(tab)
    tab.goto(f"/join/affiliate/{boone.reference}/")
    look(tab)
    under_review(boone, summary=SUMMARY)
    act(boone, UserFactory(is_superuser=True), "reject", "Who are you?")
    tab.goto(affiliate_url(boone, boone.primary_contact))
    look(tab)
    tab.get_by_role("link", name="Change what you proposed").click()
    expect(tab.get_by_label("In short")).to_be_visible()
    look(tab)
    tab.get_by_label("In short").fill("")
    tab.get_by_role("button", name="Send the proposal").click()
    expect(tab.get_by_role("alert")).to_be_focused()
    look(tab)
