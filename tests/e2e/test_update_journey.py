"""From the mail to "thank you": on a phone, by keyboard, with and without scripts."""

import re
from email import message_from_bytes, policy

import pytest
from django.apps import apps
from django.core.management import call_command
from playwright.sync_api import expect

from affiliates.models import Affiliation, Contact, ContactUpdate
from affiliates.updates.mails.asking import UPDATE_ASK, update_requested
from tests.e2e.looking import findings, look
from tests.factories.affiliations import UpdateRequestFactory, affiliation
from workflows.mail.outbox import queue

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("site_of_the_tests")]

TEXT = "We met the school board. They will change the rules."

PAGES = ["", "contact/", "hand-over/", "second-contact/", "reminders/", "saved/?what=hand_over"]


@pytest.fixture
def request_(demo_program):
    group = affiliation(
        demo_program,
        title="Missouri Parents of Kids Subjected to Restraint and Seclusion in School",
        contact__name="Kim Lee",
        contact__email="kim@example.net",
        alternate=True,
        alternate__name="Sam Poe",
    )
    return UpdateRequestFactory(affiliation=group)


@pytest.fixture
def mail(request_, smtp):
    """The mail that asks, as it arrived."""
    queue(*update_requested(request_, UPDATE_ASK, step="ask"), now=request_.opened_at)
    call_command("drain_outbox", verbosity=0)
    (found,) = smtp.received
    return message_from_bytes(found.message, policy=policy.default)


@pytest.fixture
def link(mail):
    text = mail.get_body(preferencelist=("plain",)).get_content()
    return re.search(r"https?://\S+/join/link/\S+", text)[0]


def home(request):
    return f"/join/update/{request.reference}/"


def everything_stored():
    """All rows of all tables, save those that Django keeps for itself."""
    models = (model for model in apps.get_models() if model._meta.managed)
    return {model._meta.label: sorted(map(str, model.objects.values_list())) for model in models}


@pytest.mark.parametrize("java_script_enabled", [True, False], ids=["scripts", "no-scripts"])
def test_quiet_quarter_takes_two_presses_on_a_phone(new_tab, link, request_, java_script_enabled):
    phone = new_tab(width=360, height=740, java_script_enabled=java_script_enabled)
    phone.goto(link)  # The first press: the link in the mail.
    assert "link" not in phone.url
    button = phone.get_by_role("button", name="Nothing new this time")
    assert button.bounding_box()["y"] + button.bounding_box()["height"] <= 740
    button.click()  # The second one.
    phone.wait_for_url("**/thanks/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert ContactUpdate.objects.get().kind == "quiet"


def test_news_with_text_is_sent_and_changed(new_tab, link, demo_program):
    phone = new_tab(width=360)
    phone.goto(link)
    phone.get_by_role("radio", name="We have news").check()
    phone.get_by_role("textbox", name="In your own words").fill(TEXT)
    phone.get_by_role("checkbox", name="Yes, you may publish our news").check()
    phone.get_by_role("button", name="Send the update").click()
    phone.wait_for_url("**/thanks/")
    expect(phone.get_by_role("main")).to_contain_text(TEXT)
    assert findings(phone) == ""

    phone.get_by_role("link", name="Change your answer").click()
    words = phone.get_by_role("textbox", name="In your own words")
    assert words.input_value() == TEXT
    words.fill("All is different now.")
    phone.get_by_role("button", name="Send the change").click()
    phone.wait_for_url("**/thanks/")
    assert ContactUpdate.objects.get().text == "All is different now."


def test_call_for_help_by_keyboard_alone(new_tab, link, demo_program):
    tab = new_tab()
    tab.goto(link)
    tab.get_by_role("radio", name="We have news").focus()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Tab")
    tab.keyboard.type("Who knows a lawyer?")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Space")
    for _ in range(12):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.textContent.trim()") == "Send the update":
            break
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/thanks/")
    update = ContactUpdate.objects.get()
    assert (update.kind, update.text, len(update.needs)) == ("help", "Who knows a lawyer?", 1)


def test_axe_finds_nothing_and_nothing_scrolls_sideways(tab, link, request_):
    tab.goto(link)
    for page in PAGES:
        tab.goto(home(request_) + page)
        look(tab)
        expect(tab.locator("h1")).to_have_count(1)


def test_mistakes_are_summarised_linked_and_focused(new_tab, link):
    tab = new_tab(width=360)
    tab.goto(link)
    tab.get_by_role("radio", name="We need help").check()
    tab.get_by_role("button", name="Send the update").click()
    summary = tab.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link").first.click()
    expect(tab.locator("#id_text")).to_be_focused()
    expect(tab).to_have_title(re.compile("^Error:"))
    assert findings(tab) == ""


def test_contact_hands_over(new_tab, link, request_):
    tab = new_tab(width=360)
    tab.goto(link)
    tab.get_by_role("link", name="Hand over to someone else").click()
    tab.get_by_label("Name").fill("Jo Roe")
    tab.get_by_label("Email").fill("jo@example.net")
    tab.get_by_role("button", name="Hand over").click()
    tab.get_by_text("Both people will get an email from us").wait_for()
    assert Contact.objects.get(role="primary").name == "Jo Roe"
    tab.goto(home(request_))
    tab.get_by_role("heading", name="Please open the link in our email").wait_for()


def test_reminders_are_paused_and_the_pause_is_ended(new_tab, link):
    tab = new_tab(width=360)
    tab.goto(link)
    tab.get_by_role("link", name="Pause our reminders").click()
    tab.get_by_role("radio", name=re.compile("^3 months")).check()
    tab.get_by_role("button", name="Pause reminders").click()
    tab.get_by_text("We will send no reminders before").wait_for()
    assert findings(tab) == ""
    assert Affiliation.objects.get().reminders_paused_until
    tab.get_by_role("link", name="Back to your page").click()
    tab.get_by_role("link", name="Change or end the pause").click()
    expect(tab.get_by_role("button", name="Remind us again")).to_be_visible()
    assert findings(tab) == ""
    tab.get_by_role("button", name="Remind us again").click()
    tab.get_by_text("The pause is over").wait_for()
    assert Affiliation.objects.get().reminders_paused_until is None


def test_button_of_the_mail_program_opens_a_page_that_asks(new_tab, mail):
    tab = new_tab(width=360)
    tab.goto(mail["List-Unsubscribe"].strip().strip("<>"))
    assert findings(tab) == ""
    tab.get_by_role("button", name="Pause reminders").click()
    tab.get_by_role("heading", name="Reminders are paused").wait_for()
    assert findings(tab) == ""
    assert Affiliation.objects.get().reminders_paused_until


def test_scanner_that_loads_pages_and_runs_scripts_changes_nothing(new_tab, mail, link, request_):
    before = everything_stored()
    for _ in range(3):
        robot = new_tab()
        for address in (link, *(home(request_) + page for page in PAGES), home(request_)):
            robot.goto(address, wait_until="networkidle")
        robot.goto(mail["List-Unsubscribe"].strip().strip("<>"), wait_until="networkidle")
    assert everything_stored() == before
