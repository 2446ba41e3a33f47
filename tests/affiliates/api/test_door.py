"""What every request passes: methods, limits, other sites' scripts, and what may be kept."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from wagtail.models import PageViewRestriction, Site

from affiliates.affiliations.services.lifecycle import ensure_affiliation, pause_affiliation
from affiliates.api_site import api, patterns
from affiliates.models import AffiliateLink
from tests.affiliates.api.calls import ROOT, application, get, problem, send
from tests.factories.pages import AffiliatePageFactory
from tests.factories.users import UserFactory

NOON = datetime(2026, 11, 25, 12, 0, 15, tzinfo=UTC)

READ = ["programs/", "programs/{slug}/", "programs/{slug}/affiliates/", "programs/{slug}/regions/"]
READ += ["programs/{slug}/application-form/", "challenge/", "openapi.json", "docs/"]
SENT = ["programs/{slug}/applications/", "applications/x/withdraw/", "applications/x/answer/"]

read = pytest.mark.parametrize("path", READ)
sent = pytest.mark.parametrize("path", SENT)


def place(path, program):
    return ROOT + path.format(slug=program.slug)


# Methods


@read
def test_head_is_get_without_its_body(client, program, path):
    whole = client.get(place(path, program))
    head = client.head(place(path, program))
    assert head.status_code == whole.status_code == 200
    assert head.content == b""
    assert int(head["Content-Length"]) == len(whole.content)
    assert head["Content-Type"] == whole["Content-Type"]


@read
def test_what_is_only_read_takes_nothing(client, program, path):
    for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY", "PURGE"):
        response = client.generic(method, place(path, program))
        assert response.status_code == 405, method
        assert problem(response) == "method-not-allowed"
        assert response["Allow"] == "GET, HEAD, OPTIONS"


@sent
def test_what_is_only_sent_to_shows_nothing(client, program, path):
    for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE", "QUERY"):
        response = client.generic(method, place(path, program))
        assert response.status_code == 405, method
        assert response["Allow"] == "OPTIONS, POST"


@pytest.mark.parametrize("path", [*READ, *SENT])
def test_options_names_the_methods(client, program, path):
    response = client.options(place(path, program))
    assert response.status_code == 204
    assert response.content == b""
    assert response["Allow"] == ("OPTIONS, POST" if path in SENT else "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("path", ["", "x", "programs", "programs/a", "openapi.json/", "v2/", "%00"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "DELETE"])
def test_address_of_nothing_is_a_problem_and_no_page(client, db, path, method):
    response = client.generic(method, ROOT + path)
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_nothing_is_done_by_a_cookie(program):
    careful = Client(enforce_csrf_checks=True)
    response = send(careful, program, application(program))
    assert response.status_code == 201
    assert not response.cookies


# Limits


@time_machine.travel(NOON, tick=False)
def test_network_has_a_share_of_requests(client, program, settings):
    settings.AFFILIATES = {"API_READS_PER_MINUTE": 3, "API_WRITES_PER_MINUTE": 1}
    answers = [get(client, "programs/").status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    response = get(client, "programs/")
    assert problem(response) == "too-many-requests"
    assert response["Retry-After"] == "45"
    assert send(client, program, application(program)).status_code == 201
    assert send(client, program, application(program))["Retry-After"] == "45"
    other = client.get(ROOT + "programs/", REMOTE_ADDR="192.0.2.1")
    assert other.status_code == 200


def test_next_minute_everything_is_answered_again(client, program, settings):
    settings.AFFILIATES = {"API_READS_PER_MINUTE": 1}
    with time_machine.travel(NOON, tick=False) as clock:
        assert [get(client, "programs/").status_code for _ in range(2)] == [200, 429]
        clock.shift(45)
        assert get(client, "programs/").status_code == 200


def test_limit_can_be_switched_off(client, program, settings):
    settings.AFFILIATES = {"API_READS_PER_MINUTE": 0}
    assert {get(client, "programs/").status_code for _ in range(10)} == {200}


def test_proxies_are_believed_only_if_trusted(client, program, settings):
    settings.AFFILIATES = {"API_READS_PER_MINUTE": 1}
    addresses = ["192.0.2.1", "198.51.100.1"]
    statuses = [get(client, "programs/", X_Forwarded_For=one).status_code for one in addresses]
    assert statuses == [200, 429]


# Scripts of other sites


def preflight(client, program, origin, method="POST"):
    return client.options(
        place(SENT[0], program),
        headers={"Origin": origin, "Access-Control-Request-Method": method},
    )


def test_no_other_sites_script_may_read_by_default(client, program):
    for response in (
        get(client, "programs/", Origin="https://other.example"),
        preflight(client, program, "https://other.example"),
    ):
        assert not response.has_header("Access-Control-Allow-Origin")


def test_allowed_site_may_read_and_send(client, program, settings):
    settings.AFFILIATES = {"API_ALLOWED_ORIGINS": ("https://front.example",)}
    for response in (
        get(client, "programs/", Origin="https://front.example"),
        get(client, "nothing/", Origin="https://front.example"),
        send(client, program, {}, Origin="https://front.example"),
        preflight(client, program, "https://front.example"),
    ):
        assert response["Access-Control-Allow-Origin"] == "https://front.example"
        assert "Origin" in response["Vary"]
        assert "ETag" in response["Access-Control-Expose-Headers"]
        assert "Retry-After" in response["Access-Control-Expose-Headers"]
        assert not response.has_header("Access-Control-Allow-Credentials")
    asked = preflight(client, program, "https://front.example")
    assert asked.status_code == 204
    assert "POST" in asked["Access-Control-Allow-Methods"]
    assert "Idempotency-Key" in asked["Access-Control-Allow-Headers"]
    assert "Content-Type" in asked["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    "origin", ["https://front.example.evil", "http://front.example", "null", "", "*"]
)
def test_other_sites_are_not_allowed_with_it(client, program, settings, origin):
    settings.AFFILIATES = {"API_ALLOWED_ORIGINS": ("https://front.example",)}
    response = get(client, "programs/", Origin=origin)
    assert not response.has_header("Access-Control-Allow-Origin")
    assert "Origin" in response["Vary"]


def test_what_is_kept_for_one_site_is_not_shown_to_another(client, program, settings):
    settings.AFFILIATES = {"API_ALLOWED_ORIGINS": ("https://a.example", "https://b.example")}
    for origin in ("https://a.example", "https://b.example", "https://a.example"):
        response = get(client, "programs/", Origin=origin)
        assert response["Access-Control-Allow-Origin"] == origin


def test_all_sites_may_be_allowed(client, program, settings):
    settings.AFFILIATES = {"API_ALLOWED_ORIGINS": ("*",)}
    response = get(client, "programs/", Origin="https://any.example")
    assert response["Access-Control-Allow-Origin"] == "*"


# What may be kept

PUBLIC = [path for path in READ if path not in ("challenge/", "docs/")]


@pytest.mark.parametrize("path", PUBLIC)
def test_public_answer_is_not_sent_twice(client, program, path):
    first = client.get(place(path, program))
    assert first["Cache-Control"] == "public, max-age=60"
    for known in (first["ETag"], f"W/{first['ETag']}", f'"x", {first["ETag"]}', "*"):
        again = client.get(place(path, program), headers={"If-None-Match": known})
        assert again.status_code == 304
        assert again.content == b""
        assert again["ETag"] == first["ETag"]
        assert again["Cache-Control"] == first["Cache-Control"]
    for unknown in ('"x"', "x", "", "\0", '"' * 100):
        again = client.get(place(path, program), headers={"If-None-Match": unknown})
        assert again.status_code == 200
        assert again.content == first.content


def test_answer_that_nobody_kept_is_not_sent_twice_either(client, program, settings):
    settings.AFFILIATES = {"API_FRESH_SECONDS": 0}
    first = get(client, "programs/")
    again = get(client, "programs/", If_None_Match=first["ETag"])
    assert again.status_code == 304
    assert first["Cache-Control"] == "public, max-age=0"


def test_etag_costs_no_query(client, program, django_assert_num_queries):
    first = get(client, "programs/")
    with django_assert_num_queries(0):
        assert get(client, "programs/", If_None_Match=first["ETag"]).status_code == 304


@pytest.mark.parametrize("path", ["challenge/", "nothing/", "programs/none/", "applications/x/"])
def test_what_is_private_or_wrong_is_kept_by_nobody(client, program, path):
    response = get(client, path)
    assert response["Cache-Control"] == "private, no-store"
    assert not response.has_header("ETag")


def rename(page):
    page.title = "New name"
    page.save_revision().publish()


CHANGES = {
    "published": rename,
    "saved": lambda page: (setattr(page, "summary", "Other"), page.save()),
    "unpublished": lambda page: page.unpublish(),
    "deleted": lambda page: page.delete(),
    "link added": lambda page: AffiliateLink.objects.create(
        affiliate=page, network="website", url="https://a.org"
    ),
    "made private": lambda page: PageViewRestriction.objects.create(
        page=page, restriction_type="login"
    ),
    "paused": lambda page: pause_affiliation(
        affiliation=ensure_affiliation(page=page, now=timezone.now()),
        user=UserFactory(is_superuser=True),
        reason="They asked for it.",
        now=timezone.now(),
    ),
    "moved": lambda page: page.move(Site.objects.get().root_page, pos="last-child"),
}


@pytest.mark.parametrize("change", ["published", "saved", "unpublished", "deleted", "link added"])
def test_change_is_seen_at_once(client, program, change):
    page = AffiliatePageFactory(parent=program)
    path = f"programs/{program.slug}/affiliates/"
    before = get(client, path)
    CHANGES[change](page)
    after = get(client, path, If_None_Match=before["ETag"])
    assert after.status_code == 200
    assert after.content != before.content


@pytest.mark.parametrize("change", ["made private", "paused", "moved", "unpublished"])
def test_affiliate_that_is_no_longer_listed_is_gone_at_once(client, program, change):
    page = AffiliatePageFactory(parent=program)
    path = f"programs/{program.slug}/affiliates/"
    assert get(client, path).json()["count"] == 1
    CHANGES[change](page)
    assert get(client, path).json()["count"] == 0
    assert get(client, f"{path}{page.slug}/").status_code == 404


def test_draft_that_nobody_sees_leaves_what_is_kept(client, program, django_assert_num_queries):
    page = AffiliatePageFactory(parent=program)
    get(client, "programs/")
    page.title = "Not yet"
    page.save_revision()
    with django_assert_num_queries(0):
        get(client, "programs/")


def test_every_call_of_the_api_goes_through_the_door(client, db):
    """Also those that others add."""
    for pattern in (*api.urls[0], *patterns):
        if pattern.name != "api-root":
            route = str(pattern.pattern)
            path = "".join(
                "x" if "<" in part else part for part in route.replace(">", "<").split("<")
            )
            assert client.options(ROOT + path)["X-Robots-Tag"] == "noindex"
