"""What anybody must be able to do on the public pages, whatever they see, hear or use."""

import re
from urllib.parse import urlsplit

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import expect

from tests.e2e.looking import look

pytestmark = pytest.mark.e2e

PAGES = {
    "home": "/",
    "program": "/affiliates/",
    "affiliate": "/affiliates/{long}/",
    "affiliate-without-links": "/affiliates/{bare}/",
    "application": "/join/affiliates/",
    "link-renewal": "/join/link/renew/",
    "broken-link": "/join/link/no-such-token/",
    "not-found": "/no-such-page/",
}


@pytest.fixture
def address(demo_affiliates):
    """The address of a public page by its name in PAGES."""
    slugs = {"long": demo_affiliates[0].slug, "bare": demo_affiliates[2].slug}
    return lambda name: PAGES[name].format(**slugs)


@pytest.mark.parametrize("name", PAGES)
def test_public_page_is_for_everybody(new_tab, address, live_server, name):
    """No request leaves the site, no policy is broken, and all of it is below 100 kB."""
    tab = new_tab(width=360)
    hosts, sizes, complaints = set(), [], []
    tab.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    tab.on("response", lambda response: sizes.append(len(response.body())))
    tab.on("console", lambda message: complaints.append(message.text))
    tab.goto(address(name), wait_until="networkidle")
    assert hosts == {urlsplit(live_server.url).netloc}
    assert sum(sizes) < 100_000
    assert not [text for text in complaints if "Content Security Policy" in text]
    expect(tab.locator("h1")).to_have_count(1)
    expect(tab.get_by_role("main")).to_have_count(1)
    assert tab.title()
    assert too_small_to_press(tab) == []
    look(tab, name)


def too_small_to_press(tab):
    """WCAG 2.2, 2.5.8: at least 24 by 24 pixels, links within sentences aside."""
    return tab.evaluate(
        """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), select")]
            .filter(item => item.checkVisibility() && getComputedStyle(item).display !== "inline")
            .filter(item => !item.closest(".skip-link, .form__trap, [aria-hidden]"))
            .map(item => [item.outerHTML.slice(0, 120), item.getBoundingClientRect()])
            .filter(([html, box]) => box.width < 24 || box.height < 24)
            .map(([html]) => html)"""
    )


def test_skip_link_is_first_and_leads_past_the_header(tab, address):
    tab.goto(address("home"))
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "Skip to the content"
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.closest('main') !== null")


def test_focus_is_seen_on_everything_the_keyboard_reaches(tab, address):
    tab.goto(address("program"))
    by_keyboard = ":visible:not([tabindex='-1'])"
    for _ in range(tab.locator(f"a{by_keyboard}, button{by_keyboard}").count()):
        tab.keyboard.press("Tab")
        outline = tab.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"


def test_current_page_is_marked_in_the_menu(tab, address):
    tab.goto(address("program"))
    marked = tab.get_by_role("navigation", name="Main").locator("[aria-current=page]")
    expect(marked).to_have_text("Affiliate groups")


def test_regions_jump_list_leads_to_the_region(new_tab, address):
    tab = new_tab(java_script_enabled=False)
    tab.goto(address("program"))
    tab.get_by_role("link", name="Ontario").click()
    expect(tab.get_by_role("region", name="Ontario").get_by_text("Open Doors")).to_be_visible()
    expect(tab).to_have_url(re.compile("#ca-on$"))


def test_empty_program_is_as_accessible_as_a_full_one(tab, demo_program):
    tab.goto("/affiliates/")
    look(tab)
    expect(tab.get_by_text("Your group could be the first")).to_be_visible()


def test_axe_finds_nothing_on_an_error_page(tab, demo_program):
    """No address leads to these on purpose, so the browser gets what Django would answer."""
    tab.route("**/*.html", lambda route: route.fulfill(body=render_to_string(name)))
    ours = ("affiliates/core/not_ours.html", "affiliates/links/left.html")
    for name in ("400.html", "403.html", "403_csrf.html", "429.html", "500.html", *ours):
        tab.goto(f"/{name}")
        look(tab, name.replace("/", "-"))


def test_axe_finds_nothing_on_the_form_of_a_closed_program(tab, demo_program):
    demo_program.applications_open = False
    demo_program.save()
    tab.goto("/join/affiliates/")
    expect(tab.get_by_role("button", name="Send the application")).to_have_count(0)
    look(tab)
