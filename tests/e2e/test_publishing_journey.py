"""News of a group, from its sending to the public, in Chromium; and how its pages read for all."""

import feedparser
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from affiliates.models import ContactUpdate
from affiliates.updates.services.moderation import check_texts, start_waiting_moderations
from tests.e2e.looking import look, look_at_admin
from tests.e2e.test_application_journey import sign_in
from tests.factories.affiliations import affiliation
from tests.factories.reviews import reviewer, with_reviewers
from tests.factories.updates import published, sent

pytestmark = pytest.mark.e2e

TEXT = "We met the school board. Our son Marcus spoke.\n\nRead more: https://example.org/minutes"


@pytest.fixture
def group(demo_program, site_of_the_tests):
    return affiliation(with_reviewers(demo_program), title="Michigan Parents")


@pytest.fixture
def update(group):
    news = sent(group, TEXT)
    check_texts(now=timezone.now())
    start_waiting_moderations(now=timezone.now())
    return news


@pytest.fixture
def rob(group):
    return reviewer(group.program, username="robin")


def approve(tab):
    tab.get_by_role("button", name="More actions").click()
    tab.get_by_role("button", name="Approve and Publish", exact=True).click()


def test_news_that_a_reviewer_approves_stand_everywhere(tab, client, group, update, rob):
    sign_in(tab, rob.username)
    tab.goto(f"/admin/affiliates/updates/edit/{update.pk}/")
    expect(tab.get_by_text("This may name a child: “Our son Marcus”.")).to_be_visible()
    tab.get_by_role("textbox", name="Text").fill("We met the school board. A father spoke.")
    tab.get_by_role("textbox", name="Headline").fill("A father before the board")
    approve(tab)
    tab.wait_for_url("**/admin/affiliates/updates/")
    news = ContactUpdate.objects.get()
    assert (news.live, news.text) == (True, "We met the school board. A father spoke.")
    for address in (group.page.url, f"{group.program.url}updates/", group.program.url):
        tab.goto(address)
        expect(tab.get_by_role("link", name="A father before the board")).to_be_visible()
    tab.get_by_role("link", name="A father before the board").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("A father before the board")
    (entry,) = feedparser.parse(client.get(f"{group.program.url}updates/atom/").content).entries
    assert entry.title == "A father before the board"
    assert "Marcus" not in entry.content[0].value


def test_request_for_changes_is_written_in_the_editor(tab, update, rob):
    sign_in(tab, rob.username)
    tab.goto(f"/admin/affiliates/updates/edit/{update.pk}/")
    tab.get_by_role("button", name="More actions").click()
    tab.get_by_role("button", name="Request changes", exact=True).click()
    window = tab.get_by_role("dialog")
    window.get_by_text("The group gets your words by email").wait_for()
    window.get_by_role("textbox").fill("Please leave out the name of your son.")
    window.get_by_role("button", name="Request changes").click()
    tab.wait_for_url("**/admin/affiliates/updates/")
    assert ContactUpdate.objects.get().asked_changes == "Please leave out the name of your son."


def test_axe_finds_nothing_on_the_pages_of_updates(tab, group):
    news = published(group, TEXT, headline="Good news from Lansing")
    other = affiliation(group.program, title="Families of Franklin County", region="US-OH")
    for number in range(11):
        published(other, f"Meeting number {number} went well. {'We talked a lot. ' * 30}")
    root = f"{group.program.url}updates/"
    addresses = {
        "updates": root,
        "update": f"{root}{news.pk}/",
        "by-region": f"{root}?region=US-OH&page=2",
        "affiliate": other.page.url,
        "program": group.program.url,
        "search": "/search/?q=meeting",
    }
    for name, address in addresses.items():
        tab.goto(address)
        look(tab, name)


def test_axe_finds_nothing_in_our_parts_of_the_admin(tab, group, update, rob):
    sent(group, "Please help us to write to the board.", kind="help")
    sign_in(tab, rob.username)
    tab.goto("/admin/affiliates/updates/")
    look_at_admin(tab, "admin-list", within="main")
    tab.goto(f"/admin/affiliates/updates/edit/{update.pk}/")
    tab.wait_for_load_state("networkidle")
    look_at_admin(tab, "admin-edit", within=".affiliates-application")
