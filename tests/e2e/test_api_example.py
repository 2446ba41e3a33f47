"""The example of the API's guide, in a browser, from another origin than the API's."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import expect

from affiliates.models import Application
from tests.affiliates.api.calls import ROOT

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
        "Please tick this belief. Every affiliate shares it."
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


def test_other_origin_is_kept_out_by_default(tab, front_end, live_server, demo_program):
    tab.goto(f"{front_end}/?api={live_server.url}{ROOT}&program={demo_program.slug}")
    answer = tab.evaluate(
        "url => fetch(url).then(() => 'read', () => 'refused')", f"{live_server.url}{ROOT}programs/"
    )
    assert answer == "refused"
