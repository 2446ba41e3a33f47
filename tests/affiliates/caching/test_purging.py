"""What a CDN is told when something changes."""

import pytest
from wagtail.contrib.frontend_cache.backends import BaseBackend

from tests.factories.affiliations import affiliation
from tests.factories.pages import AffiliatePageFactory
from tests.factories.updates import published
from tests.standing import stands

TOLD = set()


class Listener(BaseBackend):
    def purge(self, url):
        TOLD.add(url)


@pytest.fixture
def told(settings, django_capture_on_commit_callbacks):
    settings.WAGTAILFRONTENDCACHE = {"cdn": {"BACKEND": f"{__name__}.Listener"}}

    def addresses(change):
        TOLD.clear()
        with django_capture_on_commit_callbacks(execute=True):
            change()
        return set(TOLD)

    return addresses


@stands()
def group(program):
    return affiliation(program, title="Michigan Parents")


def publish(page):
    page.summary = "Other words."
    page.save_revision().publish()


def test_cdn_hears_of_a_group_and_of_what_counts_it(told, program, group):
    other = AffiliatePageFactory(parent=program)
    found = told(lambda: publish(group.page))
    assert {group.page.full_url, program.full_url, f"{program.full_url}updates/"} <= found
    assert f"{program.full_url}updates/atom/" in found
    assert program.get_parent().full_url in found
    assert other.full_url not in found


def test_cdn_hears_of_news_and_of_where_it_stands(told, program, group):
    updates = []
    found = told(lambda: updates.append(published(group)))
    news = f"{program.full_url}updates/{updates[0].pk}/"
    assert {news, group.page.full_url, program.full_url, f"{program.full_url}updates/"} <= found


def test_cdn_hears_of_all_pages_when_their_frame_changes(told, program, group):
    other = AffiliatePageFactory(parent=program)
    found = told(lambda: program.save_revision().publish())
    assert {group.page.full_url, other.full_url, program.full_url} <= found
