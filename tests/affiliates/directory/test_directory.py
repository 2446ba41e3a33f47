"""The directory of affiliates on the public page of their program."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction

from affiliates.core.states import AffiliationState
from affiliates.directory.queries import directory
from affiliates.models import Affiliation
from tests.factories.affiliations import UpdateRequestFactory, affiliation
from tests.factories.pages import AffiliatePageFactory, ProgramPageFactory


def listed(program):
    return [
        (country.name, region.name, [page.title for page in region.affiliates])
        for country in directory(program)
        for region in country.regions
    ]


def test_directory_is_ordered_by_country_region_and_name(program):
    for title, region in [
        ("zebra", "US-MI"),
        ("Apple", "US-MI"),
        ("banana", "US-MI"),
        ("North", "CA-YT"),
        ("West", "CA-AB"),
        ("South", "US-AL"),
    ]:
        scope = "provincial" if region.startswith("CA") else "state"
        AffiliatePageFactory(parent=program, title=title, region=region, scope=scope)
    assert listed(program) == [
        ("United States", "Alabama", ["South"]),
        ("United States", "Michigan", ["Apple", "banana", "zebra"]),
        ("Canada", "Alberta", ["West"]),
        ("Canada", "Yukon", ["North"]),
    ]


def test_directory_leaves_out_what_is_not_public(program):
    AffiliatePageFactory(parent=program, title="Seen")
    AffiliatePageFactory(parent=program, title="Draft", live=False)
    affiliation(program, title="Paused", state=AffiliationState.PAUSED)
    affiliation(program, title="Ended", state=AffiliationState.ENDED)
    AffiliatePageFactory(parent=ProgramPageFactory(), title="Of another program")
    private = AffiliatePageFactory(parent=program, title="Private")
    PageViewRestriction.objects.create(page=private, restriction_type="login")
    assert listed(program) == [("United States", "Michigan", ["Seen"])]


@pytest.mark.parametrize("state", [AffiliationState.ACTIVE, AffiliationState.PAUSED])
def test_alias_in_another_program_is_listed_as_long_as_its_group(program, state):
    """It makes the group no affiliate of that program."""
    group = affiliation(program, title="Twice", state=state)
    other = ProgramPageFactory()
    alias = group.page.create_alias(parent=other)
    group.page.save_revision().publish()
    assert alias.live
    expected = [("United States", "Michigan", ["Twice"])] if state == "active" else []
    assert listed(other) == listed(program) == expected
    assert list(Affiliation.objects.all()) == [group]


def test_late_affiliate_stays_listed(program):
    late = affiliation(program, title="Late")
    UpdateRequestFactory(affiliation=late, due_on=timezone.localdate() - timedelta(days=400))
    assert listed(program) == [("United States", "Michigan", ["Late"])]


def test_program_page_shows_affiliates_with_links_and_counts(program, client):
    AffiliatePageFactory(
        parent=program, title="EndSaR", links={"website": "https://www.endsar-mi.org"}
    )
    AffiliatePageFactory(parent=program, title="Families", region="CA-ON", scope="provincial")
    response = client.get(program.url)
    assert response.context["affiliate_count"] == 2
    assert response.context["region_count"] == 2
    assert response.context["apply_url"] == f"/join/{program.slug}/"
    page = response.content.decode()
    for words in (
        "EndSaR",
        "https://www.endsar-mi.org",
        "Ontario",
        "Seclusion should end.",
        "We show the badge.",
        "A louder voice.",
        "Have your links at hand.",
        "program@example.org",
    ):
        assert words in page


def queries_of(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_program_page_with_three_affiliates_asks_as_much_as_with_one(program, client):
    links = {"website": "https://a.example.org", "facebook": "https://facebook.com/abc"}
    AffiliatePageFactory(parent=program, links=links)
    with_one = queries_of(client, program.url)
    AffiliatePageFactory(parent=program, links=links, region="US-OH")
    AffiliatePageFactory(parent=program, links=links, region="CA-ON", scope="provincial")
    assert queries_of(client, program.url) == with_one


def test_affiliate_page_shows_its_group_and_the_way_back(program, client):
    affiliate = AffiliatePageFactory(
        parent=program,
        title="EndSaR",
        scope="local",
        locality="Lansing",
        body="<p>Since 2019.</p>",
        links={"instagram": "https://www.instagram.com/endsar"},
    )
    response = client.get(affiliate.url)
    assert response.context["program"] == program
    assert response.context["region_name"] == "Michigan"
    page = response.content.decode()
    for words in (
        "EndSaR",
        "Parents who work for safe schools.",
        "Lansing",
        "Since 2019.",
        "https://www.instagram.com/endsar",
        "Instagram",
        program.url,
    ):
        assert words in page


def test_affiliate_without_links_names_whom_to_write_to(affiliate, client):
    assert "program@example.org" in client.get(affiliate.url).content.decode()


def test_sitemap_lists_program_and_affiliates_with_their_last_change(program, affiliate, client):
    affiliate.save_revision().publish()
    affiliate.refresh_from_db()
    sitemap = client.get("/sitemap.xml").content.decode()
    assert program.url in sitemap
    entry = sitemap.partition(affiliate.url)[2].partition("</url>")[0]
    assert f"<lastmod>{affiliate.last_published_at:%Y-%m-%d}</lastmod>" in entry
