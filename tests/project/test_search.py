"""The site's search finds what is public, and nothing else."""

import pytest
from django.core.management import call_command
from wagtail.models import PageViewRestriction

from affiliates.models import ContactUpdate
from tests.factories.affiliations import affiliation
from tests.factories.updates import published, sent
from tests.standing import stands

pytestmark = pytest.mark.django_db


@stands()
def group(program):
    return affiliation(program, title="Michigan Parents", summary="Mothers and fathers.")


@pytest.fixture
def find(client):
    def search(words):
        call_command("wagtail_update_index", verbosity=0)
        answer = client.get("/search/", {"q": words})
        assert answer.status_code == 200
        return answer.content.decode()

    return search


def test_search_finds_pages_and_updates(find, group):
    update = published(group, "We won in Lansing.")
    html = find("lansing")
    assert f'updates/{update.pk}/">We won in Lansing.</a>' in html
    assert "1 update" in html
    assert f'href="{group.page.url}">Michigan Parents</a>' in find("michigan parents")


@pytest.mark.parametrize("words", ["quebec", "Québec", "QUÉBEC", "ecoles québec"])
def test_search_finds_words_with_and_without_their_accents(find, program, words):
    group = affiliation(program, title="Écoles ouvertes, Québec")
    published(group, "Réunion à Québec : les écoles ont changé.")
    html = find(words)
    assert f'href="{group.page.url}">' in html
    assert "1 update" in html


def test_search_without_words_shows_the_form(client, group):
    html = client.get("/search/").content.decode()
    assert 'role="search"' in html
    assert "Nothing matches" not in html


def test_search_that_finds_nothing_says_so_and_keeps_the_words(find, group):
    html = find('<b>"zzz"</b>')
    assert "Nothing matches" in html
    assert 'value="&lt;b&gt;&quot;zzz&quot;&lt;/b&gt;"' in html


@pytest.mark.parametrize(
    "words",
    ["\0", '"', "*", "a OR b", "AND", "NEAR(", "-x", "'", "é", "😀", "x" * 5000, "a " * 500],
)
def test_odd_words_are_no_trouble(find, group, words):
    published(group)
    find(words)


def test_search_never_finds_what_is_not_public(find, program, group):
    sent(group, "Secret plan.")
    sent(group, "Secret need.", kind="help")
    taken_back = published(group, "Secret mistake.")
    ContactUpdate.objects.get(pk=taken_back.pk).unpublish()
    private = affiliation(program, title="Secret Society")
    published(private, "Secret meeting.")
    PageViewRestriction.objects.create(page=private.page, restriction_type="login")
    hidden = affiliation(program, title="Secret Draft")
    hidden.page.unpublish()
    paused = affiliation(program, state="paused", title="Open Page")
    published(paused, "Secret pause.")
    assert "Nothing matches" in find("secret")


def test_update_that_is_taken_back_leaves_the_index(group, django_capture_on_commit_callbacks):
    from wagtail.search.models import IndexEntry

    def entries():
        return IndexEntry.objects.filter(content_type__model="contactupdate").count()

    with django_capture_on_commit_callbacks(execute=True):
        update = published(group)
        sent(group, "Secret.")
    assert entries() == 1
    with django_capture_on_commit_callbacks(execute=True):
        ContactUpdate.objects.get(pk=update.pk).unpublish()
    assert entries() == 0


def test_search_is_not_for_search_engines(client, group):
    assert 'name="robots" content="noindex' in client.get("/search/").content.decode()
