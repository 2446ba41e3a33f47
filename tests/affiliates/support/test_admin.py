"""Calls for help in Wagtail's admin."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from affiliates.models import SupportRequest
from affiliates.support.services import answer_support_request, assign_support_request
from tests.factories.affiliations import affiliation
from tests.factories.reviews import reviewer, with_reviewers
from tests.factories.support import call_for_help
from tests.factories.users import UserFactory
from tests.standing import stands
from workflows.models import OutgoingMail

pytestmark = pytest.mark.django_db


@stands()
def group(program):
    with_reviewers(program)
    return affiliation(program, title="Michigan Parents", contact__name="Kim Lee")


@stands()
def call(group):
    needs = [{"id": "one", "text": "A louder voice."}]
    return call_for_help(group, now=timezone.now(), needs=needs)


@stands()
def robin(program, group):
    return reviewer(program, username="robin", first_name="Robin", last_name="Roe")


@pytest.fixture
def robin_client(client, robin):
    """One of the program's reviewers, with no other right."""
    client.force_login(robin)
    return client


def url(name, *args):
    return reverse(f"affiliates_support:{name}", args=args)


def html(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def mailed():
    return OutgoingMail.objects.filter(kind="support_answered").count()


def test_page_shows_what_was_asked_and_who_gets_the_answer(robin_client, call):
    page = html(robin_client.get(url("inspect", call.pk)))
    for said in ("We need a speaker in March.", "A louder voice.", "Kim Lee", call.reference):
        assert said in page


def test_answer_is_sent_once_however_often_it_is_pressed(robin_client, call):
    for _ in range(2):
        answer = robin_client.post(url("inspect", call.pk), {"text": "Maria will come."})
        assert answer["Location"] == url("inspect", call.pk)
    assert mailed() == 1
    assert "Maria will come." in html(robin_client.get(url("inspect", call.pk)))


def test_answer_after_a_colleagues_is_not_sent_and_not_lost(robin_client, call, admin_user):
    answer_support_request(call=call, user=admin_user, text="Dee comes.", now=timezone.now())
    page = html(robin_client.post(url("inspect", call.pk), {"text": "My long answer."}))
    assert "My long answer." in page
    assert "has answered in the meantime" in page
    assert "Dee comes." in page
    assert mailed() == 1


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "x" * 6000])
def test_answer_that_says_nothing_or_too_much_is_refused(robin_client, call, text):
    html(robin_client.post(url("inspect", call.pk), {"text": text}))
    assert mailed() == 0
    assert SupportRequest.objects.get().state == "open"


def test_call_is_taken_and_given_to_a_colleague(robin_client, call, robin, program):
    robin_client.post(url("assign", call.pk), {"take": "yes"})
    assert SupportRequest.objects.get().assigned_to == robin
    rob = program.review_group.user_set.get(username="rob")
    assert "Pat Person" in html(robin_client.get(url("assign", call.pk)))
    robin_client.post(url("assign", call.pk), {"to": rob.pk})
    assert SupportRequest.objects.get().assigned_to == rob
    stranger = UserFactory(groups=["Editors"])
    assert "no longer looks after" in html(
        robin_client.post(url("assign", call.pk), {"to": stranger.pk})
    )


def test_call_is_closed_with_a_reason_and_opened_again(robin_client, call):
    robin_client.post(url("close", call.pk), {"reason": "By phone."})
    assert SupportRequest.objects.get().state == "closed"
    robin_client.post(url("reopen", call.pk))
    assert SupportRequest.objects.get().state == "open"
    assert mailed() == 0


@pytest.mark.parametrize(
    ("which", "found"),
    [
        ("open", {"Late", "Mine", "Free"}),
        ("late", {"Late"}),
        ("mine", {"Mine"}),
        ("free", {"Late", "Free"}),
        ("", {"Late", "Mine", "Free", "Done"}),
    ],
)
def test_list_is_narrowed_down(robin_client, robin, program, which, found):
    now = timezone.now()
    calls = {
        name: call_for_help(affiliation(program, title=f"{name} Parents"), now=now)
        for name in ("Late", "Mine", "Free", "Done")
    }
    SupportRequest.objects.filter(pk=calls["Late"].pk).update(due_on=now.date() - timedelta(days=3))
    assign_support_request(call=calls["Mine"], to=robin, user=robin, now=now)
    answer_support_request(call=calls["Done"], user=robin, text="Yes", now=now)
    page = html(robin_client.get(f"{url('index_results')}?waiting={which}"))
    assert {name for name in calls if f"{name} Parents" in page} == found


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_as_many_queries_for_any_page(robin_client, program, group, rows):
    for _ in range(rows):
        call_for_help(affiliation(program), now=timezone.now())
    robin_client.get(url("index_results"))
    with CaptureQueriesContext(connection) as queries:
        html(robin_client.get(url("index_results")))
    assert len(queries) == COST


COST = 8
