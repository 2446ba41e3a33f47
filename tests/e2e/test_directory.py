"""Finding a group in a long directory: by form, map and list, with whatever people use."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.looking import look
from tests.factories.many import add_many

pytestmark = pytest.mark.e2e


@pytest.fixture
def long_directory(demo_program):
    add_many(demo_program, 150)
    return demo_program


def test_axe_finds_nothing_on_a_long_directory(tab, long_directory):
    for query in ("", "?q=calm&region=US-MI", "?region=CA-QC", "?q=nothing-like-it"):
        tab.goto(f"/affiliates/{query}")
        look(tab)


def test_search_without_scripts_leads_to_what_it_found(new_tab, long_directory):
    tab = new_tab(width=360, java_script_enabled=False)
    tab.goto("/affiliates/")
    tab.get_by_label("Name, place or words").fill("CÁLM")
    tab.get_by_label("State or province", exact=True).select_option("US-AL")
    tab.get_by_role("button", name="Search").click()
    expect(tab).to_have_url(re.compile("#results$"))
    results = tab.get_by_role("region", name="groups found")
    expect(results.get_by_role("heading", level=4)).to_have_count(3)
    expect(tab).to_have_title(re.compile("3 groups found"))
    expect(tab.get_by_label("Name, place or words")).to_have_value("CÁLM")


def test_tile_of_the_map_leads_to_its_groups(tab, long_directory):
    tab.goto("/affiliates/")
    tab.locator(".map__link", has_text="QC").click()
    expect(tab.get_by_role("heading", name="Quebec: 2 groups")).to_be_visible()


def test_address_of_a_region_opens_the_list_where_it_stands(tab, long_directory):
    """As old links and the pages of groups have it."""
    tab.goto("/affiliates/#us-mi")
    link = tab.get_by_role("link", name="Michigan (2)", exact=True)
    expect(link).to_be_visible()
    link.click()
    expect(tab.get_by_role("heading", name="Michigan: 2 groups")).to_be_visible()


def test_map_is_seen_in_forced_colors(new_tab, long_directory):
    tab = new_tab(forced_colors="active")
    tab.goto("/affiliates/")
    fill, stroke = tab.locator(".map__link rect").first.evaluate(
        "tile => [getComputedStyle(tile).fill, getComputedStyle(tile).stroke]"
    )
    assert fill != stroke
