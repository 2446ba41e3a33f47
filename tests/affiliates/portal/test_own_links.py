"""Mailed links to the own page, as people and machines open them: broken, old, foreign."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from affiliates.links.tokens import Purpose, sign, update_url
from affiliates.models import Affiliation, Contact
from affiliates.portal.services.link_requests import answer_link_requests
from tests.factories.affiliations import UpdateRequestFactory, affiliation
from tests.factories.own_pages import own_link, own_path
from tests.factories.visits import path_of
from tests.standing import stands
from workflows.models import OutgoingMail

pytestmark = pytest.mark.django_db


@stands()
def group(program):
    return affiliation(program, title="Michigan Parents", contact__email="jo@example.net")


def token_of(group, purpose=Purpose.AFFILIATE):
    return sign(group.reference, group.primary_contact.link_nonce, purpose)


def link_path(token):
    return f"/join/link/{token}/"


def test_link_works_many_times_and_in_other_browsers(group):
    for _ in range(3):
        response = Client().get(own_link(group), follow=True)
        assert response.status_code == 200


@pytest.mark.parametrize("end", [".", ">", ")", ",", "%20", "%0A", ".%3E", "%C2%A0", "%E2%80%9D"])
def test_what_a_mail_program_stuck_to_the_end_is_taken_off(client, group, end):
    for path in (link_path(token_of(group) + end), link_path(token_of(group)) + end):
        response = client.get(path, follow=True)
        assert response.status_code == 200
        assert response.redirect_chain[-1][0] == own_path(group)


def test_every_single_changed_character_breaks_the_link(client, group):
    token = token_of(group)
    for place, character in enumerate(token):
        broken = token[:place] + ("x" if character != "x" else "y") + token[place + 1 :]
        assert client.get(link_path(broken)).status_code == 404, broken


@pytest.mark.parametrize("length", [0.1, 0.3, 0.5, 0.9, 0.99])
def test_cut_link_says_what_to_do(client, group, length):
    token = token_of(group)
    response = client.get(link_path(token[: int(len(token) * length)]))
    assert response.status_code == 404
    assert "cut it short" in response.content.decode()
    assert group.reference not in response.content.decode()


@pytest.mark.parametrize("other", [one for one in Purpose if one != Purpose.AFFILIATE])
def test_link_for_another_purpose_is_worthless_here(client, group, other):
    foreign = token_of(group, other).replace(f"{other}~", "affiliate~", 1)
    assert client.get(link_path(foreign)).status_code == 404


def test_link_for_one_update_does_not_open_the_own_page(client, group):
    asked = UpdateRequestFactory(affiliation=group)
    client.get(path_of(update_url(asked, group.primary_contact)))
    assert client.get(own_path(group)).status_code == 403


def test_own_page_opens_no_request_that_is_no_longer_open(client, group):
    asked = UpdateRequestFactory(affiliation=group, state="waived")
    client.get(own_link(group), follow=True)
    assert client.get(f"/join/update/{asked.reference}/").status_code == 403


def test_expired_link_offers_a_new_one_to_the_address_on_record(client, group):
    link = own_link(group)
    with time_machine.travel(timezone.now() + timedelta(days=364), tick=False):
        assert client.get(link).status_code == 302
    with time_machine.travel(timezone.now() + timedelta(days=366), tick=False):
        response = client.get(link)
        assert response.status_code == 410
        assert "jo@" not in response.content.decode()
        client.post("/join/link/renew/", {"reference": group.reference, "email": "a@b.org"})
        answer_link_requests(now=timezone.now())
    assert [mail.recipient for mail in OutgoingMail.objects.all()] == ["jo@example.net"]


def test_link_to_an_ended_affiliation_says_so(client, group):
    Affiliation.objects.update(state="ended")
    response = client.get(own_link(group), follow=True)
    assert response.status_code == 200
    assert "no longer an affiliate" in response.content.decode()


def test_contact_that_was_taken_out_has_no_way_in(client, group):
    link = own_link(group)
    Contact.objects.all().delete()
    assert client.get(link).status_code == 404


def test_tokens_do_not_reach_the_page_or_other_sites(client, group):
    response = client.get(own_link(group))
    assert response["Referrer-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]
    assert group.primary_contact.link_nonce not in response.url
