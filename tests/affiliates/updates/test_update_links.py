"""Links for an update, as people and machines open them: whole, broken, old, stolen, foreign."""

from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.test import Client
from django.utils import timezone

from affiliates.affiliations.mails.links import AFFILIATE_LINK
from affiliates.links.tokens import Purpose, affiliate_url, sign, update_url
from affiliates.models import ContactUpdate
from affiliates.portal.services.link_requests import answer_link_requests
from tests.factories.affiliations import affiliation
from tests.factories.applications import submitted
from tests.factories.visits import (
    ASKED,
    BEFORE,
    asked_for_update,
    news,
    opened,
    path_of,
    update_path,
)
from tests.standing import stands
from workflows.models import OutgoingMail

pytestmark = pytest.mark.django_db

RENEW = "/join/link/renew/"


@pytest.fixture(autouse=True)
def asked_day():
    with time_machine.travel(ASKED, tick=False):
        yield


@stands(at=ASKED)
def group(program):
    return affiliation(program, now=BEFORE, contact__email="kim@group.example", alternate=True)


@stands(at=ASKED)
def request_(group):
    return asked_for_update(group)


@pytest.fixture
def link(request_, group):
    return path_of(update_url(request_, group.primary_contact))


@pytest.fixture
def token(link):
    return link.removeprefix("/join/link/").removesuffix("/")


def link_path(token):
    return f"/join/link/{token}/"


def everything_stored():
    """All rows of all tables, save those that Django keeps for itself."""
    models = (model for model in apps.get_models() if model._meta.managed)
    return {model._meta.label: sorted(map(str, model.objects.values_list())) for model in models}


def test_link_leads_to_the_form_without_a_token_in_the_address(client, link, request_, group):
    response = client.get(link, follow=True)
    assert response.redirect_chain == [(update_path(request_), 302)]
    assert group.primary_contact.link_nonce not in response.content.decode()


def test_cookie_is_good_for_its_own_pages_only(client, link, request_):
    (cookie,) = client.get(link).cookies.values()
    assert cookie["path"] == update_path(request_)
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert next(iter(client.get(link, secure=True).cookies.values()))["secure"]


def test_cookie_of_one_request_opens_no_other(client, link, request_, program):
    other = asked_for_update(affiliation(program, now=BEFORE))
    (cookie,) = client.get(link).cookies.values()
    thief = Client()
    thief.cookies[cookie.key.replace(request_.reference, other.reference)] = cookie.value
    assert thief.get(update_path(other)).status_code == 403


@pytest.mark.parametrize(
    "page",
    ["", "thanks/", "contact/", "hand-over/", "second-contact/", "reminders/", "saved/"],
)
def test_private_pages_stay_out_of_caches_and_referrers(client, request_, page):
    response = opened(client, request_).get(update_path(request_, page))
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_three_times_changes_no_table(client, request_, link, group, method):
    opened(client, request_)
    pages = ["", "thanks/", "contact/", "hand-over/", "second-contact/", "reminders/", "saved/"]
    before = everything_stored()
    for address in [link, *(update_path(request_, page) for page in pages)] * 3:
        assert getattr(client, method)(address).status_code < 500
    assert everything_stored() == before


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
@pytest.mark.parametrize("page", ["", "thanks/", "contact/", "hand-over/", "reminders/"])
def test_pages_take_no_other_orders(client, request_, page, method):
    opened(client, request_)
    before = everything_stored()
    assert getattr(client, method)(update_path(request_, page)).status_code == 405
    assert everything_stored() == before


def test_link_itself_takes_no_orders(client, link):
    assert client.post(link, {"kind": "quiet"}).status_code == 405
    assert not ContactUpdate.objects.exists()


@pytest.mark.parametrize("end", [".", ">", ")", ",", "%20", "%0A", ".%3E", "%C2%A0", "%E2%80%9D"])
def test_what_a_mail_program_stuck_to_the_end_is_taken_off(client, token, request_, end):
    for path in (link_path(token + end), link_path(token) + end):
        response = client.get(path, follow=True)
        assert response.redirect_chain[-1][0] == update_path(request_)


def test_every_single_changed_character_breaks_the_link(client, token):
    for place, character in enumerate(token):
        broken = token[:place] + ("x" if character != "x" else "y") + token[place + 1 :]
        assert client.get(link_path(broken)).status_code == 404, broken


@pytest.mark.parametrize("length", [0.1, 0.3, 0.5, 0.9, 0.99])
def test_cut_link_says_what_to_do(client, token, request_, length):
    response = client.get(link_path(token[: int(len(token) * length)]))
    html = response.content.decode()
    assert response.status_code == 404
    assert "cut it short" in html
    assert request_.reference not in html


@pytest.mark.parametrize(
    "purpose", [purpose for purpose in Purpose if purpose is not Purpose.UPDATE]
)
def test_token_made_for_another_purpose_opens_no_form(client, request_, group, purpose):
    nonce = group.primary_contact.link_nonce
    own = sign(request_.reference, nonce, purpose)
    for token in (own, own.replace(f"{purpose}~", "update~", 1)):
        client.get(link_path(token))
        assert client.get(update_path(request_)).status_code == 403


def test_token_for_an_update_opens_no_application(client, program, group):
    application = submitted(program)
    token = sign(application.reference, group.primary_contact.link_nonce, Purpose.UPDATE)
    assert client.get(link_path(token)).status_code == 404


def test_nonce_of_another_groups_contact_opens_nothing(client, request_, program):
    other = affiliation(program, now=BEFORE)
    token = sign(request_.reference, other.primary_contact.link_nonce, Purpose.UPDATE)
    assert client.get(link_path(token)).status_code == 404


def test_both_contacts_have_links_that_work(request_, group):
    for contact in (group.primary_contact, group.alternate_contact):
        assert opened(Client(), request_, contact).get(update_path(request_)).status_code == 200


def test_link_dies_with_the_nonce_and_so_does_its_cookie(client, link, request_, group):
    client.get(link)
    group.contacts.update(link_nonce="replaced")
    assert client.get(link).status_code == 404
    assert client.get(update_path(request_)).status_code == 403


def test_link_of_a_contact_who_is_gone_opens_nothing(client, link, request_, group):
    client.get(link)
    group.contacts.all().delete()
    assert client.get(link).status_code == 404
    assert client.get(update_path(request_)).status_code == 403


def test_cookie_for_one_with_a_body_that_names_another_has_no_power_over_it(
    client, request_, program
):
    other = affiliation(program, now=BEFORE)
    asked = asked_for_update(other)
    data = news(opened(client, request_), request_)
    body = {**data, "reference": asked.reference, "affiliation": other.pk, "request": asked.pk}
    client.post(update_path(request_), body)
    assert client.post(update_path(asked), body).status_code == 403
    assert [update.affiliation for update in ContactUpdate.objects.all()] == [request_.affiliation]


def test_key_of_another_groups_update_changes_nothing_of_it(client, request_, program):
    other = asked_for_update(affiliation(program, now=BEFORE))
    theirs = news(opened(Client(), other), other, text="Theirs.")
    opened(Client(), other).post(update_path(other), theirs)
    data = news(opened(client, request_), request_, text="Mine.", key=theirs["key"], version=1)
    response = client.post(update_path(request_), data)
    assert response.status_code in (302, 409)
    assert ContactUpdate.objects.get(affiliation=other.affiliation).text == "Theirs."


def test_expired_link_offers_a_new_one_to_the_addresses_on_record(client, link, request_, group):
    with time_machine.travel(ASKED + timedelta(days=181), tick=False):
        response = client.get(link)
        html = response.content.decode()
        assert response.status_code == 410
        assert "has expired" in html
        assert "kim@" not in html
        thief = {"reference": request_.reference, "email": "thief@example.org"}
        client.post(RENEW, thief)
        answer_link_requests(now=timezone.now())
    sent = set(OutgoingMail.objects.values_list("recipient", flat=True))
    assert sent == {contact.email for contact in group.contacts.all()}


@pytest.mark.parametrize("of", ["request", "affiliation"])
def test_same_answer_for_known_unknown_and_nonsense_references(client, request_, group, of):
    known = {"request": request_.reference, "affiliation": group.reference}[of]
    answers = [
        client.post(RENEW, {"reference": reference}, follow=True)
        for reference in (known, "ZZZ-ZZZ", "", "<script>")
    ]
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    answer_link_requests(now=timezone.now())
    assert OutgoingMail.objects.filter(kind=AFFILIATE_LINK).count() == 2


def test_new_link_leads_to_the_update_that_is_owed(client, request_, group):
    client.get(path_of(affiliate_url(group, group.primary_contact)), follow=True)
    page = client.get(f"/join/affiliate/{group.reference}/")
    assert update_path(request_) in page.content.decode()
    assert client.get(update_path(request_)).status_code == 200


def test_page_without_a_link_is_the_same_for_a_request_and_for_none(client, request_):
    known, unknown = (
        client.get(f"/join/update/{reference}/") for reference in (request_.reference, "ZZZ-ZZZ")
    )
    assert known.status_code == unknown.status_code == 403
    assert (
        known.content.decode().replace(request_.reference, "ZZZ-ZZZ").split("csrf")[0]
        == unknown.content.decode().split("csrf")[0]
    )
