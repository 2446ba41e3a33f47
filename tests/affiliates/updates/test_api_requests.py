"""The affiliate's side: the request that a mailed link is for, read and answered by a front end."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from affiliates.affiliations.services.schedule import waive_request
from affiliates.core.states import UpdateKind, UpdateRequestState
from affiliates.links.tokens import Purpose, sign
from affiliates.models import Affiliation, ContactUpdate, SupportRequest, Transition, UpdateRequest
from affiliates.updates.services.sending import UpdateContent, send_update
from tests.affiliates.api.calls import ROOT, STUCK, get, mistakes, post, problem
from tests.factories.affiliations import affiliation
from tests.factories.users import UserFactory
from tests.factories.visits import ASKED, BEFORE, asked_for_update, news, opened, update_path
from tests.standing import stands
from workflows.models import OutgoingMail

TEXT = "We met the board.\n\nThey listened 🎉"
NEWS = {"kind": "news", "text": TEXT, "publish": True}
QUIET = {"kind": "quiet"}


@pytest.fixture(autouse=True)
def asked_day():
    with time_machine.travel(ASKED, tick=False):
        yield


@stands(at=ASKED)
def group(program):
    return affiliation(program, now=BEFORE, title="Michigan Parents", alternate=True)


@stands(at=ASKED)
def asked(group):
    return asked_for_update(group)


def token_of(asked, contact=None, purpose=Purpose.UPDATE):
    contact = contact or asked.affiliation.primary_contact
    return sign(asked.reference, contact.link_nonce, purpose)


def path(asked, contact=None):
    return f"update-requests/{token_of(asked, contact)}/"


def read(client, asked):
    return get(client, path(asked)).json()


def texts():
    return list(ContactUpdate.objects.order_by("pk").values_list("kind", "text"))


def everything():
    return (
        list(ContactUpdate.objects.values()),
        list(UpdateRequest.objects.values()),
        list(OutgoingMail.objects.values_list("key")),
        list(Transition.objects.values()),
    )


def publish():
    ContactUpdate.objects.update(live=True, first_published_at=ASKED)


# Reading


def test_request_says_about_whom_of_when_and_by_when(client, program, asked):
    answer = read(client, asked)
    benefits = [{"id": one.id, "text": one.text} for one in program.statements("benefits")]
    assert answer.pop("version")
    assert answer == {
        "reference": asked.reference,
        "program": program.slug,
        "affiliate": "Michigan Parents",
        "period": "Q3 2026",
        "due_on": "2026-09-30",
        "is_late": False,
        "state": "open",
        "offers": benefits,
        "answer": None,
        "asked_on": "2026-12-17",
        "next_due_on": "2026-12-31",
    }


def test_request_is_kept_by_no_cache(client, asked):
    for response in (get(client, path(asked)), post(client, path(asked), NEWS)):
        assert response["Cache-Control"] == "private, no-store"
        assert response["Referrer-Policy"] == "same-origin"
        assert not response.has_header("ETag")


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "delete"])
def test_looking_changes_nothing(client, asked, method):
    before = everything()
    response = getattr(client, method)(ROOT + path(asked))
    assert response.status_code == {"get": 200, "head": 200, "options": 204}.get(method, 405)
    assert everything() == before


def test_answer_is_shown_with_what_comes_of_it(client, asked):
    post(client, path(asked), NEWS)
    answer = read(client, asked)
    assert answer["state"] == "answered"
    assert answer["answer"] == {
        "kind": "news",
        "text": TEXT,
        "needs": [],
        "publish": True,
        "sent_at": "2026-09-16T18:00:00Z",
        "can_change": True,
        "read_by": "2026-09-23",
        "help_by": None,
    }


def test_answer_on_the_page_is_the_answer_here(client, asked):
    data = news(opened(client, asked), asked, text="By the page.")
    client.post(update_path(asked), data)
    answer = read(client, asked)
    assert answer["answer"]["text"] == "By the page."
    changed = {**NEWS, "version": answer["version"]}
    assert post(client, path(asked), changed).status_code == 200
    assert texts() == [("news", TEXT)]


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_what_was_asked(
    client, group, asked, django_assert_max_num_queries, count
):
    post(client, path(asked), NEWS)
    for year in range(2020, 2020 + count):
        start, end = f"{year}-01-01", f"{year}-03-31"
        UpdateRequest.objects.create(
            affiliation=group, period_start=start, period_end=end, due_on=end, opened_at=BEFORE
        )
    read(client, asked)
    with django_assert_max_num_queries(10):
        read(client, asked)


# Answering


@pytest.mark.parametrize(
    "body", [QUIET, {**QUIET, "text": " \u200b", "needs": [], "publish": True}]
)
def test_quiet_time_is_an_answer(client, asked, body):
    response = post(client, path(asked), body)
    assert response.status_code == 200
    assert response.json()["state"] == "answered"
    assert response.json()["answer"]["publish"] is False
    assert texts() == [("quiet", "")]


def test_news_is_taken_as_by_the_page(client, group, asked):
    post(client, path(asked, group.alternate_contact), NEWS)
    update = ContactUpdate.objects.get()
    assert (update.text, update.may_publish, update.request) == (TEXT, True, asked)
    assert update.contact == group.alternate_contact
    assert OutgoingMail.objects.filter(kind__contains="thanks").count() == 1


def test_call_for_help_is_promised_an_answer_by_a_day(client, program, asked):
    _first, second = (one.id for one in program.statements("benefits"))
    body = {"kind": "help", "needs": [second, second], "publish": True}
    answer = post(client, path(asked), body).json()["answer"]
    call = SupportRequest.objects.get()
    assert [need["id"] for need in call.needs] == [second]
    assert answer["needs"] == call.needs
    assert answer["help_by"] == str(call.due_on)
    assert answer["read_by"] is None
    assert answer["publish"] is False


BAD = [
    ({}, [("kind",)]),
    (None, [()]),
    ([], [()]),
    ("news", [()]),
    ({"kind": "gossip", "text": "x"}, [("kind",)]),
    ({"kind": "NEWS", "text": "x"}, [("kind",)]),
    ({"kind": ["news"], "text": "x"}, [("kind",)]),
    ({"kind": "news"}, [("text",)]),
    ({"kind": "news", "text": "\u3164\0"}, [("text",)]),
    ({"kind": "news", "text": "x" * 5001}, [("text",)]),
    ({"kind": "news", "text": "A" + "\u0301" * 400}, [("text",)]),
    ({"kind": "news", "text": 5}, [("text",)]),
    ({"kind": "help"}, [("text",)]),
    ({"kind": "quiet", "text": "But there is."}, [("text",)]),
    ({"kind": "quiet", "needs": ["x"]}, [("needs",)]),
    ({"kind": "help", "text": "x", "needs": ["x", "\0"]}, [("needs", 0), ("needs", 1)]),
    ({"kind": "help", "text": "x", "needs": [1]}, [("needs", 0)]),
    ({"kind": "help", "text": "x", "needs": {"a": 1}}, [("needs",)]),
    ({"kind": "news", "text": "x", "publish": "yes"}, [("publish",)]),
    ({"kind": "news", "text": "x", "publish": None}, [("publish",)]),
    ({"kind": "news", "text": "x", "version": "1"}, [("version",)]),
    ({"kind": "news", "text": "x", "version": 1}, [("version",)]),
    ({"kind": "news", "text": "x", "state": "answered"}, [("state",)]),
    ({"kind": "news", "text": "x", "affiliate": "other"}, [("affiliate",)]),
]


def test_bad_answers_are_refused_with_their_places(client, asked):
    before = everything()
    for body, places in BAD:
        assert list(mistakes(post(client, path(asked), body))) == places, body
    assert everything() == before


def test_messages_are_those_of_the_page(client, program, asked):
    client = opened(client, asked)
    for body in ({"kind": "news"}, {"kind": "help"}, {"kind": ""}, NEWS | {"text": "x" * 6000}):
        page = client.post(update_path(asked), news(client, asked, **{"text": "", **body}))
        of_page = {(name,): found for name, found in page.context["form"].errors.items()}
        found = mistakes(post(client, path(asked), body))
        assert {place: [one["message"]] for place, one in found.items()} == of_page


def test_need_with_news_is_explained(client, program, asked):
    needs = [one.id for one in program.statements("benefits")]
    found = mistakes(post(client, path(asked), {**NEWS, "needs": needs}))
    assert "choose “We need help”" in found["kind",]["message"]


def test_need_that_nobody_offers_is_refused_at_its_place(client, program, asked):
    program.benefits = []
    program.save()
    assert read(client, asked)["offers"] == []
    response = post(client, path(asked), {"kind": "help", "text": "Help!", "needs": ["gone"]})
    assert list(mistakes(response)) == [("needs", 0)]
    assert texts() == []


def test_need_named_before_stays_on_offer_for_the_change(client, program, asked):
    need = next(iter(program.statements("benefits"))).id
    body = {"kind": "help", "text": "Help!", "needs": [need]}
    version = post(client, path(asked), body).json()["version"]
    program.benefits = []
    program.save()
    assert [one["id"] for one in read(client, asked)["offers"]] == [need]
    response = post(client, path(asked), {**body, "text": "Help!!", "version": version})
    assert [one["id"] for one in response.json()["answer"]["needs"]] == [need]


@hypothesis_settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=st.text(max_size=60),
    kind=st.sampled_from(["news", "help", "quiet"]) | st.text(max_size=8),
    needs=st.lists(st.text(max_size=20), max_size=3),
    version=st.from_regex(r"\A[0-9a-f-]{36}(\.[0-9]{1,5})?\Z") | st.text(max_size=8),
)
def test_whatever_is_typed_is_taken_or_refused(client, asked, text, kind, needs, version):
    body = {"kind": kind, "text": text, "needs": needs, "version": version}
    assert post(client, path(asked), body).status_code in (200, 409, 422)


# Twice, from two windows, changed, too late


@pytest.mark.parametrize("has_version", [True, False])
@pytest.mark.parametrize("body", [NEWS, QUIET], ids=["news", "quiet"])
def test_same_answer_twice_is_one_update(client, asked, body, has_version):
    version = {"version": read(client, asked)["version"]} if has_version else {}
    responses = [post(client, path(asked), {**body, **version}) for _ in range(3)]
    assert [response.status_code for response in responses] == [200] * 3
    assert responses[0].content == responses[2].content
    assert len(texts()) == 1
    assert OutgoingMail.objects.filter(kind__contains="thanks").count() <= 1


def test_same_answer_by_both_contacts_is_one_update(client, group, asked):
    for contact in (group.primary_contact, group.alternate_contact):
        assert post(client, path(asked, contact), NEWS).status_code == 200
    assert len(texts()) == 1


@pytest.mark.django_db(transaction=True)
def test_same_answer_sent_at_once_is_one_update(asked):
    together = Barrier(2)

    def act(_number):
        together.wait()
        try:
            return post(Client(), path(asked), NEWS).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(act, range(2))) == [200, 200]
    assert len(texts()) == 1


def test_answer_is_changed_by_its_version(client, asked):
    version = post(client, path(asked), QUIET).json()["version"]
    response = post(client, path(asked), {**NEWS, "version": version})
    assert response.json()["answer"]["text"] == TEXT
    assert response.json()["version"] != version
    assert texts() == [("news", TEXT)]


def test_other_words_from_the_form_that_was_sent_change_the_update(client, asked):
    version = read(client, asked)["version"]
    post(client, path(asked), {**QUIET, "version": version})
    assert post(client, path(asked), {**NEWS, "version": version}).status_code == 200
    assert texts() == [("news", TEXT)]


@pytest.mark.parametrize("is_change", [True, False])
@pytest.mark.parametrize("older", [QUIET, {"kind": "news", "text": "Older."}], ids=str)
def test_older_window_sent_last_undoes_nothing(client, asked, older, is_change):
    if is_change:
        post(client, path(asked), {"kind": "news", "text": "First."})
    first, second = (read(client, asked)["version"] for _ in range(2))
    post(client, path(asked), {**NEWS, "version": second})
    response = post(client, path(asked), {**older, "version": first})
    assert response.status_code == 409
    assert problem(response) == "update-changed"
    assert texts() == [("news", TEXT)]
    again = {**older, "version": read(client, asked)["version"]}
    assert post(client, path(asked), again).status_code == 200
    assert texts() == [(older["kind"], older.get("text", ""))]


def test_answer_without_a_version_undoes_nothing(client, asked):
    post(client, path(asked), NEWS)
    assert problem(post(client, path(asked), QUIET)) == "update-changed"
    assert texts() == [("news", TEXT)]


def test_what_was_moderated_meanwhile_is_followed_by_a_new_update(client, asked):
    version = post(client, path(asked), NEWS).json()["version"]
    publish()
    second = {"kind": "news", "text": "Second."}
    response = post(client, path(asked), {**second, "version": version})
    assert response.status_code == 409
    assert problem(response) == "update-moderated"
    answer = read(client, asked)
    assert answer["answer"]["can_change"] is False
    for _ in range(2):
        response = post(client, path(asked), {**second, "version": answer["version"]})
        assert response.status_code == 200
    assert response.json()["answer"]["text"] == "Second."
    assert texts() == [("news", TEXT), ("news", "Second.")]


def test_late_answer_is_welcome(client, asked):
    with time_machine.travel(ASKED + timedelta(days=40), tick=False):
        assert read(client, asked)["is_late"] is True
        assert post(client, path(asked), NEWS).status_code == 200
    assert UpdateRequest.objects.get().state == UpdateRequestState.ANSWERED


def test_answer_after_the_period_closed_is_welcome(client, asked):
    staff = UserFactory(is_superuser=True)
    waive_request(request=asked, user=staff, reason="By phone", now=ASKED)
    assert read(client, asked)["state"] == "waived"
    assert post(client, path(asked), NEWS).json()["state"] == "answered"


def test_paused_group_may_answer_and_is_told_of_no_next_time(client, asked):
    Affiliation.objects.update(state="paused")
    answer = post(client, path(asked), NEWS).json()
    assert answer["asked_on"] is None
    assert texts() == [("news", TEXT)]


def test_group_that_has_ended_is_told_whom_to_write_to(client, asked):
    Affiliation.objects.update(state="ended")
    for response in (get(client, path(asked)), post(client, path(asked), NEWS)):
        assert response.status_code == 410
        assert problem(response) == "affiliation-ended"
        assert "program@example.org" in response.json()["detail"]
    assert texts() == []


# Another group's


@stands(at=ASKED)
def other(program, group):
    return affiliation(program, now=BEFORE, title="Ohio Parents")


def test_body_that_names_another_groups_update_touches_only_the_own(client, group, other, asked):
    foreign = send_update(
        affiliation=other,
        contact=other.primary_contact,
        content=UpdateContent(kind=UpdateKind.NEWS, text="Ohio's."),
        key="6f0f9a30-3c43-4f0b-9bd7-0d4b1a3f5a11",
        now=ASKED,
    )
    for version in (f"{foreign.key}", f"{foreign.key}.1"):
        response = post(client, path(asked), {**NEWS, "version": version})
        assert response.status_code == 200
        assert response.json()["affiliate"] == "Michigan Parents"
    assert list(other.updates.values_list("text", flat=True)) == ["Ohio's."]
    assert list(group.updates.values_list("text", flat=True)) == [TEXT]


def test_other_groups_contact_has_no_power_here(client, other, asked):
    address = f"update-requests/{token_of(asked, other.primary_contact)}/"
    assert problem(get(client, address)) == "not-found"
    assert problem(post(client, address, NEWS)) == "not-found"
    assert texts() == []


# Broken, old and foreign tokens


def test_what_a_mail_program_stuck_to_the_token_is_taken_off(client, asked):
    for end in STUCK:
        address = f"update-requests/{token_of(asked)}{end}/"
        assert get(client, address).status_code == 200, end
        assert post(client, address, NEWS).status_code == 200, end


def test_every_changed_character_breaks_the_token(client, asked):
    token = token_of(asked)
    for place in range(0, len(token), 7):
        letter = "x" if token[place] != "x" else "y"
        broken = f"update-requests/{token[:place]}{letter}{token[place + 1 :]}/"
        assert problem(get(client, broken)) == "not-found", broken
        assert problem(post(client, broken, NEWS)) == "not-found", broken
    assert texts() == []


def test_junk_for_a_token_is_not_found(client, asked):
    token = token_of(asked)
    cut = [token[: int(len(token) * length)] for length in (0.1, 0.5, 0.9, 0.99)]
    junk = ["%00", "~", "update~", "update~a~b~c~d", "%FF", "%ED%A0%80", "x" * 5000, "é"]
    for one in cut + junk:
        assert problem(get(client, f"update-requests/{one}/")) == "not-found", one
        assert problem(post(client, f"update-requests/{one}/", NEWS)) == "not-found", one


def test_expired_token_says_where_to_get_a_new_one(client, asked, settings):
    settings.AFFILIATES = {"UPDATE_LINK_DAYS": 30}
    address = path(asked)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        for response in (get(client, address), post(client, address, NEWS)):
            assert response.status_code == 410
            assert problem(response) == "link-expired"
            assert response.json()["renew_url"] == "http://localhost:8000/join/link/renew/"
            assert "@" not in response.content.decode()
    assert texts() == []


def test_token_dies_when_the_contact_changes(client, group, asked):
    address = path(asked)
    group.contacts.update(link_nonce="replaced")
    assert problem(get(client, address)) == "not-found"
    assert problem(post(client, address, NEWS)) == "not-found"


@pytest.mark.parametrize("purpose", [one for one in Purpose if one != Purpose.UPDATE])
def test_token_for_another_purpose_has_no_power_here(client, asked, purpose):
    for record in (asked, asked.affiliation):
        contact = asked.affiliation.primary_contact
        token = sign(record.reference, contact.link_nonce, purpose)
        assert problem(get(client, f"update-requests/{token}/")) == "not-found"
        assert problem(post(client, f"update-requests/{token}/", NEWS)) == "not-found"
    assert texts() == []


def test_token_for_an_update_has_no_power_over_an_application(client, asked):
    token = token_of(asked)
    assert problem(get(client, f"applications/{token}/")) == "not-found"
    assert problem(post(client, f"applications/{token}/withdraw/", {})) == "not-found"


def test_tokens_do_not_reach_the_log(client, asked, caplog):
    token = token_of(asked)
    with caplog.at_level(logging.DEBUG):
        get(client, f"update-requests/{token}x/")
        get(client, f"update-requests/{token.replace('~', '%7E')}x/")
        client.delete(f"{ROOT}update-requests/{token}/")
        post(client, f"update-requests/{token}/", {"x": 1})
    assert "/update-requests/…" in caplog.text
    assert asked.affiliation.primary_contact.link_nonce not in caplog.text
