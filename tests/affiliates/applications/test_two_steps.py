"""Two steps of review: when the second one asks the group something, the first one hears of it."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from wagtail.models import WorkflowTask

from affiliates.applications.services.information import answer_request
from tests.factories.reviews import (
    act,
    approve,
    decline,
    now_of,
    request_changes,
    reviewer,
    under_review,
)
from tests.factories.users import GroupFactory, UserFactory
from tests.standing import stands
from workflows.core.exceptions import NoLongerOwed
from workflows.deadlines.digests import WAITING_FOR_YOU
from workflows.mail.rendering import render
from workflows.models import OutgoingMail, ReviewTask
from workflows.reviews.sent_back import news_of_questions

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 17, tzinfo=UTC)
ROB = "rob@example.org"


@stands()
def program(reviewed_program):
    board = ReviewTask.objects.create(name="Board")
    board.groups.add(GroupFactory(name="Board"))
    WorkflowTask.objects.create(workflow=reviewed_program.get_workflow(), task=board, sort_order=1)
    return reviewed_program


@pytest.fixture
def rob(django_user_model, program):
    return django_user_model.objects.get(username="rob")


@stands()
def bea(program):
    return UserFactory(username="bea", first_name="Bea", last_name="Board", groups=["Board"])


@pytest.fixture
def asked(program, rob, bea, time_machine):
    time_machine.move_to(MONDAY, tick=False)
    application = under_review(program, now=MONDAY)
    approve(application, rob)
    time_machine.move_to(MONDAY + timedelta(days=1), tick=False)
    OutgoingMail.objects.all().delete()
    request_changes(application, bea, "Who speaks for you?")
    return now_of(application)


def daily_mails():
    return list(
        OutgoingMail.objects.filter(kind=WAITING_FOR_YOU).values_list("recipient", flat=True)
    )


def text_to(address):
    mail = OutgoingMail.objects.get(kind=WAITING_FOR_YOU, recipient=address)
    message = message_from_bytes(render(mail).message, policy=policy.default)
    return message.get_body(("plain",)).get_content().replace("\r\n", "\n")


def test_reviewers_of_the_first_step_read_the_question_in_their_daily_mail(asked):
    assert daily_mails() == [ROB]
    text = text_to(ROB)
    assert text.startswith("Hello Pat Person")
    assert "No open tasks, but some news." in text
    assert f"- For your information: {asked.name}\n" in text
    assert "The step “Board” sent it back. Bea Board asks: Who speaks for you?" in text
    assert "You need not do anything. With the answer it goes on at that step." in text


def test_once_the_group_has_answered_there_is_no_news(asked):
    mail = OutgoingMail.objects.get(kind=WAITING_FOR_YOU)
    answer_request(application=asked, answer="Rosa.", now=MONDAY + timedelta(days=2))
    with pytest.raises(NoLongerOwed):
        render(mail)


def test_question_of_the_first_step_is_no_news_to_anybody(program, rob, bea):
    application = under_review(program)
    OutgoingMail.objects.all().delete()
    request_changes(application, rob)
    assert daily_mails() == []


def test_decline_by_the_second_step_is_no_question(program, rob, bea):
    application = under_review(program)
    approve(application, rob)
    OutgoingMail.objects.all().delete()
    decline(application, bea)
    assert daily_mails() == []


def test_who_asks_is_not_told_of_the_own_question(program, rob, bea):
    bea.groups.add(program.review_group)
    application = under_review(program)
    approve(application, rob)
    OutgoingMail.objects.all().delete()
    request_changes(application, bea)
    assert daily_mails() == [ROB]


@pytest.mark.parametrize("number", [1, 3])
def test_news_takes_the_same_queries_for_one_question_and_for_three(
    program, rob, bea, number, django_assert_num_queries
):
    for count in range(number):
        application = under_review(program, name=f"Group {count}", contact_email=f"{count}@a.org")
        approve(application, rob)
        act(application, bea, "reject", "Why?")
    with django_assert_num_queries(11):
        assert len(news_of_questions(ROB)) == number


def test_other_reviewer(program, rob, bea, asked):
    """A colleague of the first step who joins later reads it, too."""
    reviewer(program, username="ron")
    assert len(news_of_questions("RON@example.org")) == 1
    assert news_of_questions("bea@example.org") == []
