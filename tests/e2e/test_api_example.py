"""The example of the API's guide, in a browser, from another origin than the API's."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import expect

from affiliates.links.tokens import update_url
from affiliates.models import Application, ContactUpdate
from tests.affiliates.api.calls import ROOT
from tests.factories.affiliations import UpdateRequestFactory, affiliation
from tests.factories.updates import sent

pytestmark = pytest.mark.e2e

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "front-end"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        """Nobody reads it."""


@pytest.fixture(scope="module")
def front_end():
    """The example's files, served by another server. Returns its origin."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=EXAMPLE))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def opened(tab, front_end, live_server, settings, demo_program, demo_affiliates):
    settings.AFFILIATES = {"API_ALLOWED_ORIGINS": (front_end,)}
    tab.goto(f"{front_end}/?api={live_server.url}{ROOT}&program={demo_program.slug}")
    expect(tab.get_by_role("button", name="Send")).to_be_visible()
    return tab


def test_directory_is_shown_and_filtered(opened, demo_program):
    expect(opened.get_by_role("heading", level=1)).to_have_text(demo_program.title)
    expect(opened.get_by_role("listitem")).to_have_count(3)
    opened.get_by_label("State or province").first.select_option("Missouri (2)")
    expect(opened.get_by_role("listitem")).to_have_count(2)


def test_application_is_corrected_and_sent(opened, demo_program):
    opened.get_by_role("button", name="Send").click()
    name = opened.get_by_label("Name of your group")
    expect(name).to_have_accessible_description("Please give the name of your group.")
    name.fill("Safer Schools Ohio")
    opened.locator("[id='group.region']").select_option("US-OH")
    opened.locator("[id='group.scope']").select_option("state")
    opened.locator("[id='group.summary']").fill("Parents and teachers.")
    opened.locator("[id='contact.name']").fill("Rosa Diaz")
    opened.locator("[id='contact.email']").fill("rosa@localhost")
    boxes = opened.get_by_role("checkbox")
    for number in range(1, boxes.count()):
        boxes.nth(number).check()
    opened.get_by_role("button", name="Send").click()
    expect(boxes.first).to_have_accessible_description(
        "Please check this box: every affiliate shares this belief."
    )
    expect(opened.locator("[id='contact.email-mistake']")).to_contain_text("example.org")
    expect(opened.locator("[id='group.name-mistake']")).to_have_text("")
    boxes.first.check()
    opened.locator("[id='contact.email']").fill("rosa@saferschools.org")
    opened.get_by_role("button", name="Send").click()
    expect(opened.locator("#outcome")).to_contain_text("Thank you. Your reference is ")
    application = Application.objects.get()
    expect(opened.locator("#outcome")).to_contain_text(application.reference)
    assert application.name == "Safer Schools Ohio"


@pytest.fixture
def asked(demo_program):
    group = affiliation(demo_program, title="Michigan Parents")
    return UpdateRequestFactory(affiliation=group)


@pytest.fixture
def update(opened, asked):
    """The page, opened with the token of the mailed link."""
    token = update_url(asked, asked.affiliation.primary_contact).split("/")[-2]
    opened.goto(f"{opened.url}#{token}")
    opened.reload()
    return opened


def test_update_is_corrected_sent_and_changed(update):
    title = update.get_by_role("heading", name="Michigan Parents: update for Q3 2026")
    expect(title).to_be_visible()
    update.get_by_label("We have news").check()
    send = update.get_by_role("button", name="Send the update")
    outcome = update.locator("#update-outcome")
    send.click()
    expect(outcome).to_contain_text("Please tell us your news in a few words.")
    update.get_by_label("In your own words").fill("We met the school board.")
    send.click()
    expect(outcome).to_contain_text("Thank you. A person reads it by ")
    update.reload()
    expect(update.get_by_label("In your own words")).to_have_value("We met the school board.")
    update.get_by_label("Nothing new this time").check()
    update.get_by_label("In your own words").fill("")
    send.click()
    expect(outcome).to_contain_text("Thank you.")
    assert ContactUpdate.objects.get().kind == "quiet"


def test_update_of_an_older_window_is_kept_until_it_is_sent_again(update, asked):
    expect(update.get_by_label("We need help")).to_be_visible()
    sent(asked.affiliation, "By somebody else.")
    update.get_by_label("We need help").check()
    update.get_by_label("In your own words").fill("Who knows a lawyer?")
    send = update.get_by_role("button", name="Send the update")
    outcome = update.locator("#update-outcome")
    send.click()
    expect(outcome).to_contain_text("The other one says: “By somebody else.”")
    send.click()
    expect(outcome).to_contain_text("Thank you.")
    assert [one.text for one in ContactUpdate.objects.all()] == ["Who knows a lawyer?"]


def test_other_origin_is_kept_out_by_default(tab, front_end, live_server, demo_program):
    tab.goto(f"{front_end}/?api={live_server.url}{ROOT}&program={demo_program.slug}")
    answer = tab.evaluate(
        "url => fetch(url).then(() => 'read', () => 'refused')", f"{live_server.url}{ROOT}programs/"
    )
    assert answer == "refused"
