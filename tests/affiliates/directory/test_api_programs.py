"""Programs in the API: what their public pages show."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from affiliates.caching.store import forget_answers
from tests.affiliates.api.calls import get, problem
from tests.factories.pages import AffiliatePageFactory, ProgramPageFactory


def test_program_has_statements_with_ids_and_what_it_promises(client, program):
    answer = get(client, f"programs/{program.slug}/").json()
    for field in ("beliefs", "obligations", "benefits"):
        assert answer[field] == [
            {"id": one.id, "text": one.text} for one in program.statements(field)
        ]
    assert answer["slug"] == program.slug
    assert answer["title"] == program.title
    assert answer["introduction"] == "<p>Groups that want every child to be safe.</p>"
    assert answer["how_to_apply"] == "<p>Have your links at hand.</p>"
    assert answer["contact_email"] == "program@example.org"
    assert answer["applications_open"] is True
    assert answer["url"].endswith(f"/{program.slug}/")
    assert answer["policy"] == {
        "review_days": 5,
        "answer_days": 14,
        "update_interval_months": 3,
        "time_zone": "America/New_York",
    }


def test_program_counts_whom_it_lists(client, program):
    for region, live in (("US-MI", True), ("US-MI", True), ("US-OH", True), ("US-UT", False)):
        AffiliatePageFactory(parent=program, region=region, live=live)
    answer = get(client, f"programs/{program.slug}/").json()
    assert answer["counts"] == {"affiliates": 3, "regions": 2}


def test_links_in_texts_have_real_addresses(client, program):
    program.introduction = f'<p><a linktype="page" id="{program.pk}">Here</a></p>'
    program.save()
    assert f'href="{program.url}"' in get(client, "programs/").json()["items"][0]["introduction"]


def test_programs_are_listed_in_pieces(client, db):
    programs = [ProgramPageFactory() for _number in range(3)]
    first = get(client, "programs/?limit=2").json()
    rest = get(client, "programs/?limit=2&offset=2").json()
    slugs = [item["slug"] for item in [*first["items"], *rest["items"]]]
    assert slugs == [program.slug for program in programs]
    assert first["count"] == rest["count"] == 3


def test_programs_that_are_not_public_are_left_out(client, program):
    ProgramPageFactory(live=False)
    private = ProgramPageFactory()
    PageViewRestriction.objects.create(page=private, restriction_type="login")
    assert get(client, "programs/").json()["count"] == 1
    assert get(client, f"programs/{private.slug}/").status_code == 404


@pytest.mark.parametrize("slug", ["none", "%00", "%ED%A0%80", "é", "..", "a" * 5000])
def test_unknown_program_is_not_found_at_any_address(client, program, slug):
    assert get(client, f"programs/{program.slug}%00/").status_code == 404
    places = ["", "affiliates/", "regions/", "application-form/", "affiliates/x/"]
    for place in places:
        response = get(client, f"programs/{slug}/{place}")
        assert response.status_code == 404
        assert problem(response) == "not-found"


def queries(client, path):
    get(client, path)
    forget_answers()
    with CaptureQueriesContext(connection) as found:
        assert get(client, path).status_code == 200
    return len(found)


def test_three_programs_ask_as_much_as_one(client, program):
    with_one = queries(client, "programs/")
    ProgramPageFactory()
    ProgramPageFactory()
    assert queries(client, "programs/") == with_one


def test_program_with_three_affiliates_asks_as_much_as_with_one(client, program):
    AffiliatePageFactory(parent=program)
    with_one = queries(client, f"programs/{program.slug}/")
    AffiliatePageFactory(parent=program)
    AffiliatePageFactory(parent=program)
    assert queries(client, f"programs/{program.slug}/") == with_one
