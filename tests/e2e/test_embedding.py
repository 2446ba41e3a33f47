"""The directory on somebody else's page: in a frame, from another origin."""

import http.server
import threading
from functools import partial

import pytest

from tests.e2e.test_accessibility import findings, scrolls_sideways
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


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_on_the_page_for_frames(
    new_tab, demo_affiliates, settings, width, color_scheme
):
    settings.AFFILIATES = {"DIRECTORY_WHOLE": 1}
    tab = new_tab(width=width, color_scheme=color_scheme)
    tab.goto("/join/affiliates/embed/")
    assert findings(tab) == ""
    assert not scrolls_sideways(tab)


def test_page_for_frames_keeps_to_its_policy(tab, demo_affiliates):
    complaints = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.goto("/join/affiliates/embed/", wait_until="networkidle")
    assert complaints == []


def test_frame_on_a_site_that_is_not_named_stays_empty(
    tab, demo_affiliates, live_server, host_page
):
    tab.goto(host_page(frame(live_server)), wait_until="networkidle")
    assert tab.frame_locator("iframe").get_by_text("Open Doors").count() == 0


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
