"""Which updates the public sees."""

import pytest
from wagtail.models import PageViewRestriction

from affiliates.core.states import UpdateKind
from affiliates.models import ContactUpdate
from affiliates.updates.queries import published_updates, published_updates_of
from tests.factories.affiliations import affiliation
from tests.factories.pages import ProgramPageFactory
from tests.factories.updates import published, sent
from tests.standing import stands

pytestmark = pytest.mark.django_db


@stands()
def group(program):
    return affiliation(program, title="Michigan Parents")


def test_published_news_are_listed_newest_first(program, group):
    first, second = published(group, "First."), published(group, "Second.")
    assert list(published_updates(program)) == [second, first]
    assert list(published_updates_of(group)) == [second, first]


def test_news_that_nobody_published_are_not_listed(program, group):
    sent(group)
    assert not published_updates(program)


def test_news_of_another_program_are_not_listed(program, group):
    published(affiliation(ProgramPageFactory()))
    assert not published_updates(program)
    assert not published_updates_of(group)


@pytest.mark.parametrize(
    "fields",
    [{"kind": UpdateKind.HELP}, {"kind": UpdateKind.QUIET}, {"may_publish": False}, {"text": ""}],
    ids=str,
)
def test_what_the_group_did_not_give_us_to_publish_is_not_listed(program, group, fields):
    update = published(group)
    ContactUpdate.objects.filter(pk=update.pk).update(**fields)
    assert not published_updates(program)
    assert not published_updates_of(group)


@pytest.mark.parametrize("state", ["paused", "ended"])
def test_news_of_a_group_that_is_not_listed_are_not_either(program, state):
    group = affiliation(program, state=state)
    published(group)
    assert not published_updates(program)
    assert not published_updates_of(group)


def test_news_of_a_group_whose_page_is_not_public_are_not_listed(program, group):
    published(group)
    group.page.unpublish()
    assert not published_updates(program)
    assert not published_updates_of(group)


def test_news_of_a_group_whose_page_is_private_are_not_listed(program, group):
    published(group)
    PageViewRestriction.objects.create(page=group.page, restriction_type="login")
    assert not published_updates(program)
    assert not published_updates_of(group)


def test_title_is_the_headline_or_the_first_words(group):
    assert published(group, "Short.\nMore.").title == "Short."
    assert published(group, "We won the vote. All of it.").title == "We won the vote."
    assert published(group, "Dr. Green met us.").title == "Dr. Green met us."
    assert published(group, "x" * 300).title == f"{'x' * 79}…"
    assert published(group, "Text.", headline="Good news").title == "Good news"
    long = published(group, "word " * 60).title
    assert long.endswith("word…")
    assert len(long) <= 80


@pytest.mark.parametrize("number", [1, 3])
def test_list_with_its_groups_takes_one_query(program, django_assert_num_queries, number):
    for _ in range(number):
        published(affiliation(program))
    updates = published_updates(program)
    with django_assert_num_queries(1):
        assert len([update.affiliation.page.title for update in updates]) == number
