"""A change of the public page, proposed by a front end and decided by people in Wagtail."""

import pytest

from affiliates.models import AffiliatePage, Affiliation, ProfileChange
from tests.affiliates.api.calls import get, mistakes, problem, put
from tests.factories.affiliations import affiliation
from tests.factories.own_groups import group_path
from tests.factories.profile_changes import act, proposed, under_review
from tests.factories.reviews import reviewer
from tests.standing import stands

NEW = "Parents and teachers of all Michigan."
PUBLIC = {
    "name": "Michigan Parents",
    "locality": "",
    "summary": "Parents who work for safe schools.",
    "body": "We meet.",
    "links": [{"network": "website", "url": "https://old.org/"}],
}


@stands()
def program(reviewed_program):
    return reviewed_program


@stands()
def group(program):
    return affiliation(
        program,
        title="Michigan Parents",
        body="<p>We meet.</p>",
        links={"website": "https://old.org/"},
    )


def read(client, group):
    return get(client, group_path(group, "profile/")).json()


def propose(client, group, *, version=0, **changes):
    return put(client, group_path(group, "profile/"), {**PUBLIC, "version": version, **changes})


def test_profile_is_what_the_page_says(client, group):
    assert read(client, group) == {
        "public": PUBLIC,
        "wanted": PUBLIC,
        "proposal": None,
        "version": 0,
    }


def test_change_is_proposed_and_the_page_stays(client, group):
    answer = propose(client, group, summary=NEW).json()
    assert answer["public"] == PUBLIC
    assert answer["wanted"] == {**PUBLIC, "summary": NEW}
    assert answer["version"] == 1
    assert answer["proposal"]["state"] == "open"
    assert answer["proposal"]["facts"] == [{"name": "summary", "label": "In short", "text": NEW}]
    assert answer["proposal"]["read_by"]
    assert ProfileChange.objects.get().contact == group.primary_contact
    assert AffiliatePage.objects.get(pk=group.page_id).summary != NEW


def test_every_fact_can_be_changed(client, group):
    wanted = {
        "name": "Michigan Families",
        "locality": "Lansing",
        "summary": NEW,
        "body": "We meet.\n\nOn Mondays.",
        "links": [
            {"network": "website", "url": "https://new.org/"},
            {"network": "facebook", "url": "https://www.facebook.com/new"},
        ],
    }
    assert propose(client, group, **wanted).json()["wanted"] == wanted
    assert len(read(client, group)["proposal"]["facts"]) == 6


def test_link_that_is_left_out_is_taken_out(client, group):
    answer = propose(client, group, links=[]).json()
    assert answer["proposal"]["facts"] == [{"name": "link_website", "label": "Website", "text": ""}]


def test_same_proposal_twice_is_one(client, group):
    for _ in range(2):
        assert propose(client, group, summary=NEW).json()["version"] == 1
    assert ProfileChange.objects.get().version == 1


def test_proposal_is_changed_by_its_version_and_an_older_window_undoes_nothing(client, group):
    propose(client, group, summary="First.")
    assert propose(client, group, version=1, summary="Second.").json()["version"] == 2
    assert problem(propose(client, group, version=1, summary="Third.")) == "proposal-changed"
    assert read(client, group)["wanted"]["summary"] == "Second."


def test_nothing_new_is_explained(client, group):
    found = mistakes(propose(client, group))
    assert "Your public page already says all of this" in found[()]["message"]
    assert not ProfileChange.objects.exists()


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"name": ""}, [("name",)]),
        ({"summary": ""}, [("summary",)]),
        ({"summary": "x" * 501}, [("summary",)]),
        ({"body": "x" * 5001}, [("body",)]),
        ({"name": "", "summary": "\u200b"}, [("name",), ("summary",)]),
        (
            {"links": [{"network": "website", "url": "javascript:alert(1)"}]},
            [("links", 0, "url")],
        ),
        (
            {
                "links": [
                    {"network": "website", "url": "https://a.org/"},
                    {"network": "website", "url": "https://b.org/"},
                    {"network": "gopher", "url": "https://b.org/"},
                ]
            },
            [("links", 1, "network"), ("links", 2, "network")],
        ),
        ({"links": {}}, [("links",)]),
        ({"links": [{"network": "website"}]}, [("links", 0, "url")]),
        ({"version": -1}, [("version",)]),
        ({"version": "0"}, [("version",)]),
        ({"version": 10**30}, [("version",)]),
        ({"title": "x"}, [("title",)]),
        ({"region": "US-OH"}, [("region",)]),
    ],
)
def test_bad_profiles_are_refused_with_their_places(client, group, changes, places):
    assert list(mistakes(propose(client, group, **{"summary": NEW, **changes}))) == places
    assert not ProfileChange.objects.exists()


def test_local_group_has_to_say_where_it_works(client, group):
    AffiliatePage.objects.update(scope="local", locality="Lansing")
    assert list(mistakes(propose(client, group, locality=""))) == [("locality",)]


def test_text_that_is_left_out_stays(client, group):
    answer = propose(client, group, summary=NEW, body=None).json()
    assert answer["wanted"]["body"] == "We meet."


def test_formatted_text_is_left_to_our_team(client, group):
    AffiliatePage.objects.update(body="<h2>We</h2><p>meet.</p>")
    assert read(client, group)["public"]["body"] is None
    found = mistakes(propose(client, group, summary=NEW))
    assert "would be lost" in found["body",]["message"]
    assert propose(client, group, summary=NEW, body=None).status_code == 200


def test_question_of_a_reviewer_is_read_and_answered_by_another_version(client, program, group):
    under_review(group, summary=NEW)
    act(group, reviewer(program), "reject", "Which towns?")
    answer = read(client, group)
    assert answer["proposal"]["state"] == "asked"
    assert answer["proposal"]["question"] == "Which towns?"
    answer = propose(client, group, version=answer["version"], summary="Detroit.").json()
    assert (answer["proposal"]["state"], answer["proposal"]["question"]) == ("open", "")


@pytest.mark.parametrize(
    ("action", "state", "reason"), [("approve", "accepted", ""), ("decline", "declined", "No.")]
)
def test_decision_is_told(client, program, group, action, state, reason):
    under_review(group, summary=NEW)
    act(group, reviewer(program), action, reason)
    answer = read(client, group)
    assert answer["version"] == 0
    assert answer["proposal"]["state"] == state
    assert answer["proposal"]["reason"] == reason
    assert answer["proposal"]["decided_at"]
    assert answer["wanted"] == answer["public"]


def test_group_without_a_public_page_is_told(client, group):
    proposed(group, summary=NEW)
    group.page.unpublish()
    answer = read(client, group)
    assert (answer["public"], answer["wanted"]) == (None, None)
    assert problem(propose(client, group, summary="Other.")) == "page-not-public"


def test_ended_group_reads_that_it_has_no_page(client, group):
    Affiliation.objects.update(state="ended")
    assert read(client, group)["public"] is None
