"""What other sites take of a directory: a frame, and points for a map."""

import pytest

from affiliates.core.regions import country_of
from affiliates.core.regions.coverage import NORTH_AMERICA
from affiliates.core.regions.points import POINTS
from tests.factories.many import add_many
from tests.factories.pages import AffiliatePageFactory


def test_directory_stands_in_a_frame_by_itself(program, affiliate, client):
    answer = client.get(f"/join/{program.slug}/embed/")
    page = answer.content.decode()
    assert affiliate.title in page
    assert f'href="{program.url}"' in page
    assert '<base target="_top">' in page
    assert "<script" not in page
    assert not answer.cookies
    assert "noindex" in answer["X-Robots-Tag"]


def test_only_the_own_site_may_frame_it_at_first(program, client):
    answer = client.get(f"/join/{program.slug}/embed/")
    policy = answer["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'self'")
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "X-Frame-Options" not in answer


def test_setting_names_who_may_frame_it(program, client, settings):
    settings.AFFILIATES = {"EMBED_ANCESTORS": ("https://a.example.org", "https://*.example.com")}
    policy = client.get(f"/join/{program.slug}/embed/")["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'self' https://a.example.org https://*.example.com")


def test_setting_opens_no_other_page_to_frames(program, affiliate, client, settings):
    settings.AFFILIATES = {"EMBED_ANCESTORS": ("*",)}
    for url in (program.url, affiliate.url, program.apply_url):
        answer = client.get(url)
        assert answer["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]


def test_styles_from_another_host_are_let_into_the_frame(program, client, settings):
    settings.STATIC_URL = "https://static.example.org/s/"
    policy = client.get(f"/join/{program.slug}/embed/")["Content-Security-Policy"]
    assert "style-src 'self' https://static.example.org;" in policy


def test_search_in_the_frame_stays_in_it(program, client):
    add_many(program, 50)
    page = client.get(f"/join/{program.slug}/embed/?q=calm").content.decode()
    address = f"/join/{program.slug}/embed/"
    assert f'action="{address}#results" role="search" target="_self"' in page
    assert page.count(f'href="{address}') == page.count('target="_self"') - 1


@pytest.mark.parametrize("page", ["embed/", "regions.geojson"])
def test_program_that_is_not_public_has_no_directory_to_embed(program, client, page):
    program.unpublish()
    assert client.get(f"/join/{program.slug}/{page}").status_code == 404
    assert client.post(f"/join/{program.slug}/{page}").status_code == 405


def test_regions_are_points_with_counts(program, affiliate, client):
    AffiliatePageFactory(parent=program, region="CA-ON", scope="provincial")
    answer = client.get(f"/join/{program.slug}/regions.geojson")
    assert answer["Content-Type"] == "application/geo+json"
    assert answer["Access-Control-Allow-Origin"] == "*"
    collection = answer.json()
    assert collection["type"] == "FeatureCollection"
    assert collection["features"][0] == {
        "type": "Feature",
        "id": "US-MI",
        "geometry": {"type": "Point", "coordinates": [-84.5, 44]},
        "properties": {
            "code": "US-MI",
            "name": "Michigan",
            "country": "US",
            "count": 1,
            "url": f"{program.full_url}#us-mi",
        },
    }
    assert [item["id"] for item in collection["features"]] == ["US-MI", "CA-ON"]


def test_regions_that_have_not_changed_are_not_sent_again(program, affiliate, client):
    url = f"/join/{program.slug}/regions.geojson"
    tag = client.get(url)["ETag"]
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 304
    AffiliatePageFactory(parent=program)
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 200


def test_each_region_has_a_point_in_its_country():
    assert POINTS.keys() == set(NORTH_AMERICA.codes)
    for code, (longitude, latitude) in POINTS.items():
        assert -180 <= longitude <= 180
        assert 41 < latitude < 84 or country_of(code) == "US"
        assert -15 < latitude < 72
    assert len({*POINTS.values()}) == len(POINTS)
