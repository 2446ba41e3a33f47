"""The public pages of updates."""

import pytest
from django.core.exceptions import ValidationError
from wagtail.models import PageViewRestriction

from affiliates.caching.store import forget_answers
from affiliates.core.text import as_html
from tests.factories.affiliations import affiliation
from tests.factories.updates import published, sent
from tests.standing import stands

pytestmark = pytest.mark.django_db


@stands()
def group(program):
    return affiliation(program, title="Michigan Parents")


def html_of(client, url, status=200):
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.content.decode()


def updates_of(program, more=""):
    return f"{program.url}updates/{more}"


def test_published_update_stands_on_all_its_pages(client, program, group):
    update = published(group, "We won.\nAll of it.", headline="Good news")
    address = f"{program.full_url}updates/{update.pk}/"
    for url in (program.url, group.page.url, updates_of(program)):
        html = html_of(client, url)
        assert f'href="{program.url}updates/{update.pk}/"' in html
        assert "Good news" in html
    html = html_of(client, updates_of(program, f"{update.pk}/"))
    assert "We won.<br>All of it." in html
    assert "Michigan Parents" in html
    assert '<meta property="og:title" content="Good news">' in html
    assert f'<link rel="canonical" href="{address}">' in html
    assert f'<meta property="og:url" content="{address}">' in html


def test_pages_say_where_the_feeds_are(client, program, group):
    update = published(group)
    for url in (
        program.url,
        group.page.url,
        updates_of(program),
        updates_of(program, f"{update.pk}/"),
    ):
        html = html_of(client, url)
        assert f'title="Updates (Atom)" href="{program.full_url}updates/atom/"' in html
        assert f'href="{program.full_url}updates/rss/"' in html


def test_page_without_updates_says_so(client, program):
    assert "No updates have been published yet" in html_of(client, updates_of(program))


def test_update_that_is_not_public_is_not_found(client, program, group):
    html_of(client, updates_of(program, f"{sent(group).pk}/"), 404)
    update = published(group)
    update.unpublish()
    html_of(client, updates_of(program, f"{update.pk}/"), 404)


@pytest.mark.parametrize(
    "key", ["0", "999", "99999999999999999999999", "x", "atom/1", "1/2", "feed"]
)
def test_address_that_is_none_is_not_found(client, program, key):
    html_of(client, updates_of(program, f"{key}/"), 404)


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=-1", "page=999999999999999999999999"])
def test_odd_page_shows_some_page(client, program, group, query):
    published(group)
    html_of(client, updates_of(program, f"?{query}"))


@pytest.mark.parametrize(
    "query", ["region=%00", "region=XX", "group=%00", "group=' OR 1", "region=US-MI&group=%F0"]
)
def test_odd_choice_is_no_error(client, program, group, query):
    published(group)
    html_of(client, updates_of(program, f"?{query}"))


def test_updates_come_in_pages(client, program, group):
    for number in range(11):
        published(group, f"Message {number}.")
    first, second = (html_of(client, updates_of(program, f"?page={n}")) for n in (1, 2))
    assert "Message 10." in first
    assert "Message 0." not in first
    assert "Message 0." in second
    assert f'<link rel="canonical" href="{program.full_url}updates/?page=2">' in second


def test_updates_by_region_and_by_group(client, program, group):
    published(group, "From Michigan.")
    other = affiliation(program, title="Ohio Parents", region="US-OH")
    published(other, "From Ohio.")
    by_region = html_of(client, updates_of(program, "?region=US-OH"))
    by_group = html_of(client, updates_of(program, f"?group={group.page.slug}"))
    assert ("From Ohio." in by_region, "From Michigan." in by_region) == (True, False)
    assert ("From Ohio." in by_group, "From Michigan." in by_group) == (False, True)
    assert 'name="robots" content="noindex, follow"' in by_region


def test_affiliate_page_shows_the_latest_few_and_leads_to_all(client, program, group):
    for number in range(4):
        published(group, f"Message {number}.")
    html = html_of(client, group.page.url)
    assert "Message 3." in html
    assert "Message 0." not in html
    assert f"updates/?group={group.page.slug}" in html


def test_private_program_shows_its_updates_to_nobody(client, program, group):
    update = published(group)
    PageViewRestriction.objects.create(page=program, restriction_type="login")
    for more in ("", f"{update.pk}/", "atom/"):
        assert client.get(updates_of(program, more)).status_code == 302


def test_text_is_shown_as_it_was_written(client, program, group):
    update = published(group, "<svg onload=alert(1)> {{ 7*7 }} https://example.org/?a=1&b=2.")
    html = html_of(client, updates_of(program, f"{update.pk}/"))
    assert "&lt;svg onload=alert(1)&gt; {{ 7*7 }}" in html
    assert '<a href="https://example.org/?a=1&amp;b=2" rel="nofollow ugc noopener">' in html


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "http://a:b@x.org",
        "http://localhost:6379",
        "http://169.254.169.254/",
        "http://[::1]/",
        "http://[",
        "http://x.org:port/",
        "www.example.org",
    ],
)
def test_address_that_is_not_safe_stays_text(text):
    assert "<a" not in as_html(f"See {text}")


def test_backslash_and_quote_end_an_address():
    assert 'href="http://x.org"' in as_html(r"http://x.org\@evil.org")
    assert as_html('http://x.org"onclick=1').count('"') == 4


def test_paragraphs_and_lines_are_kept():
    assert as_html("One\ntwo\n\nThree") == "<p>One<br>two</p>\n<p>Three</p>"


def test_affiliate_cannot_have_the_address_of_the_updates(group):
    group.page.slug = "updates"
    with pytest.raises(ValidationError) as refusal:
        group.page.full_clean()
    assert "slug" in refusal.value.message_dict


@pytest.mark.parametrize("number", [1, 3])
def test_pages_take_as_many_queries_for_one_as_for_three(
    client, program, django_assert_num_queries, number
):
    for index in range(number):
        update = published(affiliation(program, region=("US-MI", "US-OH", "US-CA")[index]))
    costs = {"": LIST_QUERIES, f"{update.pk}/": ONE_QUERIES}
    for more, cost in costs.items():
        client.get(updates_of(program, more))
        forget_answers()
        with django_assert_num_queries(cost):
            client.get(updates_of(program, more))


LIST_QUERIES = 11
ONE_QUERIES = 9
