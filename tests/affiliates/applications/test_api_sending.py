"""Applying by the API: the rules and the effects of the form, mistakes with their places."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import altcha
import pytest
from django.db import connection
from django.test import Client

from affiliates.applications.mails.applying import APPLICATION_RECEIVED, SECOND_CONTACT_NAMED
from affiliates.core.states import ApplicationState
from affiliates.models import Application, ApplicationQuestion
from tests.affiliates.api.calls import (
    application,
    get,
    group,
    mistakes,
    post,
    problem,
    send,
    status_path,
)
from tests.factories.applications import apply_url, posted, submitted
from tests.factories.pages import ProgramPageFactory
from workflows.models import OutgoingMail

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"


def ask(program, label, field_type, **kwargs):
    return ApplicationQuestion.objects.create(
        program=program, label=label, field_type=field_type, **kwargs
    )


def solved(client):
    challenge = altcha.Challenge.from_dict(get(client, "challenge/").json())
    return altcha.Payload(challenge, altcha.solve_challenge(challenge)).to_base64()


def test_application_has_the_effects_of_the_form(client, program):
    ask(program, "Members", "number")
    body = application(
        program,
        alternate_contact={"name": "Suharto", "email": "jo@example.org", "phone": ""},
        answers={"members": 12},
        language="en",
    )
    answer = send(client, program, body)
    found = Application.objects.get()
    assert answer.status_code == 201
    assert answer.json()["reference"] == found.reference
    assert answer.json()["state"] == found.state == ApplicationState.SUBMITTED
    assert (found.name, found.region, found.scope) == ("Safer Schools Ohio", "US-OH", "state")
    assert found.links == [{"network": "website", "url": "https://saferschools.org/"}]
    assert found.answers == [{"name": "members", "label": "Members", "value": "12"}]
    assert [(one.role, one.email) for one in found.contacts.all()] == [
        ("primary", "rosa@saferschools.org"),
        ("alternate", "jo@example.org"),
    ]
    assert [one.text for one in found.acceptances.all()] == [
        statement.text for _kind, statement in program.statements_to_accept()
    ]
    assert set(OutgoingMail.objects.values_list("kind", "recipient")) == {
        (APPLICATION_RECEIVED, "rosa@saferschools.org"),
        (SECOND_CONTACT_NAMED, "jo@example.org"),
    }


def test_status_url_leads_to_the_application(client, program):
    answer = send(client, program, application(program))
    status = get(client, status_path(answer)).json()
    assert status["reference"] == answer.json()["reference"]
    assert status["group"]["name"] == "Safer Schools Ohio"


def test_statements_may_be_accepted_as_they_were_shown(client, program):
    shown = get(client, f"programs/{program.slug}/").json()
    body = application(program, accepted=[*shown["beliefs"], *shown["obligations"]])
    assert send(client, program, body).status_code == 201


def test_what_can_be_mended_is_mended(client, program):
    links = [{"network": "website", "url": " saferschools.org "}]
    contact = {"name": " Rosa  Diaz", "email": "Rosa <rosa@saferschools.org>"}
    send(client, program, application(program, group=group(links=links), contact=contact))
    found = Application.objects.get()
    assert found.links == [{"network": "website", "url": "https://saferschools.org"}]
    assert found.primary_contact.name == "Rosa Diaz"
    assert found.primary_contact.email == "rosa@saferschools.org"


@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow_with_answers_and_contacts(
    client, program, django_assert_max_num_queries, settings, count
):
    """Fourteen on PostgreSQL, one of them for the proof, and two for the transaction."""
    settings.AFFILIATES = {"PROOF_PREFIX": "0"}
    for number in range(count):
        ask(program, f"Question {number}", "singleline")
    answers = {f"question_{number}": "Yes" for number in range(count)}
    second = {"name": "Jo Poe", "email": "jo@example.org"} if count > 1 else None
    body = application(program, answers=answers, alternate_contact=second, language="en")
    send(client, program, body)  # Fills the caches of sites and content types.
    proof = solved(client)
    with django_assert_max_num_queries(16 if connection.vendor == "postgresql" else 17):
        assert send(client, program, {**body, "proof": proof}).status_code == 201


# The same again


def test_same_key_and_body_get_the_same_answer(client, program):
    answers = [send(client, program, application(program), key=KEY) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert Application.objects.count() == 1
    assert OutgoingMail.objects.count() == 1


def test_same_answer_wherever_the_application_has_come_to(client, program):
    first = send(client, program, application(program), key=KEY)
    Application.objects.update(state=ApplicationState.APPROVED)
    program.applications_open = False
    program.save()
    assert send(client, program, application(program), key=KEY).content == first.content


def test_same_key_with_another_body_is_refused(client, program):
    send(client, program, application(program), key=KEY)
    other = application(program, group=group(name="Another"))
    response = send(client, program, other, key=KEY)
    assert response.status_code == 422
    assert problem(response) == "key-reused"
    assert Application.objects.get().reference not in response.content.decode()


def test_other_key_is_another_application(client, program):
    send(client, program, application(program))
    send(client, program, application(program))
    assert Application.objects.count() == 2


def test_each_program_has_keys_of_its_own(client, program):
    other = ProgramPageFactory()
    for one in (program, other):
        assert send(client, one, application(one), key=KEY).status_code == 201
    assert Application.objects.count() == 2


def test_key_of_a_form_is_no_key_here(client, program):
    sent = submitted(program, name="From the page")
    body = application(program)
    assert send(client, program, body, key=str(sent.submission_key)).status_code == 201
    assert Application.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_same_body_sent_at_once_is_one_application(program):
    together = Barrier(5)
    body = application(program)

    def once(_number):
        together.wait()
        try:
            return send(Client(), program, body, key=KEY)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(once, range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert Application.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["applications", "drafts"])
def test_as_many_sent_at_once_as_the_quota_allows(program, settings, path):
    settings.AFFILIATES = {"QUOTA_PER_NETWORK_WITHOUT_PROOF": 3}
    together = Barrier(6)
    body = application(program)

    def once(number):
        together.wait()
        try:
            place = f"programs/{program.slug}/{path}/"
            return post(Client(), place, body, key=f"{KEY}{number}").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(once, range(6)))
    assert answers == [201] * 3 + [429] * 3
    assert Application.objects.count() == 3


@pytest.mark.parametrize("key", [None, "", "short", "x" * 129, "with spaces in it, 20", "é" * 20])
def test_key_that_is_none_is_refused_with_its_place(client, program, key):
    response = post(client, f"programs/{program.slug}/applications/", application(program), key=key)
    assert list(mistakes(response)) == [("header", "Idempotency-Key")]
    assert not Application.objects.exists()


def test_known_address_gets_the_answer_of_an_unknown_one(client, program):
    answers = [send(client, program, application(program)) for _ in range(7)]
    assert {answer.status_code for answer in answers[:5]} == {201}
    assert len({tuple(answer.json()) for answer in answers[:5]}) == 1


# Mistakes and their places


def test_mistakes_are_named_all_at_once_with_the_messages_of_the_form(client, program):
    links = [
        {"network": "website", "url": "https://saferschools.org"},
        {"network": "facebook", "url": "https://www.instagram.com/ours"},
    ]
    body = application(
        program,
        group=group(name="", region="US-ON", links=links),
        contact={"name": "Rosa", "email": "rosa@localhost", "phone": "12"},
    )
    found = mistakes(send(client, program, body))
    form = client.post(
        apply_url(program),
        posted(
            program,
            name="",
            region="US-ON",
            link_facebook="https://www.instagram.com/ours",
            contact_email="rosa@localhost",
            contact_phone="12",
        ),
    ).context["form"]
    assert {place: one["message"] for place, one in found.items()} == {
        ("group", "name"): form.errors["name"][0],
        ("group", "region"): form.errors["region"][0],
        ("group", "links", 1, "url"): form.errors["link_facebook"][0],
        ("contact", "email"): form.errors["contact_email"][0],
        ("contact", "phone"): form.errors["contact_phone"][0],
    }
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"group": None}, ("group", "name")),
        ({"group": {}}, ("group", "summary")),
        ({"contact": {}}, ("contact", "email")),
        ({"contact": None}, ("contact", "name")),
        ({"group": group(scope="provincial")}, ("group", "scope")),
        ({"group": group(scope="local")}, ("group", "locality")),
        ({"group": group(summary="x" * 501)}, ("group", "summary")),
        ({"group": group(name="👍")}, ("group", "name")),
        ({"alternate_contact": {}}, ("alternate_contact",)),
        ({"alternate_contact": {"name": "Jo", "email": ""}}, ("alternate_contact", "email")),
        (
            {"alternate_contact": {"name": "Jo", "email": "ROSA+2@saferschools.org"}},
            ("alternate_contact", "email"),
        ),
    ],
)
def test_rule_of_the_form_is_a_rule_here(client, program, changes, place):
    assert place in mistakes(send(client, program, application(program, **changes)))
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("links", "place"),
    [
        ([{"network": "myspace", "url": "x"}], (0, "network")),
        ([{"network": "website", "url": "http://169.254.169.254/"}], (0, "url")),
        ([{"network": "website", "url": "javascript:alert(1)"}], (0, "url")),
        (
            [
                {"network": "website", "url": "https://a.org"},
                {"network": "website", "url": "https://b.org"},
            ],
            (1, "network"),
        ),
        ([{"network": "website"}], (0, "url")),
        (["https://a.org"], (0,)),
        ([{"network": "website", "url": "https://a.org", "title": "A"}], (0, "title")),
    ],
)
def test_link_is_refused_at_its_place(client, program, links, place):
    response = send(client, program, application(program, group=group(links=links)))
    assert list(mistakes(response)) == [("group", "links", *place)]


def test_link_that_stands_under_two_networks_is_refused_once(client, program):
    links = [
        {"network": "website", "url": "https://www.facebook.com/ours"},
        {"network": "facebook", "url": "https://www.facebook.com/ours"},
    ]
    response = send(client, program, application(program, group=group(links=links)))
    assert list(mistakes(response)) == [("group", "links", 0, "url")]


# Statements


def test_missing_statement_is_named_by_its_id(client, program):
    body = application(program)
    left_out = body["accepted"].pop(1)
    (mistake,) = mistakes(send(client, program, body)).values()
    assert mistake["location"] == ["accepted"]
    assert mistake["id"] == left_out
    assert mistake["code"] == "required"


def test_statement_of_another_program_is_refused_at_its_place(client, program):
    other = ProgramPageFactory()
    foreign = other.statements("beliefs")[0].id
    body = application(program)
    body["accepted"].insert(2, foreign)
    (mistake,) = mistakes(send(client, program, body)).values()
    assert mistake["location"] == ["accepted", 2]
    assert mistake["code"] == "unknown"


def test_benefit_is_nothing_to_accept(client, program):
    body = application(program)
    body["accepted"].append(program.statements("benefits")[0].id)
    assert list(mistakes(send(client, program, body))) == [("accepted", 4)]


def test_statement_named_twice_counts_once(client, program):
    body = application(program)
    body["accepted"] *= 2
    assert send(client, program, body).status_code == 201
    assert Application.objects.get().acceptances.count() == 4


def test_text_changed_since_it_was_shown_is_asked_again(client, program):
    shown = get(client, f"programs/{program.slug}/").json()
    program.beliefs[0].value = "Seclusion should end now."
    program.save()
    body = application(program, accepted=[*shown["beliefs"], *shown["obligations"]])
    (mistake,) = mistakes(send(client, program, body)).values()
    assert mistake["location"] == ["accepted", 0]
    assert mistake["code"] == "changed"
    assert mistake["id"] == shown["beliefs"][0]["id"]
    assert "was changed while" in mistake["message"]
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    "accepted",
    [
        *(None, True, 5, 1.5, [], {}, {"id": "x"}, {"text": "x"}),
        *({"id": 1, "text": "x"}, {"id": "x", "text": None}, {"id": "x", "text": "y", "z": 1}),
    ],
)
def test_statement_of_another_shape_is_refused_at_its_place(client, program, accepted):
    body = application(program)
    body["accepted"].insert(0, accepted)
    (mistake,) = mistakes(send(client, program, body)).values()
    assert mistake["location"] == ["accepted", 0]
    assert mistake["code"] == "shape"


@pytest.mark.parametrize("text", ["\ud800", "\0", "", "x" * 10_000])
def test_text_that_was_never_shown_is_asked_again(client, program, text):
    body = application(program)
    body["accepted"][0] = {"id": body["accepted"][0], "text": text}
    (mistake,) = mistakes(send(client, program, body)).values()
    assert mistake["code"] == "changed"


# Extra questions


@pytest.mark.parametrize(
    ("field_type", "value", "kept"),
    [
        ("singleline", " An  answer ", "An answer"),
        ("multiline", "One\n\n\n\nTwo", "One\n\nTwo"),
        ("number", 12, "12"),
        ("number", "12", "12"),
        ("number", -1.5, "-1.5"),
        ("date", "2020-02-29", "2020-02-29"),
        ("dropdown", "Two", "Two"),
        ("radio", "One", "One"),
        ("checkboxes", ["One", "Two"], ["One", "Two"]),
        ("multiselect", ["Two"], ["Two"]),
        ("checkbox", True, True),
        ("email", "A@Example.org", "A@example.org"),
    ],
)
def test_answer_is_kept_with_the_question(client, program, field_type, value, kept):
    ask(program, "Extra", field_type, choices="One\nTwo")
    response = send(client, program, application(program, answers={"extra": value}))
    assert response.status_code == 201, response.content
    assert Application.objects.get().answers == [{"name": "extra", "label": "Extra", "value": kept}]


@pytest.mark.parametrize(
    ("field_type", "value"),
    [
        *(("singleline", value) for value in (5, True, ["x"], {"a": 1}, "", None, "x" * 300)),
        *(("number", value) for value in (True, "NaN", "many", [1], {})),
        *(("date", value) for value in ("2026-02-30", 20260101, "")),
        *(("dropdown", value) for value in ("Three", 1, ["One"], "")),
        *(("checkboxes", value) for value in ("One", [1], ["Three"], [], [["One"]])),
        *(("checkbox", value) for value in (False, "on", 1)),
        *(("email", value) for value in ("a@localhost", "a@b.org, c@d.org")),
        *(("url", value) for value in ("javascript:alert(1)", 5)),
        *(("singleline", value) for value in ("\ud800", "\u200b")),
    ],
)
def test_bad_answer_is_refused_at_its_question(client, program, field_type, value):
    ask(program, "Extra", field_type, choices="One\nTwo")
    response = send(client, program, application(program, answers={"extra": value}))
    assert list(mistakes(response)) == [("answers", "extra")]
    assert not Application.objects.exists()


def test_missing_answer_is_asked_for_at_its_place(client, program):
    ask(program, "Extra", "singleline")
    assert list(mistakes(send(client, program, application(program)))) == [("answers", "extra")]


def test_answer_to_no_question_is_refused_at_its_place(client, program):
    body = application(program, answers={"nothing": "x", "state": "approved"})
    assert set(mistakes(send(client, program, body))) == {
        ("answers", "nothing"),
        ("answers", "state"),
    }


# Closed, and too many


def test_closed_program_takes_no_application(client, program):
    program.applications_open = False
    program.save()
    response = send(client, program, application(program))
    assert response.status_code == 409
    assert problem(response) == "program-closed"
    assert not Application.objects.exists()


def test_network_has_a_share_of_applications(client, program, settings):
    settings.AFFILIATES = {"QUOTA_PER_NETWORK_WITHOUT_PROOF": 2}
    first = send(client, program, application(program), key=KEY)
    send(client, program, application(program))
    response = send(client, program, application(program))
    assert response.status_code == 429
    assert problem(response) == "too-many-requests"
    assert response["Retry-After"] == "3600"
    assert Application.objects.count() == 2
    assert send(client, program, application(program), key=KEY).content == first.content


def test_proof_of_work_allows_more(client, program, settings):
    settings.AFFILIATES = {"QUOTA_PER_NETWORK_WITHOUT_PROOF": 0, "PROOF_PREFIX": "0"}
    body = application(program, proof=solved(client))
    assert send(client, program, body, key=KEY).status_code == 201
    assert send(client, program, body, key=KEY).status_code == 201
    assert send(client, program, body).status_code == 429


@pytest.mark.parametrize("proof", ["x", "=", "é", "x" * 5000, "e30="])
def test_proof_that_is_none_counts_as_none(client, program, settings, proof):
    settings.AFFILIATES = {"QUOTA_PER_NETWORK_WITHOUT_PROOF": 0}
    assert send(client, program, application(program, proof=proof)).status_code == 429


@pytest.mark.parametrize("language", ["fr", "xx", "\0", "x" * 1000])
def test_language_that_nobody_speaks_here_becomes_the_sites(client, program, language):
    assert send(client, program, application(program, language=language)).status_code == 201
    assert Application.objects.get().language == "en"


def test_program_of_another_name_is_not_found(client, program):
    response = post(client, "programs/none/applications/", application(program), key=str(uuid4()))
    assert problem(response) == "not-found"
