"""The token of a link in a header, so that a front end keeps it out of addresses and logs."""

import pytest

from affiliates.links.tokens import Purpose, make_token, sign
from affiliates.models import Application
from tests.affiliates.api.calls import ROOT, application, get, post, problem, send
from tests.factories.affiliations import UpdateRequestFactory, affiliation
from tests.factories.applications import saved_draft, submitted
from tests.factories.own_groups import own_token


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def tokens(program):
    group = affiliation(program)
    asked, contact = UpdateRequestFactory(affiliation=group), group.primary_contact
    return {
        "applications": make_token(submitted(program), Purpose.STATUS),
        "drafts": make_token(saved_draft(program), Purpose.DRAFT),
        "update-requests": sign(asked.reference, contact.link_nonce, Purpose.UPDATE),
        "affiliations": own_token(group),
    }


def test_header_shows_what_the_address_shows(client, tokens):
    for place, token in tokens.items():
        in_address = get(client, f"{place}/{token}/").json()
        answer = get(client, f"{place}/", **bearer(token))
        assert answer.status_code == 200, place
        assert answer.json().keys() == in_address.keys()
        assert answer["Cache-Control"] == "private, no-store"
        assert get(client, f"{place}/", Authorization=f"bearer  {token}.").status_code == 200


def test_header_opens_nothing_with_another_token(client, tokens):
    for place, token in tokens.items():
        for header in ("", token, f"Basic {token}", "Bearer", "Bearer x", f"Bearer {token[:-1]}"):
            answer = get(client, f"{place}/", Authorization=header)
            assert answer.status_code == 401, (place, header)
            assert problem(answer) == "token-needed"
            assert answer["WWW-Authenticate"] == "Bearer"
    assert get(client, "affiliations/", **bearer(tokens["applications"])).status_code == 401


def test_applicant_goes_from_sending_to_withdrawing_without_a_token_in_any_address(client, program):
    token = send(client, program, application(program)).json()["token"]
    answer = post(client, "applications/withdraw/", {"reason": "We merged."}, **bearer(token))
    assert answer.json()["state"] == "withdrawn"
    assert Application.objects.get().state == "withdrawn"


def test_other_sites_script_may_send_the_header(client, program, settings):
    settings.AFFILIATES = {"API_ALLOWED_ORIGINS": ("https://a.example",)}
    answer = client.options(
        f"{ROOT}applications/withdraw/",
        headers={
            "Origin": "https://a.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization",
        },
    )
    assert answer["Allow"] == "OPTIONS, POST"
    assert "Authorization" in answer["Access-Control-Allow-Headers"]
