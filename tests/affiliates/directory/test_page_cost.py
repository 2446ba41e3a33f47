"""What it costs to make the public pages: as many questions for three groups as for one."""

import pytest

from affiliates.caching.store import forget_answers
from tests.factories.affiliations import affiliation
from tests.factories.updates import published

PROGRAM_QUERIES = 12
AFFILIATE_QUERIES = 11


@pytest.mark.parametrize("number", [1, 3])
def test_pages_ask_as_often_for_three_groups_as_for_one(
    client, program, django_assert_num_queries, number
):
    for index in range(number):
        region = ("US-MI", "US-OH", "US-CA")[index]
        group = affiliation(program, region=region, links={"website": "https://example.org"})
        published(group)
    client.get(program.url)
    for path, cost in ((program.url, PROGRAM_QUERIES), (group.page.url, AFFILIATE_QUERIES)):
        forget_answers()
        with django_assert_num_queries(cost):
            assert client.get(path).status_code == 200
