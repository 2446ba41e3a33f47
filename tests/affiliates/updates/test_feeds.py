"""The feeds of updates, as feed readers take them and as their standards ask."""

from email.utils import parsedate_to_datetime
from html import unescape
from xml.etree import ElementTree

import feedparser
import pytest
from django.utils.dateparse import parse_datetime
from wagtail.models import PageViewRestriction, Site

from affiliates.caching.store import forget_answers
from affiliates.models import ContactUpdate
from tests.factories.affiliations import affiliation
from tests.factories.updates import published
from tests.factories.users import UserFactory
from tests.standing import stands

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
ODD_TEXT = "Caf\u00e9 & <b>tea</b> \U0001f600\n\nhttps://example.org/?a=1&b=2"
QUERIES = 10


@stands()
def group(program):
    return affiliation(program, title="Parents & Friends <Michigan>")


def fetch(client, program, kind, **headers):
    return client.get(f"{program.url}updates/{kind}/", headers=headers)


def texts(node, name):
    return [(child.text or "").strip() for child in node.findall(name)]


def check_atom(content):
    """RFC 4287, sections 4.1.1 and 4.1.2: what a feed and its entries must have, and how often."""
    feed = ElementTree.fromstring(content)
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    for node in (feed, *entries):
        for name in ("id", "title", "updated"):
            (value,) = texts(node, ATOM + name)
            assert value
        assert parse_datetime(texts(node, f"{ATOM}updated")[0]).tzinfo
        alternates = [
            link for link in node.findall(f"{ATOM}link") if link.get("rel") == "alternate"
        ]
        assert len(alternates) == 1
        assert all(link.get("href").startswith("http") for link in node.findall(f"{ATOM}link"))
    assert [link.get("href") for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]
    for entry in entries:
        assert entry.find(f"{ATOM}author/{ATOM}name").text
        assert entry.find(f"{ATOM}content").get("type") == "html"
    ids = [texts(node, f"{ATOM}id")[0] for node in (feed, *entries)]
    assert len(set(ids)) == len(ids)
    return entries


def check_rss(content):
    """RSS 2.0: what a channel must have, and dates as of RFC 822."""
    rss = ElementTree.fromstring(content)
    assert (rss.tag, rss.get("version")) == ("rss", "2.0")
    (channel,) = rss.findall("channel")
    for name in ("title", "link", "description"):
        assert all(texts(channel, name))
        assert len(channel.findall(name)) == 1
    items = channel.findall("item")
    for item in items:
        assert all(texts(item, "title") + texts(item, "description"))
        assert item.find("link").text.startswith("http")
        assert item.find("guid").get("isPermaLink") == "false"
        assert parsedate_to_datetime(item.find("pubDate").text).tzinfo
        assert item.find(f"{DC}creator").text
    return items


CHECKS = {"atom": check_atom, "rss": check_rss}


@pytest.mark.parametrize("kind", CHECKS)
@pytest.mark.parametrize("number", [0, 1, 3])
def test_feed_is_as_its_standard_asks(client, program, group, kind, number):
    for _ in range(number):
        published(group, ODD_TEXT)
    answer = fetch(client, program, kind)
    assert answer.headers["Content-Type"].startswith(f"application/{kind}+xml")
    assert len(CHECKS[kind](answer.content)) == number
    read = feedparser.parse(answer.content)
    assert not read.bozo
    assert len(read.entries) == number


@pytest.mark.parametrize("kind", CHECKS)
def test_entry_has_the_whole_text_and_its_group(client, program, group, kind):
    update = published(group, f"{'word ' * 400}end.", headline="Good <news> & more")
    (entry,) = feedparser.parse(fetch(client, program, kind).content).entries
    words = entry.content[0].value if kind == "atom" else entry.summary
    assert words.endswith("end.</p>")
    assert entry.author == "Parents & Friends <Michigan>"
    assert entry.link == f"{program.full_url}updates/{update.pk}/"
    assert (
        feedparser.parse(fetch(client, program, kind).content).entries[0].id.startswith("urn:uuid")
    )


@pytest.mark.parametrize("kind", CHECKS)
def test_title_without_markup_is_plain_text(client, program, group, kind):
    published(group, headline="Parents & friends: 3 < 4")
    (entry,) = CHECKS[kind](fetch(client, program, kind).content)
    title = entry.find(f"{ATOM}title" if kind == "atom" else "title")
    assert title.text == "Parents & friends: 3 < 4"


@pytest.mark.parametrize("headline", ["<b>Tea</b>", "Write &amp;"])
def test_title_with_markup_is_read_as_it_was_written_by_those_who_take_it_for_html(
    client, program, group, headline
):
    published(group, headline=headline)
    (item,) = check_rss(fetch(client, program, "rss").content)
    assert unescape(item.find("title").text) == headline
    (entry,) = check_atom(fetch(client, program, "atom").content)
    assert entry.find(f"{ATOM}title").text == headline


def test_feed_without_entries_has_an_author_nevertheless(client, program):
    read = feedparser.parse(fetch(client, program, "atom").content)
    assert read.feed.author_detail == {"name": program.title, "href": program.full_url}


@pytest.mark.parametrize("kind", CHECKS)
def test_markup_in_a_text_is_text_in_a_feed(client, program, group, kind):
    published(group, "<script>alert(1)</script>")
    content = fetch(client, program, kind).content.decode()
    assert "&amp;lt;script&amp;gt;" in content
    assert "<script" not in content


def test_addresses_are_the_sites_and_never_the_requests(client, program, group, settings):
    settings.ALLOWED_HOSTS = ["*"]
    site = Site.objects.get(is_default_site=True)
    site.hostname, site.port = "affiliates.example.org", 443
    site.save()
    published(group)
    for kind in CHECKS:
        content = client.get(f"{program.url}updates/{kind}/", headers={"host": "evil.test"}).content
        assert b"evil.test" not in content
        assert b"https://affiliates.example.org/" in content


def test_correction_keeps_the_id_and_moves_the_date(client, program, group):
    update = published(group)
    before = feedparser.parse(fetch(client, program, "atom").content).entries[0]
    update.text = "Corrected."
    update.save_revision().publish()
    after = feedparser.parse(fetch(client, program, "atom").content).entries[0]
    assert (after.id, after.published) == (before.id, before.published)
    assert after.updated_parsed >= before.updated_parsed
    assert "Corrected." in after.content[0].value
    assert str(update.key) not in after.id


@pytest.mark.parametrize("kind", CHECKS)
def test_reader_that_has_it_gets_no_copy(client, program, group, kind):
    update = published(group)
    first = fetch(client, program, kind)
    assert first.headers["Last-Modified"]
    tag = first.headers["ETag"]
    same = fetch(client, program, kind, if_none_match=tag)
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", tag)
    ContactUpdate.objects.get(pk=update.pk).unpublish()
    assert fetch(client, program, kind, if_none_match=tag).status_code == 200


def test_update_that_was_taken_back_is_gone_for_readers_that_only_know_dates(
    client, program, group
):
    update = published(group)
    since = fetch(client, program, "atom").headers["Last-Modified"]
    ContactUpdate.objects.get(pk=update.pk).unpublish()
    assert fetch(client, program, "atom", if_modified_since=since).status_code == 200


def test_empty_feed_is_the_same_each_time(client, program):
    assert fetch(client, program, "atom").content == fetch(client, program, "atom").content


@pytest.mark.parametrize("kind", ["json", "feed", "rss2"])
def test_other_kinds_are_not_found(client, program, kind):
    assert fetch(client, program, kind).status_code == 404


def test_feed_may_be_kept_by_anybody_but_not_that_of_a_private_program(client, program, group):
    for kind in ("atom", "rss"):
        assert fetch(client, program, kind).headers["Cache-Control"] == "max-age=300, public"
    PageViewRestriction.objects.create(page=program, restriction_type="login")
    assert fetch(client, program, "atom").status_code == 302
    client.force_login(UserFactory())
    kept_by = fetch(client, program, "atom").headers["Cache-Control"]
    assert "private" in kept_by
    assert "public" not in kept_by


@pytest.mark.parametrize("number", [1, 3])
def test_feed_takes_as_many_queries_for_one_as_for_three(
    client, program, django_assert_num_queries, number
):
    for _ in range(number):
        published(affiliation(program))
    fetch(client, program, "atom")
    forget_answers()
    with django_assert_num_queries(QUERIES):
        fetch(client, program, "atom")
