"""What stands around the pages: headers, addresses for machines, errors."""

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.defaults import server_error
from wagtail.models import Page, Site

from affiliates.caching.store import forget_answers
from program_site.demo import content
from program_site.models import HomePage
from tests.factories.pages import AffiliatePageFactory, ProgramPageFactory

HOME_QUERIES = 8


@pytest.fixture
def home(db):
    site = Site.objects.get(is_default_site=True)
    page = Page.objects.get(depth=1).add_child(
        instance=HomePage(title=content.HOME_TITLE, slug="front", lead=content.HOME_LEAD)
    )
    site.root_page, site.site_name = page, content.SITE_NAME
    site.save()
    return page


def add_group(home, **fields):
    program = ProgramPageFactory(parent=home, slug="affiliates", show_in_menus=True)
    return AffiliatePageFactory(parent=program, **fields)


def test_public_page_allows_nothing_inline_and_nothing_from_elsewhere(client, home):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy


def test_page_that_is_not_found_has_the_policy_too(client, home):
    assert "default-src 'none'" in client.get("/nowhere/").headers["Content-Security-Policy"]


def test_admin_allows_nothing_from_elsewhere(client, db):
    policy = client.get(reverse("wagtailadmin_login")).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self' 'unsafe-inline';" in policy
    assert "frame-ancestors 'self'" in policy


def test_site_can_set_policies_of_its_own(settings, client, home):
    settings.PUBLIC_CONTENT_SECURITY_POLICY = "default-src https:"
    settings.ADMIN_CONTENT_SECURITY_POLICY = "default-src 'self'"
    assert client.get("/").headers["Content-Security-Policy"] == "default-src https:"
    admin = client.get(reverse("wagtailadmin_login"))
    assert admin.headers["Content-Security-Policy"] == "default-src 'self'"


def test_every_text_names_its_charset(client, home):
    group = add_group(home)
    news = f"{group.get_parent().url}updates/"
    paths = [
        "/",
        "/nowhere/",
        "/search/",
        "/robots.txt",
        "/healthz",
        "/sitemap.xml",
        "/join/affiliates/",
    ]
    paths += [news, f"{news}rss/", f"{news}atom/", "/api/affiliates/v1/docs/"]
    for path in paths:
        media, _, parameters = client.get(path).headers["Content-Type"].partition(";")
        assert "charset=utf-8" in parameters or media == "application/json", (path, media)


def test_robots_are_told_of_the_sitemap_and_kept_from_what_is_private(client, home):
    text = client.get("/robots.txt").content.decode()
    assert "Sitemap: http://testserver/sitemap.xml" in text
    assert "Disallow: /admin/" in text
    assert "Disallow: /join/application/" in text


def test_sitemap_lists_program_and_affiliate(client, home):
    affiliate = add_group(home)
    xml = client.get("/sitemap.xml").content.decode()
    assert affiliate.full_url in xml
    assert affiliate.get_parent().full_url in xml


def test_favicon_leads_to_a_picture_that_exists(client):
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    assert answer.url == "/static/site/sign.svg"
    assert finders.find("site/sign.svg")


def test_shared_link_of_an_affiliate_shows_its_name_and_summary(client, home):
    affiliate = add_group(home, title="Open Doors", summary="We open doors.")
    html = client.get(affiliate.url).content.decode()
    assert '<meta name="description" content="We open doors.">' in html
    assert '<meta property="og:title" content="Open Doors">' in html
    assert f'<link rel="canonical" href="{affiliate.full_url}">' in html


def test_home_page_counts_groups_and_leads_to_their_region(client, home):
    affiliate = add_group(home)
    AffiliatePageFactory(parent=affiliate.get_parent(), region="CA-ON", scope="provincial")
    html = client.get("/").content.decode()
    assert "<strong>2</strong> groups" in html
    assert 'href="/affiliates/#ca-on"' in html


def test_home_page_without_a_program_still_stands(client, home):
    answer = client.get("/")
    assert answer.status_code == 200
    assert content.HOME_LEAD in answer.content.decode()


def test_home_page_asks_as_often_for_three_groups_as_for_one(
    client, home, django_assert_num_queries
):
    affiliate = add_group(home, links={"website": "https://example.org"})
    client.get("/")
    forget_answers()
    with django_assert_num_queries(HOME_QUERIES):
        client.get("/")
    for _ in range(2):
        AffiliatePageFactory(
            parent=affiliate.get_parent(), links={"website": "https://example.org"}
        )
    with django_assert_num_queries(HOME_QUERIES):
        client.get("/")


def test_page_that_is_not_found_shows_the_way_back(client, home):
    program = add_group(home).get_parent()
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert f'href="{program.url}#directory"' in answer.content.decode()


def test_error_page_needs_no_database_and_says_what_to_do(rf):
    # No "db" fixture: any query would fail this test.
    answer = server_error(rf.get("/"))
    assert answer.status_code == 500
    assert "Wait a few minutes" in answer.content.decode()


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "429.html"])
def test_error_page_without_a_request_is_whole(name):
    """Django renders some of these without a request; then there is no site and no menu."""
    html = render_to_string(name)
    assert "<h1>" in html
    assert html.rstrip().endswith("</html>")


def test_search_engines_are_told_what_each_page_says(client, home):
    group = add_group(home, summary="We open doors.")
    program = group.get_parent().specific
    described = {
        "/": content.HOME_LEAD,
        program.url: "Groups that want every child to be safe.",
        group.url: "We open doors.",
        f"{program.url}updates/": "News from the affiliates, in their own words.",
    }
    for path, text in described.items():
        assert f'<meta name="description" content="{text}' in client.get(path).content.decode()


def test_own_words_for_search_engines_come_first(client, home):
    program = add_group(home).get_parent().specific
    program.search_description = "Join us."
    program.save()
    html = client.get(program.url).content.decode()
    assert '<meta name="description" content="Join us.">' in html
