"""Published updates in the API: those that the public sees, newest first, and no others."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from affiliates.affiliations.services.lifecycle import pause_affiliation
from affiliates.caching.store import forget_answers
from affiliates.core.states import UpdateKind
from tests.affiliates.api.calls import get, mistakes, problem
from tests.factories.affiliations import affiliation
from tests.factories.updates import NEWS, published, sent
from tests.factories.users import UserFactory
from tests.standing import stands


@stands()
def groups(program):
    return [affiliation(program, slug=slug, title=slug.title()) for slug in ("apple", "zebra")]


def titles(client, program, place=""):
    answer = get(client, f"programs/{program.slug}/{place}updates/")
    return [item["title"] for item in answer.json()["items"]]


def test_update_has_its_words_its_time_and_its_group(client, program, groups):
    update = published(groups[0], headline="A new policy")
    answer = get(client, f"programs/{program.slug}/updates/").json()
    (item,) = answer["items"]
    assert answer["count"] == 1
    assert item["id"] == update.pk
    assert item["title"] == "A new policy"
    assert item["text"] == NEWS
    assert item["published_at"][:19] == f"{update.first_published_at:%Y-%m-%dT%H:%M:%S}"
    assert item["affiliate"] == {
        "slug": "apple",
        "name": "Apple",
        "region": "US-MI",
        "url": f"http://localhost{groups[0].page.url}",
    }


def test_updates_come_newest_first_and_by_group(client, program, groups):
    for number, group in enumerate([groups[0], groups[1], groups[0]]):
        published(group, headline=f"Number {number}")
    assert titles(client, program) == ["Number 2", "Number 1", "Number 0"]
    assert titles(client, program, "affiliates/apple/") == ["Number 2", "Number 0"]


def test_what_is_not_for_the_public_is_not_there(client, program, groups):
    sent(groups[0], "Not published yet")
    sent(groups[0], "We need help", kind=UpdateKind.HELP)
    sent(groups[0], "Please do not print this", may_publish=False)
    assert titles(client, program) == []


def test_new_update_is_seen_at_once(client, program, groups):
    assert titles(client, program) == []
    published(groups[0], headline="A new policy")
    assert titles(client, program) == ["A new policy"]


def test_paused_group_takes_its_updates_along(client, program, groups):
    published(groups[0])
    assert titles(client, program, "affiliates/apple/") == titles(client, program) != []
    staff = UserFactory(is_superuser=True)
    pause_affiliation(affiliation=groups[0], user=staff, reason="Asked.", now=timezone.now())
    assert titles(client, program) == []
    response = get(client, f"programs/{program.slug}/affiliates/apple/updates/")
    assert problem(response) == "not-found"


def test_bad_page_is_refused_with_its_place(client, program):
    response = get(client, f"programs/{program.slug}/updates/?limit=1e9&offset=-1")
    assert set(mistakes(response)) == {("query", "limit"), ("query", "offset")}


def queries(client, path):
    get(client, path)
    forget_answers()
    with CaptureQueriesContext(connection) as found:
        assert get(client, path).status_code == 200
    return len(found)


def test_three_updates_ask_as_much_as_one(client, program, groups):
    path = f"programs/{program.slug}/updates/"
    published(groups[0])
    with_one = queries(client, path)
    published(groups[1])
    published(groups[1])
    assert queries(client, path) == with_one
