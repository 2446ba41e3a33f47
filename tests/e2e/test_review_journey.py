"""From an application to a decision, in Chromium, with a real worker and a real mail server."""

from email import message_from_bytes, policy
from urllib.parse import urlsplit

import pytest
from celery import current_app
from playwright.sync_api import expect

from affiliates.applications.services.submission import START_REVIEWS
from affiliates.models import AffiliatePage, Application
from tests.e2e.looking import look_at_admin
from tests.e2e.test_application_journey import fill_in, link_in, sign_in
from tests.factories.reviews import reviewer, with_reviewers

pytestmark = pytest.mark.e2e

GROUP = "Parents for Safe Schools"
QUESTION = "How many members do you have?"


class Post:
    """What has arrived at the mail server. A worker brings it, woken by whoever queued it."""

    def __init__(self, worker, smtp):
        self.worker, self.smtp = worker, smtp

    def wait_until(self, happened):
        """Follow what the worker writes until something has happened, and return that."""
        while not (found := happened()):
            line = self.worker.stdout.readline()
            assert line, "The worker has ended."
            assert "raised unexpected" not in line, line
        return found

    def look(self, task):
        """As beat does: tell the worker to look for what there is to do."""
        current_app.send_task(task)

    def mail(self, address, subject):
        """The mail to this address with these words in its subject."""
        return self.wait_until(lambda: self._find(address, subject))

    def _find(self, address, subject):
        for received in self.smtp.received:
            message = message_from_bytes(received.message, policy=policy.default)
            if received.recipient == address and subject in message["Subject"]:
                return message.get_body(preferencelist=("plain",)).get_content()
        return None


@pytest.fixture
def post(site_of_the_tests, quiet_wakeup, settings, smtp, worker):
    settings.AFFILIATE_WORKFLOWS = settings.AFFILIATE_WORKFLOWS | {"WAKEUP": True}
    return Post(worker, smtp)


@pytest.fixture
def program(demo_program):
    """A program with two people who review."""
    with_reviewers(demo_program)
    reviewer(demo_program, username="robin")
    reviewer(demo_program, username="kim")
    return demo_program


@pytest.fixture
def applied(program, new_tab, post):
    """A group has applied, and its review runs."""
    tab = new_tab()
    tab.goto("/join/affiliates/")
    fill_in(tab)
    tab.get_by_role("button", name="Send the application").click()
    tab.wait_for_url("**/thanks/")
    post.look(START_REVIEWS)
    return post.wait_until(lambda: Application.objects.filter(state="in_review").first())


def open_review(tab, username):
    """Log in and go to the page that awaits a review, from the first page of the admin."""
    sign_in(tab, username)
    tab.get_by_role("region", name="Awaiting your review").get_by_role("link", name=GROUP).click()


def press(tab, action, text=""):
    """Press a button of the review, and say what its window asks for."""
    tab.get_by_role("button", name="More actions").click()
    tab.get_by_role("button", name=action, exact=True).click()
    if text:
        window = tab.get_by_role("dialog")
        window.get_by_role("textbox").fill(text)
        window.get_by_role("button", name=action).click()
    tab.wait_for_url("**/admin/**")


def test_group_is_asked_answers_and_becomes_an_affiliate(new_tab, applied, post):
    robin = new_tab()
    open_review(robin, "robin")
    robin.get_by_role("tab", name="Application").click()
    expect(robin.get_by_role("tabpanel", name="Application")).to_contain_text("jordan@example.net")
    press(robin, "Request changes", QUESTION)

    mail = post.mail("jordan@example.net", "question")
    assert QUESTION in mail
    group = new_tab(width=360)
    group.goto(link_in(mail))
    expect(group.get_by_role("main")).to_contain_text(QUESTION)
    group.get_by_role("textbox", name="Your answer").fill("Forty, in three towns.")
    group.get_by_role("button", name="Send the answer").click()
    expect(group.get_by_role("status")).to_contain_text("Your answer is in")

    kim = new_tab()
    open_review(kim, "kim")
    kim.get_by_role("tab", name="Application").click()
    told = kim.get_by_role("tabpanel", name="Application").inner_text()
    assert QUESTION in told
    assert "Forty, in three towns." in told
    press(kim, "Approve and Publish")

    welcome = post.mail("jordan@example.net", "Welcome")
    group.reload()
    group.get_by_role("link", name=GROUP).click()
    expect(group.get_by_role("heading", level=1)).to_have_text(GROUP)
    assert urlsplit(group.url).path in welcome
    group.goto("/affiliates/")
    ohio = group.get_by_role("region", name="Ohio")
    expect(ohio.get_by_role("link", name=GROUP, exact=True)).to_be_visible()


def test_axe_finds_nothing_on_what_reviewers_see_of_an_application(tab, applied):
    open_review(tab, "robin")
    tab.get_by_role("tab", name="Application").click()
    # Our part of the editor. Of the rest axe finds what Wagtail has to mend.
    look_at_admin(tab, within="[role=tabpanel]:not([hidden])")


def test_group_that_is_declined_reads_why_and_its_draft_page_is_gone(new_tab, applied, post):
    robin = new_tab()
    open_review(robin, "robin")
    press(robin, "Decline", "There is a group in your town already.")

    mail = post.mail("jordan@example.net", "decision")
    assert "There is a group in your town already." in mail
    assert "/join/affiliates/" in mail
    assert not AffiliatePage.objects.exists()
    group = new_tab(width=360)
    group.goto(link_in(post.mail("jordan@example.net", "We have your application")))
    expect(group.get_by_role("main")).to_contain_text("There is a group in your town already.")
    expect(group.get_by_role("link", name="Apply again")).to_be_visible()
