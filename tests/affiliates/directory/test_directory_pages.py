"""A longer directory on the page of its program: search form, pages, map, and nothing found."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from affiliates.core.regions.coverage import NORTH_AMERICA
from affiliates.directory.region_map import DRAWING, PLACES
from tests.factories.many import add_many
from tests.factories.pages import AffiliatePageFactory


@pytest.fixture
def long_directory(program, settings):
    settings.AFFILIATES = {"DIRECTORY_WHOLE": 2, "DIRECTORY_PAGE": 2}
    for title, region in (
        ("Éclair", "US-OH"),
        ("apple", "US-MI"),
        ("Berry", "US-MI"),
        ("Zebra", "US-MI"),
        ("Date", "US-OH"),
    ):
        AffiliatePageFactory(parent=program, title=title, region=region, body="<p>Fruit</p>")
    return program


def html(client, program, query=""):
    answer = client.get(f"{program.url}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def groups(page):
    return re.findall(r'class="group__name"><a href="[^"]*">([^<]*)<', page)


def test_short_directory_stands_there_as_a_whole_without_a_form(program, client, affiliate):
    page = html(client, program)
    assert groups(page) == [affiliate.title]
    assert 'role="search"' not in page
    assert 'href="#us-mi"' in page.replace(program.url, "")


def test_long_directory_comes_in_pages_that_are_all_reached(long_directory, client):
    page, seen = html(client, long_directory), []
    while True:
        seen += groups(page)
        following = re.search(r'rel="next" href="([^"]*)"', page)
        if not following:
            break
        page = client.get(following[1].replace("&amp;", "&")).content.decode()
    assert seen == ["apple", "Berry", "Date", "Éclair", "Zebra"]


def test_search_says_how_many_it_found_and_keeps_what_was_typed(long_directory, client):
    page = html(client, long_directory, "?q=FRUIT&region=US-MI&scope=state")
    assert "3 groups found" in page.partition("<title>")[2].partition("</title>")[0]
    assert 'value="FRUIT"' in page
    assert '<option value="US-MI" selected>Michigan (3)</option>' in page
    assert "?q=FRUIT&amp;region=US-MI&amp;scope=state&amp;page=2#results" in page
    assert groups(page) == ["apple", "Berry"]


def test_shared_address_of_a_search_works_in_a_short_directory_too(program, client, affiliate):
    page = html(client, program, "?q=michigan")
    assert groups(page) == [affiliate.title]
    assert "Show all groups" in page


def test_search_that_finds_nothing_says_what_to_do(long_directory, client):
    page = html(client, long_directory, "?q=cucumber")
    assert "No group found" in page
    assert "Try fewer or shorter words" in page
    assert long_directory.apply_url in page


@pytest.mark.parametrize(
    "query",
    [
        "?q=%00",
        "?q=%3Csvg%20onload%3Dalert(1)%3E",
        "?q=" + "a" * 5000,
        "?region=XX",
        "?region=%00&scope=%F0%9F%90%A6&network=../..",
        "?page=0",
        "?page=-1",
        "?page=9e99",
        "?page=" + "9" * 5000,
        "?page=%00",
        "?q=a&q=b&page=2&page=3",
        "?unknown=1",
    ],
)
def test_odd_query_is_answered(long_directory, client, query):
    assert "<svg onload" not in html(client, long_directory, query)


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("", ""),
        ("?page=1", ""),
        ("?page=2", "?page=2"),
        ("?page=99", "?page=3"),
        ("?region=US-MI", "?region=US-MI"),
        ("?region=US-MI&page=2&utm_source=x", "?region=US-MI&amp;page=2"),
    ],
)
def test_page_of_the_directory_names_its_one_address(long_directory, client, query, canonical):
    page = html(client, long_directory, query)
    assert f'<link rel="canonical" href="{long_directory.full_url}{canonical}">' in page
    assert "noindex" not in page


@pytest.mark.parametrize("query", ["?q=fruit", "?scope=state", "?region=US-AL", "?region=XX"])
def test_what_one_person_looked_for_is_not_for_search_engines(long_directory, client, query):
    page = html(client, long_directory, query)
    assert '<meta name="robots" content="noindex, follow">' in page
    assert 'rel="canonical"' not in page


def test_map_and_list_lead_to_each_region_with_its_count(long_directory, client):
    page = html(client, long_directory)
    for name, code, count in (("Michigan", "US-MI", 3), ("Ohio", "US-OH", 2)):
        address = f"{long_directory.url}?region={code}#results"
        assert page.count(f'href="{address}"') == 2
        assert f"<title>{name}: {count}</title>" in page
        assert f'{name} <span class="chip__count">({count})</span>' in page


def test_map_has_one_tile_for_each_region():
    assert set(PLACES) == set(NORTH_AMERICA.codes)
    assert len(set(PLACES.values())) == len(NORTH_AMERICA.codes)
    assert len(DRAWING.replace(".", " ").split()) == len(NORTH_AMERICA.codes)
    assert len({len(line.split()) for line in DRAWING.strip().splitlines()}) == 1


def test_empty_directory_is_no_search(program, client):
    assert "Your group could be the first" in html(client, program, "?q=fruit")


@pytest.mark.parametrize("query", ["", "?q=words", "?region=US-MI", "?network=website"])
def test_page_with_three_groups_asks_as_often_as_with_one(program, client, settings, query):
    settings.AFFILIATES = {"DIRECTORY_WHOLE": 0}
    links = {"website": "https://a.example.org"}

    def asked():
        html(client, program, query)
        with CaptureQueriesContext(connection) as queries:
            page = html(client, program, query)
        return len(queries), len(groups(page))

    AffiliatePageFactory(parent=program, summary="Words", links=links)
    with_one, shown = asked()
    assert shown == 1
    for _ in range(2):
        AffiliatePageFactory(parent=program, summary="Words", links=links)
    assert asked() == (with_one, 3)


@pytest.mark.parametrize("number", [500, pytest.param(10_000, marks=pytest.mark.long)])
def test_page_of_a_program_with_very_many_groups_stays_below_100_kb(program, client, number):
    add_many(program, number, links=5)
    page = html(client, program)
    assert len(page.encode()) < 100_000
    assert len(groups(page)) == 20
    assert f"{number} affiliates" in page
    assert len(html(client, program, "?q=calm&page=3").encode()) < 100_000


def test_page_of_a_program_with_as_many_groups_as_stand_there_whole_stays_below_100_kb(
    program, client
):
    add_many(program, 20, links=5)
    page = html(client, program)
    assert 'role="search"' not in page
    assert len(groups(page)) == 20
    assert len(page.encode()) < 100_000
