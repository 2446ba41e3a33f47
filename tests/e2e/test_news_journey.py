"""Unasked news, in Chromium: told, sent back with a wish, changed, approved, and public."""

import feedparser
import pytest
from playwright.sync_api import expect

from affiliates.links.tokens import affiliate_url
from affiliates.models import ContactUpdate
from tests.e2e.looking import look
from tests.e2e.test_application_journey import link_in, sign_in
from tests.e2e.test_review_journey import post, press  # noqa: F401 (a fixture)

pytestmark = pytest.mark.e2e

FIRST = "Our son Marcus told the school board what happened to him."
WISH = "Please leave out the name of your son."
SECOND = "A boy told the school board what happened to him."


def open_waiting_news(tab, boone):
    """Of this group, from the first page of the admin."""
    tab.goto("/admin/")
    waiting = tab.get_by_role("region", name="Awaiting your review")
    waiting.get_by_role("link", name=boone.name).click()
    expect(tab.get_by_role("textbox", name="Headline")).to_be_visible()


def test_unasked_news_are_sent_back_changed_and_published(new_tab, client, boone, post):  # noqa: F811
    phone = new_tab(width=360)
    phone.goto(affiliate_url(boone, boone.primary_contact))
    phone.get_by_role("link", name="Tell us something").click()
    phone.get_by_label("We have news").check()
    phone.get_by_label("In your own words").fill(FIRST)
    phone.get_by_label("You may publish").check()
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you")
    post.look("affiliates.start_moderation")
    post.wait_until(lambda: ContactUpdate.objects.get().current_workflow_state)

    robin = new_tab()
    sign_in(robin, "robin")
    open_waiting_news(robin, boone)
    expect(robin.get_by_text("This may name a child: “Our son Marcus”.")).to_be_visible()
    press(robin, "Request changes", WISH)

    mail = post.mail("jo@example.net", "change")
    assert WISH in mail
    phone.goto(link_in(mail))
    expect(phone.get_by_role("main")).to_contain_text(WISH)
    phone.get_by_role("link", name="Change your news").click()
    expect(phone.get_by_role("main")).to_contain_text(WISH)
    look(phone, "asked-to-change")
    words = phone.get_by_label("In your own words")
    expect(words).to_have_value(FIRST)
    words.fill(SECOND)
    phone.get_by_role("button", name="Send the change").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you")

    open_waiting_news(robin, boone)
    expect(robin.get_by_role("textbox", name="Text")).to_have_value(SECOND)
    robin.get_by_role("textbox", name="Headline").fill("A boy before the board")
    press(robin, "Approve and Publish")

    mail = post.mail("jo@example.net", "website")
    news = ContactUpdate.objects.get()
    assert (news.live, news.text) == (True, SECOND)
    address = f"{boone.program.url}updates/{news.pk}/"
    assert address in mail
    for page in (boone.page.url, f"{boone.program.url}updates/"):
        phone.goto(page)
        expect(phone.get_by_role("link", name="A boy before the board")).to_be_visible()
    phone.goto(address)
    expect(phone.get_by_role("main")).to_contain_text(SECOND)
    (entry,) = feedparser.parse(client.get(f"{boone.program.url}updates/atom/").content).entries
    assert entry.title == "A boy before the board"
    assert "Marcus" not in str(entry)
