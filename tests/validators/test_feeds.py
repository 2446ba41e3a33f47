"""The served feeds, as a validator sees them that is not ours: the one in Ruby's library."""

import pytest

from tests.factories.affiliations import affiliation
from tests.factories.updates import published
from tests.validators.worlds import WORLDS

pytestmark = [pytest.mark.validate, pytest.mark.django_db]

KINDS = ("atom", "rss")
SPOILT = (
    ("atom", "<updated>", "<updated>yesterday "),
    ("atom", "<author>", "<category/><author>"),
    ("rss", "<pubDate>", "<pubDate>yesterday "),
    ("rss", 'isPermaLink="false"', 'isPermaLink="perhaps"'),
    ("rss", "<language>", "<tongue/><language>"),
)


def served(client, program, kind):
    answer = client.get(f"{program.url}updates/{kind}/")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("world", WORLDS)
def test_validator_finds_nothing_in_a_served_feed(client, program, feed_mistakes, world, kind):
    WORLDS[world](program)
    assert feed_mistakes(served(client, program, kind)) == ""


@pytest.mark.parametrize(("kind", "right", "wrong"), SPOILT)
def test_validator_finds_what_is_spoilt(client, program, feed_mistakes, kind, right, wrong):
    published(affiliation(program))
    feed = served(client, program, kind)
    assert right in feed
    assert feed_mistakes(feed.replace(right, wrong, 1)) != ""
