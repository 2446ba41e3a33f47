"""Directories of programs in other countries, and groups without a region."""

import json
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup

from affiliates.directory.queries import search_directory
from tests.affiliates.api.calls import get
from tests.factories.countries import program_in
from tests.factories.pages import AffiliatePageFactory

GROUPS = (
    ("Dublin Friends", "IE-D", "local", "Dublin"),
    ("Cork Parents", "IE-CO", "regional", ""),
    ("All Ireland", "IE", "national", ""),
    ("Luxembourg Parents", "LU", "national", ""),
    ("Evening Circle", "", "online", ""),
)


@pytest.fixture
def listed(db):
    program = program_in(IE="small", LU="none")
    for title, region, scope, locality in GROUPS:
        AffiliatePageFactory(
            parent=program, title=title, region=region, scope=scope, locality=locality
        )
    return program


@pytest.fixture
def long(listed, settings):
    settings.AFFILIATES = {**settings.AFFILIATES, "DIRECTORY_WHOLE": 2}
    return listed


def shown(client, program, query=""):
    return BeautifulSoup(client.get(f"{program.url}{query}").content, "html.parser")


def texts(found):
    return [" ".join(item.get_text(" ").split()) for item in found]


def groups(client, program, query):
    return texts(shown(client, program, query).select(".group__name"))


def test_whole_directory_is_by_country_and_region_with_a_place_for_all(client, listed):
    page = shown(client, listed)
    headings = texts(page.select(".directory h3, .directory h4, .directory h5"))
    assert headings == [
        *("Ireland", "Cork", "Cork Parents", "Dublin", "Dublin Friends"),
        *("All of the country", "All Ireland"),
        *("Luxembourg", "Luxembourg Parents", "Online", "Evening Circle"),
    ]
    levels = [int(item.name[1]) for item in page.select("h1, h2, h3, h4, h5")]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_region_in_the_list_leads_to_its_groups(client, listed):
    page = shown(client, listed)
    links = page.select(".jump .chip")
    assert texts(links) == ["Cork", "Dublin", "All of the country", "Luxembourg", "Online"]
    assert texts(page.select(".jump__country")) == ["Ireland"]
    for link in links:
        assert page.find(id=link["href"].partition("#")[2]), link


def test_countries_without_tiles_have_no_map(client, listed, program):
    assert shown(client, listed).select(".map") == []
    AffiliatePageFactory(parent=program)
    assert len(shown(client, program).select(".map")) == 1


def test_words_are_those_of_the_program(client, listed, long):
    page = shown(client, long)
    assert texts(page.select("label[for=search-region]")) == ["County or country"]
    assert "5 affiliates, listed by county or country." in page.get_text()
    assert "state" not in page.select_one("#search-scope").get_text().lower()


def test_search_by_region_offers_countries_and_their_regions(client, long):
    select = shown(client, long).select_one("#search-region")
    groups = [item["label"] for item in select.select("optgroup")]
    assert groups == ["Ireland", "Luxembourg"]
    assert texts(select.select("option")) == [
        *("All", "Cork (1)", "Dublin (1)", "All of the country (3)", "Luxembourg (1)")
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?region=IE-D", ["Dublin Friends"]),
        ("?region=IE", ["All Ireland", "Cork Parents", "Dublin Friends"]),
        ("?region=IE&scope=national", ["All Ireland"]),
        ("?region=LU", ["Luxembourg Parents"]),
        ("?scope=online", ["Evening Circle"]),
        ("?region=DE", []),
        ("?q=irlande", ["All Ireland"]),
    ],
)
def test_groups_are_found_by_country_region_and_scope(client, long, query, expected):
    assert groups(client, long, query) == expected


def test_chips_of_a_long_directory_lead_to_as_many_groups_as_they_count(client, long):
    for link in shown(client, long).select(".jump .chip"):
        count = int(link.select_one(".chip__count").text.strip("()"))
        assert len(groups(client, long, link["href"].removeprefix(long.url))) == count


def test_group_of_a_country_that_was_taken_away_stays_listed(client, listed):
    AffiliatePageFactory(parent=listed, title="Left over", region="DE-BY", scope="regional")
    headings = texts(shown(client, listed).select(".directory__country, .group__name"))
    assert headings[-4:] == ["Germany", "Left over", "Online", "Evening Circle"]
    assert [page.title for page in search_directory(listed, region="DE")] == ["Left over"]


@pytest.mark.parametrize(
    ("title", "facts", "area"),
    [
        ("Dublin Friends", ["County", "Dublin", "Dublin"], ("Place", "Dublin")),
        ("Cork Parents", ["County", "Cork", "All of Cork"], ("AdministrativeArea", "Cork")),
        ("All Ireland", ["Country", "Ireland", "Ireland as a whole"], ("Country", "Ireland")),
        ("Evening Circle", ["Online"], None),
    ],
)
def test_page_of_a_group_says_where_it_works(client, listed, title, facts, area):
    page = shown(client, listed, f"{title.lower().replace(' ', '-')}/")
    said = [text for text in texts(page.select(".facts dt, .facts dd")) if text != "Where it works"]
    assert [text.replace("County or country", "County") for text in said] == facts
    data = json.loads(page.select_one("script[type='application/ld+json']").string)
    served = data.get("areaServed")
    assert (served and (served["@type"], served["name"])) == area


def test_api_lists_regions_of_all_countries(client, listed):
    items = get(client, f"programs/{listed.slug}/regions/").json()["items"]
    assert [(item["code"], item["country"], item["country_name"]) for item in items] == [
        ("IE-CO", "IE", "Ireland"),
        ("IE-D", "IE", "Ireland"),
        ("IE", "IE", "Ireland"),
        ("LU", "LU", "Luxembourg"),
        ("", "", ""),
    ]


def test_api_says_in_which_countries_a_program_works(client, listed):
    found = get(client, f"programs/{listed.slug}/").json()
    assert found["region_label"] == "County or country"
    assert [(one["code"], len(one["regions"])) for one in found["countries"]] == [
        ("IE", 26),
        ("LU", 0),
    ]
    assert found["countries"][0]["regions"][0] == {"code": "IE-CW", "name": "Carlow"}


def test_api_searches_by_country(client, listed):
    found = get(client, f"programs/{listed.slug}/affiliates/?region=IE").json()
    assert [item["name"] for item in found["items"]] == [
        *("All Ireland", "Cork Parents", "Dublin Friends")
    ]
    online = get(client, f"programs/{listed.slug}/affiliates/?scope=online").json()["items"][0]
    assert (online["region"], online["region_name"], online["country"]) == ("", "", "")


def test_regions_without_a_point_are_in_the_geojson_all_the_same(client, listed):
    features = client.get(f"/join/{listed.slug}/regions.geojson").json()["features"]
    assert {item["id"]: item["geometry"] for item in features} == dict.fromkeys(
        ("IE-CO", "IE-D", "IE", "LU", "")
    )


def test_directory_of_many_countries_costs_no_more_queries(
    client, listed, django_assert_max_num_queries
):
    with django_assert_max_num_queries(60) as before:
        client.get(listed.url, {"once": "1"})
    for number, region in enumerate(("DE-BY", "FR-IDF", "AT")):
        AffiliatePageFactory(parent=listed, title=f"More {number}", region=region, scope="online")
    with django_assert_max_num_queries(len(before)):
        client.get(listed.url, {"once": "2"})
