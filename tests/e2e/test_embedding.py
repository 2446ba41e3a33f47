"""The directory on somebody else's page: in a frame, and by the script, from another origin."""

import http.server
import threading
from functools import partial
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import expect

from tests.e2e.looking import findings, look
from tests.factories.many import add_many

pytestmark = pytest.mark.e2e


class HostPage(http.server.BaseHTTPRequestHandler):
    """A site of somebody else, on a port of its own: another origin."""

    def __init__(self, body, *args):
        self.body = body
        super().__init__(*args)

    def do_GET(self):  # the server calls it so
        page = (
            '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Host</title></head>'
            f"<body><main><h1>Host</h1>{self.body}</main></body></html>"
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *args):
        """Not into the tests' output."""


@pytest.fixture
def host_page():
    """Serves a page with that body; its address."""
    servers = []

    def serve(body):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(HostPage, body))
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}/"

    yield serve
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


def frame(live_server):
    return f'<iframe src="{live_server.url}/join/affiliates/embed/" title="Groups"></iframe>'


def element(live_server, attributes=""):
    source = f"{live_server.url}/api/affiliates/v1/programs/affiliates/affiliates/"
    return (
        f'<affiliate-directory src="{source}" {attributes}>'
        f'<a href="{live_server.url}/affiliates/">All groups</a></affiliate-directory>'
        f'<script src="{live_server.url}/static/affiliates/directory/embed.js" defer></script>'
    )


def test_axe_finds_nothing_on_the_page_for_frames(tab, demo_affiliates, settings):
    settings.AFFILIATES = {"DIRECTORY_WHOLE": 1}
    tab.goto("/join/affiliates/embed/")
    look(tab)


def test_page_for_frames_keeps_to_its_policy(tab, demo_affiliates):
    complaints = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.goto("/join/affiliates/embed/", wait_until="networkidle")
    assert complaints == []


def test_frame_on_a_site_that_is_not_named_stays_empty(
    tab, demo_affiliates, live_server, host_page
):
    tab.goto(host_page(frame(live_server)), wait_until="networkidle")
    expect(tab.frame_locator("iframe").get_by_text("Open Doors")).to_have_count(0)


def test_frame_shows_the_directory_and_its_links_lead_out(
    tab, demo_affiliates, live_server, settings, host_page
):
    settings.AFFILIATES = {"EMBED_ANCESTORS": ("http://127.0.0.1:*",)}
    tab.goto(host_page(frame(live_server)))
    tab.frame_locator("iframe").get_by_role("link", name="Open Doors").click()
    tab.wait_for_url(f"{live_server.url}/affiliates/open-doors/")


def test_search_within_the_frame_stays_in_it(tab, demo_program, live_server, settings, host_page):
    add_many(demo_program, 50)
    settings.AFFILIATES = {"EMBED_ANCESTORS": ("http://127.0.0.1:*",)}
    url = host_page(frame(live_server))
    tab.goto(url)
    inside = tab.frame_locator("iframe")
    inside.get_by_label("Name, place or words").fill("calm")
    inside.get_by_role("button", name="Search").click()
    inside.get_by_text("groups found").wait_for()
    inside.get_by_role("link", name="Next page").click()
    inside.get_by_text("Page 2 of 3").wait_for()
    assert tab.url == url


@pytest.fixture
def shared_api(settings):
    settings.AFFILIATES = {"API_ALLOWED_ORIGINS": ("*",)}


def test_script_lists_the_groups_with_their_links(
    tab, demo_affiliates, live_server, shared_api, host_page
):
    tab.goto(host_page(element(live_server)))
    groups = tab.get_by_role("main").get_by_role("list").first.locator("> li")
    groups.first.wait_for()
    expect(groups).to_have_count(3)
    expect(tab.get_by_role("status")).to_have_text("3 groups")
    expect(tab.get_by_text("Missouri · Columbia")).to_be_visible()
    expect(tab.get_by_role("link", name="All groups")).to_have_count(0)
    link = tab.get_by_role("link", name="Website – Missouri Parents")
    assert link.get_attribute("href") == "https://example.org"
    page = tab.get_by_role("link", name="Open Doors").get_attribute("href")
    assert page == demo_affiliates[2].full_url
    assert findings(tab) == ""


def test_script_narrows_by_attributes_and_follows_their_change(
    tab, demo_affiliates, live_server, shared_api, host_page
):
    tab.goto(host_page(element(live_server, 'region="CA-ON" label-one="One group near you"')))
    tab.get_by_text("One group near you").wait_for()
    tab.locator("affiliate-directory").evaluate("it => it.setAttribute('region', 'US-MO')")
    tab.get_by_text("2 groups").wait_for()


def test_script_shows_more_groups_and_moves_the_focus_to_the_first_of_them(
    tab, demo_program, live_server, shared_api, host_page
):
    add_many(demo_program, 60)
    tab.goto(host_page(element(live_server)))
    more = tab.get_by_role("button", name="Show more groups")
    more.click()
    more.wait_for(state="detached")
    expect(tab.locator("affiliate-directory li.group")).to_have_count(60)
    focused = tab.evaluate(
        "document.querySelector('affiliate-directory').shadowRoot.activeElement.textContent"
    )
    assert focused == tab.locator("li.group").nth(50).locator(".name").inner_text()


def test_what_stands_inside_stays_where_the_groups_cannot_be_had(
    tab, demo_affiliates, live_server, settings, host_page
):
    settings.AFFILIATES = {"API_ALLOWED_ORIGINS": ("https://other.example.org",)}
    tab.goto(host_page(element(live_server)), wait_until="networkidle")
    expect(tab.get_by_role("link", name="All groups")).to_be_visible()


def test_what_stands_inside_is_there_without_scripts(
    new_tab, demo_affiliates, live_server, host_page
):
    tab = new_tab(java_script_enabled=False)
    tab.goto(host_page(element(live_server)))
    expect(tab.get_by_role("link", name="All groups")).to_be_visible()


def test_host_page_sets_colors(tab, demo_affiliates, live_server, shared_api, host_page):
    style = 'style="--affiliates-accent: rgb(1, 2, 3)"'
    tab.goto(host_page(element(live_server, style)))
    link = tab.get_by_role("link", name="Open Doors")
    assert link.evaluate("it => getComputedStyle(it).color") == "rgb(1, 2, 3)"


def test_script_stays_small():
    assert len(Path(finders.find("affiliates/directory/embed.js")).read_bytes()) < 6_000
