"""Public pages are kept whole for readers, shown anew when something changes, and given to nobody
else.
"""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page, PageViewRestriction, Site

from affiliates.affiliations.services.lifecycle import pause_affiliation
from affiliates.caching import answers, middleware, store
from affiliates.models import AffiliatePage, AffiliateProgramPage
from tests.factories.affiliations import affiliation
from tests.factories.pages import AffiliatePageFactory
from tests.factories.updates import published
from tests.factories.users import UserFactory
from tests.standing import stands


@stands()
def group(program):
    return affiliation(program, title="Michigan Parents")


@pytest.fixture
def kept(client, django_assert_num_queries):
    """Whether an address is answered from what is kept."""

    def is_kept(path, **request):
        before = client.get(path, **request)
        with django_assert_num_queries(0):
            again = client.get(path, **request)
        assert (again.status_code, again.content) == (200, before.content)
        return again

    return is_kept


def test_pages_cost_no_query_the_second_time(kept, program, group):
    update = published(group)
    updates = f"{program.url}updates/"
    for path in (program.url, group.page.url, updates, f"{updates}{update.pk}/", f"{updates}atom/"):
        assert kept(path)


def test_kept_answer_is_the_same_but_for_whom_it_may_be_kept(kept, client, program):
    made, again = client.get(program.url), kept(program.url)
    assert dict(again.items()) == dict(made.items())
    assert again["Cache-Control"] == "public, max-age=0"
    assert not again.has_header("Vary")
    assert not again.cookies
    assert int(again["Content-Length"]) == len(again.content)
    assert again["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in again["Content-Security-Policy"]


def test_page_that_a_reader_has_is_not_sent_again(client, program, django_assert_num_queries):
    first = client.get(program.url)
    with django_assert_num_queries(0):
        again = client.get(program.url, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    for name in ("ETag", "Cache-Control"):
        assert again[name] == first[name]
    changed(program, title="Open doors")
    assert client.get(program.url, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_head_has_the_kept_headers_and_no_content(client, program):
    first, head = client.get(program.url), client.head(program.url)
    assert (head["ETag"], head["Content-Length"]) == (first["ETag"], first["Content-Length"])
    assert head.content == b""


def test_cdn_may_keep_pages_if_the_site_says_so(kept, program, settings):
    settings.AFFILIATES = {"CDN_SECONDS": 600}
    assert kept(program.url)["Cache-Control"] == "public, max-age=0, s-maxage=600"


# What makes pages anew


def changed(page, **fields):
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision().publish()


def name_the_site():
    site = Site.objects.get()
    site.site_name = "Open Doors"
    site.save()


def pause(group):
    user = UserFactory(is_superuser=True)
    pause_affiliation(affiliation=group, user=user, reason="Asked.", now=timezone.now())


CHANGES = {
    "program": lambda program, group: changed(program, title="Open doors"),
    "policy": lambda program, group: changed(program, review_days=6),
    "group": lambda program, group: changed(group.page, title="Ohio Parents"),
    "new group": lambda program, group: AffiliatePageFactory(parent=program),
    "group unpublished": lambda program, group: group.page.unpublish(),
    "group paused": lambda program, group: pause(group),
    "group private": lambda program, group: PageViewRestriction.objects.create(
        page=group.page, restriction_type="login"
    ),
    "news": lambda program, group: published(group),
    "site": lambda program, group: name_the_site(),
    "page in the menu": lambda program, group: Site.objects.get().root_page.add_child(
        instance=Page(title="About us", show_in_menus=True)
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_change_is_seen_at_once(client, program, group, change):
    before = client.get(program.url).content
    CHANGES[change](program, group)
    assert client.get(program.url).content != before


def test_new_picture_makes_pages_anew(db):
    before = dict(store.read(store.VERSION))
    with get_test_image_file() as file:
        get_image_model().objects.create(title="Badge", file=file)
    assert store.read(store.VERSION) != before


def test_draft_leaves_what_is_kept(client, program, django_assert_num_queries):
    client.get(program.url)
    program.title = "Not yet"
    program.save_revision()
    with django_assert_num_queries(0):
        client.get(program.url)


@pytest.mark.django_db(transaction=True)
def test_page_that_was_made_before_a_commit_is_made_anew_after_it(client, program):
    with transaction.atomic():
        changed(program, title="Open doors")
        meanwhile = store.read(store.VERSION)
    assert store.read(store.VERSION) != meanwhile


def test_change_that_django_does_not_hear_of_is_seen_after_some_minutes(client, program):
    before = client.get(program.url).content
    AffiliateProgramPage.objects.update(contact_email="other@example.org")
    assert client.get(program.url).content == before
    with time_machine.travel(timezone.now() + timedelta(seconds=301), tick=True):
        assert b"other@example.org" in client.get(program.url).content


# Who gets them


def test_editor_sees_the_bar_and_nobody_else_does(client, editor_client, program):
    bar = b"wagtail-userbar"
    own = editor_client.get(program.url)
    assert bar in own.content
    assert own["Cache-Control"] == "private, max-age=0"
    assert not own.has_header("ETag")
    client.logout()
    assert bar not in client.get(program.url).content
    client.force_login(UserFactory(is_superuser=True))
    assert bar in client.get(program.url).content


def test_preview_is_neither_kept_nor_kept_from_view(client, program):
    program.title = "Not yet"
    before = client.get(program.url).content
    preview = program.make_preview_request(original_request=None)
    assert b"Not yet" in preview.content
    assert client.get(program.url).content == before
    store.forget_answers()
    program.make_preview_request(original_request=None)
    assert b"Not yet" not in client.get(program.url).content


@pytest.mark.parametrize("restriction", ["login", "password"])
def test_page_for_some_is_kept_for_nobody(client, program, restriction):
    assert client.get(program.url).status_code == 200
    PageViewRestriction.objects.create(page=program, restriction_type=restriction, password="x")
    shut = client.get(program.url)
    assert shut.status_code == 302 or b'type="password"' in shut.content
    client.force_login(UserFactory(is_superuser=True))
    seen = client.get(program.url)
    assert seen["Cache-Control"] in ("private, max-age=0", shut.get("Cache-Control"))
    client.logout()
    again = client.get(program.url)
    assert again.status_code == shut.status_code
    assert program.introduction not in again.content.decode()


def test_page_that_is_not_found_is_not_kept(client, program):
    path = f"{program.url}updates/1/"
    assert client.get(path).status_code == 404
    with time_machine.travel(timezone.now()):
        assert not client.get(path).has_header("ETag")


def test_each_host_scheme_and_language_has_its_own(client, program, settings):
    settings.ALLOWED_HOSTS = ["a.example", "b.example"]
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    for headers in (
        {"HTTP_HOST": "a.example"},
        {"HTTP_HOST": "b.example"},
        {"HTTP_HOST": "a.example", "HTTP_ACCEPT_LANGUAGE": "de"},
    ):
        answer = client.get(program.url, **headers)
        language = headers.get("HTTP_ACCEPT_LANGUAGE", "en")
        assert f'<html lang="{language}">'.encode() in answer.content
        assert answer["Vary"] == "Accept-Language, Cookie"
    keys = {
        answers._key(request, middleware.PAGES)
        for request in (
            client.get(program.url, HTTP_HOST="a.example").wsgi_request,
            client.get(program.url, HTTP_HOST="b.example").wsgi_request,
            client.get(program.url, HTTP_HOST="a.example", secure=True).wsgi_request,
            client.get(program.url, HTTP_HOST="a.example", HTTP_ACCEPT_LANGUAGE="de").wsgi_request,
        )
    }
    assert len(keys) == 4


def test_strange_host_is_refused_as_before(client, program, settings):
    client.get(program.url)
    assert client.get(program.url, HTTP_HOST="evil.example").status_code == 400


@pytest.mark.parametrize(
    "headers",
    [{"Authorization": "Basic eDp4"}, {"Cookie": "sessionid=x"}, {"Cookie": "messages=x"}],
)
def test_reader_of_whom_something_is_known_gets_a_page_of_their_own(client, program, headers):
    client.get(program.url)
    assert not client.get(program.url, headers=headers).has_header("ETag")


# How many are kept


@pytest.fixture
def long_directory(program, settings):
    settings.AFFILIATES = {"DIRECTORY_WHOLE": 1, "DIRECTORY_PAGE": 1}
    AffiliatePageFactory(parent=program, region="US-OH")
    AffiliatePageFactory(parent=program, region="US-MI")
    return program


@pytest.mark.parametrize("query", ["?region=US-MI", "?page=2"])
def test_addresses_that_the_page_itself_names_are_kept(kept, long_directory, query):
    assert kept(long_directory.url + query)


@pytest.mark.parametrize(
    "query",
    [
        *("?x=1", "?q=parents", "?region=US-MI&x=1", "?page=3", "?page=02", "?region=XX"),
        *("?page=1", "?region=us-mi", "?page=2&region=US-MI", "?region=US-MI&region=US-MI"),
        "?" + "x" * 300,
    ],
)
def test_addresses_that_anybody_can_think_up_are_not_kept(client, long_directory, query):
    answer = client.get(long_directory.url + query)
    assert answer.status_code == 200
    assert not answer.has_header("ETag")
    assert answer["Cache-Control"] == "private, max-age=0"


def test_no_more_than_so_many_are_kept_a_minute(
    client, program, group, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(answers, "MOST_A_MINUTE", 1)
    client.get(program.url)
    client.get(group.page.url)
    with django_assert_num_queries(0):
        client.get(program.url)
    assert client.get(group.page.url).status_code == 200
    assert not store.read(answers._key(client.get(group.page.url).wsgi_request, middleware.PAGES))


# When the cache is gone, and when many come at once


@pytest.fixture
def broken_cache(settings, monkeypatch):
    monkeypatch.setattr(store, "_silent_until", 0.0)
    monkeypatch.setattr(store, "_owes_version", False)
    redis = "django.core.cache.backends.redis.RedisCache"
    ours = {"BACKEND": redis, "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {**settings.CACHES, "affiliates": ours}


def test_pages_are_made_when_the_cache_is_gone(client, program, broken_cache, caplog):
    for title in ("Open doors", "Closed doors"):
        changed(program, title=title)
        assert title in client.get(program.url).content.decode()
    assert len(caplog.records) == 1
    assert client.get("/api/affiliates/v1/programs/").status_code == 200


def test_change_during_an_outage_is_seen_after_it(client, program, settings, monkeypatch):
    before = client.get(program.url).content
    monkeypatch.setattr(store, "_silent_until", float("inf"))
    changed(program, title="Open doors")
    monkeypatch.setattr(store, "_silent_until", 0.0)
    assert client.get(program.url).content != before


def test_site_without_a_cache_of_this_name_uses_its_default(kept, program, settings):
    settings.CACHES = {"default": settings.CACHES["default"]}
    assert kept(program.url)


def test_stale_page_is_made_once_for_all_who_wait(rf, monkeypatch):
    made, waiting = [], threading.Semaphore(0)
    reserve = store.reserve

    def counted(key, seconds):
        is_ours = reserve(key, seconds)
        if not is_ours:
            waiting.release()
        return is_ours

    def make():
        made.append(1)
        if len(made) > 1:
            for _ in range(3):
                waiting.acquire()
        response = HttpResponse(f"made {len(made)}")
        response.may_be_kept = True
        return response

    def ask():
        request = rf.get("/")
        request.user = AnonymousUser()
        found.append(answers.answer(request, make, middleware.PAGES).content)

    found = []
    ask()
    store.new_version()
    monkeypatch.setattr(store, "reserve", counted)
    readers = [threading.Thread(target=ask) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert found == [b"made 1", *[b"made 2"] * 4]


def test_page_that_failed_is_not_waited_for(client, program, monkeypatch):
    client.get(program.url)
    program.unpublish()
    for _ in range(2):
        assert client.get(program.url).status_code == 404
    program.save_revision().publish()
    assert client.get(program.url).status_code == 200


def test_own_page_of_a_site_is_kept_until_its_subclass_says_no(client, program, monkeypatch):
    monkeypatch.setattr(AffiliatePage, "serve", Page.serve)
    page = AffiliatePageFactory(parent=program)
    assert not client.get(page.url).has_header("ETag")
