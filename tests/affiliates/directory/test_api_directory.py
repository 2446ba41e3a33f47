"""The directory in the API: who is in it, in which order, found how, at what cost."""

import gc
import warnings

import pytest
import wagtail_factories
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from affiliates.caching.store import forget_answers
from affiliates.directory.api.affiliates import LOGO
from tests.affiliates.api.calls import get, mistakes, problem
from tests.factories.pages import AffiliatePageFactory, ProgramPageFactory
from tests.standing import stands

MOST_QUERIES = 9
"""Site, restrictions, program, restrictions, pages, links, logos, their pictures, how many."""


@pytest.fixture
def logo(db):
    """Makes pictures. Wagtail leaves the files that it scales open until they are swept up."""

    def make(title="Two hands"):
        image = wagtail_factories.ImageFactory(title=title)
        with warnings.catch_warnings(action="ignore", category=ResourceWarning):
            image.get_rendition(LOGO)
            gc.collect()
        return image

    return make


@stands()
def groups(program):
    """Three groups of a program, and one of another."""
    AffiliatePageFactory(parent=ProgramPageFactory(), title="Elsewhere")
    return [
        AffiliatePageFactory(parent=program, **fields)
        for fields in (
            {"title": "Zebra", "region": "US-MI", "links": {"facebook": "https://facebook.com/z"}},
            {"title": "Apple", "region": "CA-ON", "scope": "provincial"},
            {
                "title": "Lansing Friends",
                "region": "US-MI",
                "scope": "local",
                "locality": "Lansing",
                "summary": "Families who meet.",
            },
        )
    ]


def names(client, program, query=""):
    answer = get(client, f"programs/{program.slug}/affiliates/{query}")
    assert answer.status_code == 200, answer.content
    return [item["name"] for item in answer.json()["items"]]


def test_affiliate_has_what_its_page_shows(client, program):
    page = AffiliatePageFactory(
        parent=program,
        title="EndSaR",
        slug="endsar",
        scope="local",
        locality="Lansing",
        body="<p>Since 2019.</p>",
        affiliated_since="2024-05-01",
        links={"website": "https://www.endsar-mi.org"},
    )
    answer = get(client, f"programs/{program.slug}/affiliates/endsar/").json()
    assert answer == {
        "slug": "endsar",
        "name": "EndSaR",
        "region": "US-MI",
        "region_name": "Michigan",
        "country": "US",
        "scope": "local",
        "locality": "Lansing",
        "summary": "Parents who work for safe schools.",
        "links": [{"network": "website", "url": "https://www.endsar-mi.org"}],
        "logo": None,
        "affiliated_since": "2024-05-01",
        "url": f"http://localhost{page.url}",
        "body": "<p>Since 2019.</p>",
    }


def test_logo_has_address_size_and_words(client, program, logo):
    AffiliatePageFactory(parent=program, logo=logo(), slug="with-logo")
    found = get(client, f"programs/{program.slug}/affiliates/with-logo/").json()["logo"]
    assert found["url"].startswith("http://")
    assert found["alt"] == "Two hands"
    assert found["width"] > 0


def test_directory_is_ordered_by_name(client, program, groups):
    assert names(client, program) == ["Apple", "Lansing Friends", "Zebra"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?region=US-MI", ["Lansing Friends", "Zebra"]),
        ("?scope=local", ["Lansing Friends"]),
        ("?network=facebook", ["Zebra"]),
        ("?q=lansing", ["Lansing Friends"]),
        ("?q=FAMILIES+meet", ["Lansing Friends"]),
        ("?region=US-MI&network=facebook", ["Zebra"]),
        ("?region=US-UT", []),
        ("?region=&scope=&network=&q=", ["Apple", "Lansing Friends", "Zebra"]),
        ("?q=%00", []),
        ("?q=%25", []),
        ("?q=Z" + "%CC%81" * 12, ["Zebra"]),
    ],
)
def test_directory_is_searched(client, program, groups, query, found):
    assert names(client, program, query) == found


def test_pages_of_the_list_join_without_gap_or_repeat(client, program):
    for number in range(5):
        AffiliatePageFactory(parent=program, title="Same name", slug=f"group-{number}")
    whole = get(client, f"programs/{program.slug}/affiliates/").json()
    pieces = [
        get(client, f"programs/{program.slug}/affiliates/?limit=2&offset={offset}").json()
        for offset in (0, 2, 4)
    ]
    assert [item for piece in pieces for item in piece["items"]] == whole["items"]
    assert {piece["count"] for piece in pieces} == {5}


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("limit=1e9", "limit"),
        ("limit=1000000000", "limit"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=", "limit"),
        ("limit=NaN", "limit"),
        ("offset=-1", "offset"),
        ("offset=99999999999999999999999", "offset"),
        ("offset=" + "9" * 5000, "offset"),
        ("region=US-ON", "region"),
        ("region=%00", "region"),
        ("scope=everywhere", "scope"),
        ("network=myspace", "network"),
        ("q=" + "x" * 101, "q"),
    ],
)
def test_bad_filter_is_refused_with_its_place(client, program, query, place):
    response = get(client, f"programs/{program.slug}/affiliates/?{query}")
    assert response.status_code == 422
    assert list(mistakes(response)) == [("query", place)]


def test_all_bad_filters_are_named_at_once(client, program):
    response = get(client, f"programs/{program.slug}/affiliates/?limit=0&region=XX&scope=XX")
    assert set(mistakes(response)) == {("query", name) for name in ("limit", "region", "scope")}


def test_affiliates_that_are_not_public_are_not_there(client, program):
    hidden = AffiliatePageFactory(parent=program, slug="hidden")
    PageViewRestriction.objects.create(page=hidden, restriction_type="login")
    AffiliatePageFactory(parent=program, slug="draft", live=False)
    AffiliatePageFactory(parent=ProgramPageFactory(), slug="elsewhere")
    assert names(client, program) == []
    AffiliatePageFactory(parent=program, slug="shown")
    for slug in ("hidden", "draft", "elsewhere", "%00", "shown%00", "%00shown"):
        response = get(client, f"programs/{program.slug}/affiliates/{slug}/")
        assert problem(response) == "not-found"


def test_regions_are_counted_by_country_and_name(client, program, groups):
    AffiliatePageFactory(parent=program, region="US-AL")
    answer = get(client, f"programs/{program.slug}/regions/").json()
    assert [(item["code"], item["count"]) for item in answer["items"]] == [
        ("US-AL", 1),
        ("US-MI", 2),
        ("CA-ON", 1),
    ]
    assert answer["count"] == 3
    assert answer["items"][2]["name"] == "Ontario"
    assert answer["items"][2]["country_name"] == "Canada"


def queries(client, path):
    get(client, path)
    forget_answers()
    with CaptureQueriesContext(connection) as found:
        assert get(client, path).status_code == 200
    return len(found)


@pytest.mark.parametrize("place", ["affiliates/", "affiliates/?limit=100&q=group", "regions/"])
def test_three_affiliates_ask_as_much_as_one(client, program, logo, place):
    links = {"website": "https://a.example.org", "facebook": "https://facebook.com/abc"}
    path = f"programs/{program.slug}/{place}"
    AffiliatePageFactory(parent=program, links=links, logo=logo())
    with_one = queries(client, path)
    for region in ("US-OH", "US-UT"):
        AffiliatePageFactory(parent=program, links=links, region=region, logo=logo())
    assert queries(client, path) == with_one <= MOST_QUERIES


def test_what_is_kept_costs_no_query(client, program, django_assert_num_queries):
    AffiliatePageFactory(parent=program)
    for path in (f"programs/{program.slug}/affiliates/?limit=100", "programs/"):
        get(client, path)
        with django_assert_num_queries(0):
            assert get(client, path).status_code == 200
