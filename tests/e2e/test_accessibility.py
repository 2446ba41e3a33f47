"""What anybody must be able to do on the public pages, whatever they see, hear or use."""

import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

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


def findings(tab, *, within: str | None = None) -> str:
    """What axe objects to, on the page or in a part of it (a selector); empty if nothing."""
    tab.wait_for_load_state()
    results = Axe().run(tab, context=within, options={"runOnly": {"type": "tag", "values": RULES}})
    return results.generate_report() if results.violations_count else ""


def scrolls_sideways(tab) -> bool:
    return tab.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_on_a_public_page(new_tab, address, name, width, color_scheme):
    tab = new_tab(width=width, color_scheme=color_scheme)
    tab.goto(address(name))
    assert findings(tab) == ""


@pytest.mark.parametrize("name", PAGES)
def test_page_at_320_pixels_does_not_scroll_sideways(new_tab, address, name):
    tab = new_tab(width=320)
    tab.goto(address(name))
    assert not scrolls_sideways(tab)


@pytest.mark.parametrize("name", PAGES)
def test_page_has_one_main_heading_and_one_main_landmark(tab, address, name):
    tab.goto(address(name))
    expect(tab.locator("h1")).to_have_count(1)
    expect(tab.get_by_role("main")).to_have_count(1)
    assert tab.title()


@pytest.mark.parametrize("name", PAGES)
def test_page_asks_nobody_else_for_anything_and_stays_small(tab, address, live_server, name):
    """No request leaves the site, no policy is broken, and all of it is below 100 kB."""
    hosts, sizes, complaints = set(), [], []
    tab.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    tab.on("response", lambda response: sizes.append(len(response.body())))
    tab.on("console", lambda message: complaints.append(message.text))
    tab.goto(address(name), wait_until="networkidle")
    assert hosts == {urlsplit(live_server.url).netloc}
    assert sum(sizes) < 100_000
    assert not [text for text in complaints if "Content Security Policy" in text]


@pytest.mark.parametrize("name", PAGES)
def test_everything_to_press_is_large_enough(new_tab, address, name):
    """WCAG 2.2, 2.5.8: at least 24 by 24 pixels, links within sentences aside."""
    tab = new_tab(width=360)
    tab.goto(address(name))
    small = tab.evaluate(
        """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), select")]
            .filter(item => item.checkVisibility() && getComputedStyle(item).display !== "inline")
            .filter(item => !item.closest(".skip-link, .form__trap, [aria-hidden]"))
            .map(item => [item.outerHTML.slice(0, 120), item.getBoundingClientRect()])
            .filter(([html, box]) => box.width < 24 || box.height < 24)
            .map(([html]) => html)"""
    )
    assert small == []


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
    assert findings(tab) == ""
    expect(tab.get_by_text("Your group could be the first")).to_be_visible()


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("template", ["400.html", "403.html", "403_csrf.html", "500.html"])
def test_axe_finds_nothing_on_an_error_page(new_tab, demo_program, template, color_scheme):
    """No address leads to these on purpose, so the browser gets what Django would answer."""
    tab = new_tab(width=360, color_scheme=color_scheme)
    tab.route("**/went-wrong/", lambda route: route.fulfill(body=render_to_string(template)))
    tab.goto("/went-wrong/")
    assert findings(tab) == ""


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_form_of_a_closed_program(new_tab, demo_program, color_scheme):
    demo_program.applications_open = False
    demo_program.save()
    tab = new_tab(width=360, color_scheme=color_scheme)
    tab.goto("/join/affiliates/")
    expect(tab.get_by_role("button", name="Send the application")).to_have_count(0)
    assert findings(tab) == ""
