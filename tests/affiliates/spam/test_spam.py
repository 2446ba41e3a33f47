"""Robots are slowed down; people lose nothing, with or without scripts."""

import base64
import json
from datetime import timedelta
from uuid import uuid4

import altcha
import pytest
import time_machine
from django.test import RequestFactory
from django.utils import timezone

from affiliates.models import Application, SpentChallenge
from affiliates.spam.client_networks import network_hash
from affiliates.spam.form_tokens import issue_form_token, read_form_token
from affiliates.spam.proof import spend_proof
from tests.factories.applications import (
    apply_url,
    form_data,
    posted,
    saved_draft,
    shown_token,
    submitted,
)
from workflows.models import OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def easy_proof(settings):
    settings.AFFILIATES = {"PROOF_PREFIX": "0"}


def solved(client):
    challenge = altcha.Challenge.from_dict(client.get("/join/challenge/").json())
    solution = altcha.solve_challenge(challenge)
    return altcha.Payload(challenge, solution).to_base64()


def send(client, program, **data):
    return client.post(apply_url(program), {**posted(program), **data})


# Honeypot


def test_trap_is_out_of_sight_and_reach(client, program):
    html = client.get(apply_url(program)).content.decode()
    trap = html[html.index('class="form__trap"') :][:900]
    assert 'aria-hidden="true"' in trap
    assert 'tabindex="-1"' in trap
    assert 'autocomplete="off"' in trap
    assert "Leave this field empty" in trap


def test_filled_trap_is_revealed_with_a_message_and_nothing_is_lost(client, program):
    response = send(client, program, subject="Buy now", summary="My own words.")
    html = response.content.decode()
    assert response.status_code == 422
    assert "trap for robots" in html
    assert 'class="form__trap"' not in html
    assert "My own words." in html
    assert not Application.objects.exists()


# Time trap and form token


@pytest.mark.parametrize(("seconds", "status"), [(1, 422), (9, 422), (11, 302)])
def test_form_sent_too_fast_without_scripts_is_asked_again(client, program, seconds, status):
    token = shown_token(program, ago=timedelta(seconds=seconds))
    response = send(client, program, form_token=token)
    assert response.status_code == status
    if status == 422:
        assert "very quick" in response.content.decode()
        assert "Safer Schools Ohio" in response.content.decode()
        assert response.context["form_token"] == token


@pytest.mark.usefixtures("easy_proof")
@pytest.mark.parametrize(("seconds", "status"), [(1, 422), (5, 302)])
def test_proof_shortens_the_wait(client, program, seconds, status):
    token = shown_token(program, ago=timedelta(seconds=seconds))
    response = send(client, program, form_token=token, proof=solved(client))
    assert response.status_code == status


@pytest.mark.parametrize("token", [None, "", "junk", "a:b:c", "\0", "é" * 300])
def test_missing_or_forged_form_token_costs_one_more_press(client, program, token):
    data = form_data(program, form_token=token)
    response = client.post(apply_url(program), data)
    assert response.status_code == 422
    assert "Safer Schools Ohio" in response.content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        again = {**data, "form_token": response.context["form_token"]}
        assert client.post(apply_url(program), again).status_code == 302


def test_form_token_of_another_program_is_none(program):
    assert (
        read_form_token(issue_form_token(program_id=program.pk + 1), program_id=program.pk) is None
    )


def test_form_left_open_for_weeks_can_still_be_sent(client, program):
    token = shown_token(program, ago=timedelta(weeks=6))
    assert send(client, program, form_token=token).status_code == 302


# Proof of work


def test_challenge_is_json_for_one_use(client):
    first, second = (client.get("/join/challenge/") for _ in range(2))
    assert first["Content-Type"] == "application/json"
    assert "no-store" in first["Cache-Control"]
    assert first.json()["signature"] != second.json()["signature"]
    assert not SpentChallenge.objects.exists()


@pytest.mark.usefixtures("easy_proof")
def test_proof_counts_for_one_form_only(client, program):
    proof, key = solved(client), uuid4()
    assert spend_proof(proof, submission_key=key)
    assert spend_proof(proof, submission_key=key)
    assert not spend_proof(proof, submission_key=uuid4())


@pytest.mark.usefixtures("easy_proof")
def test_expired_proof_counts_as_none(client):
    with time_machine.travel(timezone.now() - timedelta(hours=2)):
        proof = solved(client)
    assert not spend_proof(proof, submission_key=uuid4())


def as_payload(content):
    return base64.b64encode(json.dumps(content).encode()).decode()


@pytest.mark.parametrize(
    "proof",
    [
        "",
        "junk",
        "é",
        "x" * 100_000,
        as_payload([]),
        as_payload(None),
        as_payload({"challenge": [], "solution": {}}),
        as_payload({"challenge": {"parameters": "x"}, "solution": "y"}),
        as_payload(
            {
                "challenge": {
                    "parameters": {"algorithm": "SHA-256", "nonce": "", "salt": "", "cost": 1},
                    "signature": "00",
                },
                "solution": {"counter": 0, "derivedKey": "00"},
            }
        ),
    ],
)
def test_forged_proof_is_no_refusal_by_itself(client, program, proof):
    assert not spend_proof(proof, submission_key=uuid4())
    assert send(client, program, proof=proof).status_code == 302


@pytest.mark.usefixtures("easy_proof")
def test_solution_of_another_challenge_is_forged(client):
    first, second = (json.loads(base64.b64decode(solved(client))) for _ in range(2))
    assert not spend_proof(
        as_payload({**first, "solution": second["solution"]}), submission_key=uuid4()
    )


# Quotas


def test_network_over_its_quota_gets_its_text_back(client, program):
    for _ in range(5):
        assert send(client, program).status_code == 302
    response = send(client, program, summary="Sixth of this hour.")
    assert response.status_code == 429
    assert "Sixth of this hour." in response.content.decode()
    assert "program@example.org" in response.content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        again = {**form_data(program), "form_token": response.context["form_token"]}
        assert client.post(apply_url(program), again).status_code == 302


@pytest.mark.usefixtures("easy_proof")
def test_proof_widens_the_quota(client, program):
    for _ in range(5):
        send(client, program)
    assert send(client, program, proof=solved(client)).status_code == 302


def test_drafts_count_too_and_are_kept_in_the_form(client, program):
    for _ in range(5):
        send(client, program, save="1")
    response = send(client, program, save="1", summary="My draft.")
    assert response.status_code == 429
    assert "My draft." in response.content.decode()


def test_other_network_is_not_concerned(client, program):
    for _ in range(5):
        send(client, program)
    response = client.post(apply_url(program), posted(program), REMOTE_ADDR="198.51.100.7")
    assert response.status_code == 302


def test_sending_the_same_again_is_possible_over_the_quota(client, program):
    data = posted(program)
    client.post(apply_url(program), data)
    for _ in range(4):
        send(client, program)
    assert client.post(apply_url(program), data).status_code == 302


def hash_of(address, forwarded=None):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return network_hash(RequestFactory().get("/", REMOTE_ADDR=address, headers=headers))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.250", True),
        ("192.0.2.1", "192.0.3.1", False),
        ("2001:db8:1:2::3", "2001:db8:1:ffff::9", True),
        ("2001:db8:1::1", "2001:db8:2::1", False),
        ("::ffff:192.0.2.1", "192.0.2.9", True),
    ],
)
def test_network_is_what_one_household_or_office_has(one, other, same):
    assert (hash_of(one) == hash_of(other)) is same
    assert one not in hash_of(one)


UNKNOWN = ["", "unknown", "unix:", "999.1.1.1", "1.2.3", "[x]:1", "1.2.3.4 5"]


def test_clients_without_a_readable_address_are_one_network(settings):
    settings.AFFILIATES = {"TRUSTED_PROXIES": 1}
    direct = {hash_of(address) for address in UNKNOWN}
    behind_a_proxy = {hash_of("192.0.2.1", f"192.0.2.7, {address}") for address in UNKNOWN[1:]}
    assert len(direct | behind_a_proxy) == 1
    assert hash_of("192.0.2.1") not in direct


def test_garbled_header_does_not_switch_the_quota_off(client, program, settings):
    settings.AFFILIATES = {"TRUSTED_PROXIES": 1}
    answers = []
    for garbled in UNKNOWN[1:7]:
        headers = {"X-Forwarded-For": f"192.0.2.7, {garbled}"}
        answer = client.post(apply_url(program), posted(program), headers=headers)
        answers.append(answer.status_code)
    assert answers == [302] * 5 + [429]


@pytest.mark.parametrize(
    ("trusted", "forwarded", "believed"),
    [
        (0, "203.0.113.5", "192.0.2.1"),
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "6.6.6.6, 203.0.113.5", "203.0.113.5"),
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, "203.0.113.5:1234", "203.0.113.5"),
        (2, "6.6.6.6, 203.0.113.5, 10.0.0.1", "203.0.113.5"),
        (2, "203.0.113.5", "192.0.2.1"),
        (1, None, "192.0.2.1"),
    ],
)
def test_only_trusted_proxies_are_believed(settings, trusted, forwarded, believed):
    settings.AFFILIATES = {"TRUSTED_PROXIES": trusted}
    assert hash_of("192.0.2.1", forwarded) == hash_of(believed, believed)


def test_address_typed_too_often_gets_no_more_mail_and_nobody_can_tell(client, program):
    for number in range(5):
        submitted(program, contact_email=f"rosa+{number}@saferschools.org")
    before, after = send(client, program), OutgoingMail.objects.get(recipient__startswith="rosa@")
    assert before.status_code == 302
    assert after.state == "suppressed"
    assert Application.objects.count() == 6
    page = client.get(before.url).content.decode()
    assert "We send an email" in page


def test_drafts_count_for_the_address_too(program):
    for _ in range(6):
        saved_draft(program)
    states = list(OutgoingMail.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["queued"] * 5 + ["suppressed"]


def test_next_day_mails_go_out_again(program):
    for _ in range(6):
        submitted(program)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        later = submitted(program, name="Later")
    mail = OutgoingMail.objects.get(object_id=str(later.pk), recipient="rosa@saferschools.org")
    assert mail.state == "queued"
