"""The applicant's side: what a token opens, what it may do, and what happens to a broken one."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from affiliates.applications.api.own import api_status_url
from affiliates.core.states import ApplicationState
from affiliates.links.tokens import Purpose, make_token, sign
from affiliates.models import Application, InformationRequest, Transition
from tests.affiliates.api.calls import STUCK, get, mistakes, post, problem
from tests.factories.applications import in_state, saved_draft, submitted
from tests.factories.reviews import approve, decline, request_changes, under_review
from tests.factories.users import UserFactory
from tests.standing import stands
from workflows.models import OutgoingMail


@stands()
def reviewed(reviewed_program):
    return reviewed_program


@stands()
def asked(reviewed):
    """An application whose group was asked something."""
    application = under_review(reviewed)
    request_changes(application, reviewed.director, "How many members do you have?")
    return Application.objects.get(pk=application.pk)


def path(application, end=""):
    return f"applications/{make_token(application, Purpose.STATUS)}/{end}"


def everything():
    return (
        list(Application.objects.values()),
        list(OutgoingMail.objects.values_list("key")),
        list(Transition.objects.values()),
    )


def test_status_says_what_comes_next_and_by_when(client, program):
    application = submitted(program)
    answer = get(client, path(application)).json()
    assert answer["reference"] == application.reference
    assert answer["state"] == "submitted"
    assert answer["program"] == program.slug
    assert answer["decision_due_on"] == str(application.decision_due_on)
    assert answer["is_late"] is False
    assert answer["can_withdraw"] is True
    assert answer["question"] is None
    assert answer["affiliate_url"] is None
    assert [one["text"] for one in answer["accepted"]] == [
        one.text for _kind, one in program.statements_to_accept()
    ]


def test_status_is_kept_by_no_cache(client, program):
    response = get(client, path(submitted(program)))
    assert response["Cache-Control"] == "private, no-store"
    assert response["Referrer-Policy"] == "same-origin"
    assert not response.has_header("ETag")


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_changes_nothing(client, asked, method):
    before = everything()
    for end in ("", "withdraw/", "answer/"):
        response = getattr(client, method)(f"/api/affiliates/v1/{path(asked, end)}")
        assert response.status_code in (200, 204, 405)
    assert everything() == before


def test_approved_group_is_led_to_its_page(client, reviewed):
    application = under_review(reviewed)
    approve(application, UserFactory(is_superuser=True))
    answer = get(client, path(application)).json()
    assert answer["state"] == "approved"
    assert answer["affiliate_url"].startswith("http://localhost/")
    assert answer["can_withdraw"] is False


def test_declined_group_is_told_why(client, reviewed):
    application = under_review(reviewed)
    decline(application, reviewed.director, "There is a group in your town already.")
    answer = get(client, path(application)).json()
    assert answer["state"] == "declined"
    assert answer["reason"] == "There is a group in your town already."


# Withdrawing


@pytest.mark.parametrize("body", [None, {}, {"reason": "We merged."}])
def test_withdrawing_tells_the_reason_once(client, program, body):
    application = submitted(program)
    answers = [post(client, path(application, "withdraw/"), body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json()["state"] == "withdrawn"
    assert answers[0].content == answers[1].content
    (row,) = Transition.objects.filter(action="withdraw")
    assert row.reason == (body or {}).get("reason", "")


def test_what_was_decided_is_not_withdrawn(client, reviewed):
    application = under_review(reviewed)
    decline(application, reviewed.director)
    response = post(client, path(application, "withdraw/"), {})
    assert response.status_code == 409
    assert problem(response) == "already-decided"
    assert Application.objects.get().state == ApplicationState.DECLINED


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"reason": 5}, ("reason",)),
        ({"reason": None}, ("reason",)),
        ({"reason": "A" + "\u0301" * 200}, ("reason",)),
        ({"reason": "x" * 5001}, ("reason",)),
        ({"state": "approved"}, ("state",)),
        ([], ()),
        ("withdraw", ()),
    ],
)
def test_bad_withdrawal_is_refused_with_its_place(client, program, body, place):
    application = submitted(program)
    response = post(client, path(application, "withdraw/"), body)
    assert list(mistakes(response)) == [place]
    assert Application.objects.get().state == ApplicationState.SUBMITTED


# Answering


def test_question_is_shown_and_answered(client, asked):
    question = get(client, path(asked)).json()["question"]
    assert question["text"] == "How many members do you have?"
    assert question["answer_due_on"]
    body = {"question": question["id"], "answer": " About 40. "}
    answers = [post(client, path(asked, "answer/"), body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    after = answers[0].json()
    assert after["state"] == "in_review"
    assert after["question"] is None
    assert after["earlier_questions"][0]["answer"] == "About 40."
    assert InformationRequest.objects.get().answer == "About 40."


def test_answer_to_what_is_no_longer_asked_is_refused(client, asked):
    (question,) = asked.information_requests.all()
    post(client, path(asked, "answer/"), {"question": question.pk, "answer": "About 40."})
    body = {"question": question.pk, "answer": "No, 50."}
    response = post(client, path(asked, "answer/"), body)
    assert response.status_code == 409
    assert problem(response) == "question-closed"
    assert InformationRequest.objects.get().answer == "About 40."


def test_answer_to_an_older_question_is_refused_while_another_is_open(client, reviewed, asked):
    (first,) = asked.information_requests.all()
    post(client, path(asked, "answer/"), {"question": first.pk, "answer": "About 40."})
    request_changes(asked, reviewed.director, "And since when?")
    response = post(client, path(asked, "answer/"), {"question": first.pk, "answer": "2019"})
    assert problem(response) == "question-changed"
    assert get(client, path(asked)).json()["question"]["text"] == "And since when?"


BAD_ANSWERS = (
    ({}, [("question",)]),
    ({"answer": "Yes"}, [("question",)]),
    ({"question": "1", "answer": "Yes"}, [("question",)]),
    ({"question": 1.5, "answer": "Yes"}, [("question",)]),
    ({"question": True, "answer": "Yes"}, [("question",)]),
    ({"question": 1}, [("answer",)]),
    ({"question": 1, "answer": " \u200b"}, [("answer",)]),
    ({"question": 1, "answer": "x" * 5001}, [("answer",)]),
    ({"question": 1, "answer": "Yes", "reference": "AAA-AAA"}, [("reference",)]),
    (None, [()]),
)


def test_bad_answers_are_refused_with_their_places(client, asked):
    for body, places in BAD_ANSWERS:
        response = post(client, path(asked, "answer/"), body)
        assert list(mistakes(response)) == places, body
        assert not InformationRequest.objects.get().answered_at


def test_answer_to_no_question_of_ours_is_refused(client, asked):
    for question in (0, -1, 10**30):
        body = {"question": question, "answer": "Yes"}
        assert problem(post(client, path(asked, "answer/"), body)) == "question-changed"


@pytest.mark.django_db(transaction=True)
def test_two_decisions_at_once_leave_one_result(asked):
    (question,) = asked.information_requests.all()
    together = Barrier(2)
    calls = {"answer/": {"question": question.pk, "answer": "Yes"}, "withdraw/": {}}

    def act(end):
        together.wait()
        try:
            return post(Client(), path(asked, end), calls[end]).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answered, withdrawn = pool.map(act, calls)
    assert withdrawn == 200
    assert answered in (200, 409)
    assert Application.objects.get().state == ApplicationState.WITHDRAWN


# Broken, old and foreign tokens


def test_what_a_mail_program_stuck_to_the_token_is_taken_off(client, program):
    token = make_token(submitted(program), Purpose.STATUS)
    for end in STUCK:
        assert get(client, f"applications/{token}{end}/").status_code == 200, end


@pytest.mark.parametrize("end", ["", "withdraw/", "answer/"])
def test_every_changed_character_breaks_the_token(client, program, end):
    application = submitted(program)
    token = make_token(application, Purpose.STATUS)
    for place in range(0, len(token), 7):
        letter = "x" if token[place] != "x" else "y"
        broken = f"applications/{token[:place]}{letter}{token[place + 1 :]}/{end}"
        body = {"question": 1, "answer": "Yes"} if end == "answer/" else {}
        response = post(client, broken, body) if end else get(client, broken)
        assert problem(response) == "not-found", broken
    assert Application.objects.get().state == ApplicationState.SUBMITTED


@pytest.mark.parametrize(
    "junk", ["%00", "~", "status~", "status~a~b~c~d", "%FF", "%ED%A0%80", "x" * 5000, "é"]
)
def test_junk_for_a_token_is_not_found(client, db, junk):
    assert problem(get(client, f"applications/{junk}/")) == "not-found"


@pytest.mark.parametrize("length", [0.1, 0.5, 0.9, 0.99])
def test_cut_token_is_not_found(client, program, length):
    token = make_token(submitted(program), Purpose.STATUS)
    cut = token[: int(len(token) * length)]
    assert problem(get(client, f"applications/{cut}/")) == "not-found"


def test_expired_token_says_where_to_get_a_new_one(client, program):
    address = path(submitted(program))
    with time_machine.travel(timezone.now() + timedelta(days=181)):
        for response in (get(client, address), post(client, f"{address}withdraw/", {})):
            assert response.status_code == 410
            assert problem(response) == "link-expired"
            assert response.json()["renew_url"] == "http://localhost:8000/join/link/renew/"
            assert "rosa@" not in response.content.decode()
    assert Application.objects.get().state == ApplicationState.SUBMITTED


def test_token_dies_with_its_nonce(client, program):
    address = path(submitted(program))
    Application.objects.update(link_nonce="replaced")
    assert problem(get(client, address)) == "not-found"


@pytest.mark.parametrize("purpose", [Purpose.UPDATE, Purpose.AFFILIATE])
def test_token_for_another_purpose_has_no_power_here(client, program, purpose):
    application = submitted(program)
    token = sign(application.reference, application.link_nonce, purpose)
    assert problem(post(client, f"applications/{token}/withdraw/", {})) == "not-found"
    assert Application.objects.get().state == ApplicationState.SUBMITTED


def test_draft_is_not_shown_by_its_link_and_is_once_it_was_sent(client, program):
    draft = saved_draft(program)
    address = f"applications/{make_token(draft, Purpose.DRAFT)}/"
    assert problem(get(client, address)) == "not-found"
    assert problem(post(client, f"{address}withdraw/", {})) == "not-found"
    Application.objects.update(state=ApplicationState.SUBMITTED, submitted_at=timezone.now())
    assert get(client, address).status_code == 200


@pytest.mark.parametrize(
    "state", [state for state in ApplicationState if state != ApplicationState.DRAFT]
)
def test_status_is_there_in_every_state(client, program, state):
    assert get(client, path(in_state(program, state))).json()["state"] == state


def test_status_url_never_takes_its_host_from_a_request(settings, program):
    settings.AFFILIATE_WORKFLOWS = {"BASE_URL": "https://program.example.org/"}
    url = api_status_url(submitted(program))
    assert url.startswith("https://program.example.org/api/affiliates/v1/applications/status~")


def test_tokens_do_not_reach_the_log(client, program, caplog):
    application = submitted(program)
    token = make_token(application, Purpose.STATUS)
    with caplog.at_level(logging.DEBUG):
        get(client, f"applications/{token}x/")
        get(client, f"applications/{token.replace('~', '%7E')}x/")
        client.delete(f"/api/affiliates/v1/applications/{token}/")
        post(client, f"applications/{token}/withdraw/", {"x": 1})
    assert "/applications/…" in caplog.text
    assert application.link_nonce not in caplog.text


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_what_was_asked(
    client, program, django_assert_max_num_queries, count
):
    application = submitted(program)
    for number in range(count):
        InformationRequest.objects.create(
            application=application,
            question=f"Question {number}",
            asked_at=timezone.now(),
            answered_at=timezone.now(),
        )
    address = path(application)
    get(client, address)
    with django_assert_max_num_queries(4):
        assert len(get(client, address).json()["earlier_questions"]) == count
