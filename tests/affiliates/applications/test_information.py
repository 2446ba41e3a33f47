"""A reviewer asks, the group answers, or does not: who is told, and whose clock runs."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from wagtail.models import WorkflowState

from affiliates.applications.deadlines import GROUP_ANSWER
from affiliates.applications.mails.reviewing import ANSWER_REMINDER, INFORMATION_NEEDED
from affiliates.applications.services.information import answer_request, go_on, request_information
from affiliates.applications.services.submission import withdraw_application
from affiliates.core.exceptions import QuestionClosed, TransitionNotAllowed
from affiliates.core.states import Action, Actor, ApplicationState
from affiliates.models import Application, Transition
from tests.factories.mails import read
from tests.factories.reviews import (
    approve,
    now_of,
    request_changes,
    reviewer,
    under_review,
)
from tests.standing import stands
from workflows.deadlines.digests import waiting_for
from workflows.deadlines.services import open_deadlines
from workflows.deadlines.sweep import sweep
from workflows.mail.kinds import get_kind
from workflows.models import Deadline, OutgoingMail
from workflows.reviews.policy import REVIEW

MONDAY = datetime(2026, 11, 23, 17, tzinfo=UTC)
"""Noon in New York, where the program is. Its answer is due on November 30."""

QUESTION = "How many members do you have?\nAnd who are they?"


@stands()
def program(reviewed_program):
    return reviewed_program


@stands()
def rob(program):
    return reviewer(program, username="robin", first_name="Robin", last_name="Ray")


@stands()
def asked(program, rob):
    """An application whose group was asked on the day after it applied."""
    application = under_review(program, now=MONDAY)
    with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
        request_changes(application, rob, QUESTION)
    return now_of(application)


def mail_of(kind):
    return OutgoingMail.objects.get(kind=kind)


def is_owed(mail):
    return get_kind(mail.kind).still_owed(mail)


def workflow_of(application):
    return application.affiliate.workflow_states.get()


def answer(application, text="We are 120.", *, days=2):
    now = MONDAY + timedelta(days=days)
    with time_machine.travel(now, tick=False):
        return answer_request(application=application, answer=text, now=now)


@pytest.mark.django_db
def test_question_is_stored_with_who_asked_when(asked, rob):
    assert asked.state == ApplicationState.INFORMATION_NEEDED
    question = asked.information_requests.get()
    assert (question.question, question.asked_by) == (QUESTION, rob)
    assert question.asked_at == MONDAY + timedelta(days=1)
    row = Transition.objects.latest("pk")
    assert (row.action, row.user, row.reason) == (Action.REQUEST_INFORMATION, rob, QUESTION)


@pytest.mark.django_db
def test_question_is_mailed_with_the_link_to_answer_and_by_when(asked):
    message, text = read(mail_of(INFORMATION_NEEDED))
    assert message["To"] == "Rosa Diaz <rosa@saferschools.org>"
    assert message["Reply-To"] == "program@example.org"
    assert asked.reference in message["Subject"]
    for said in (
        QUESTION,
        "Tuesday, December 8, 2026",
        "http://localhost:8000/join/link/status~",
        "You do not need a password",
        "program@example.org",
    ):
        assert said in text


@pytest.mark.django_db
def test_question_without_a_word_asks_the_group_to_call(program, rob):
    """Other tasks than ours let a reviewer request changes without saying which."""
    application = under_review(program)
    request_information(application=application, question="", user=rob, now=timezone.now())
    assert "Please call or write to us" in read(mail_of(INFORMATION_NEEDED))[1]


@pytest.mark.django_db
def test_while_the_group_is_asked_its_clock_runs_and_the_reviews_does_not(asked):
    running = Deadline.objects.filter(closed_at=None)
    assert [deadline.kind for deadline in running] == [GROUP_ANSWER]
    assert running.get().due_at == datetime(2026, 12, 8, 14, tzinfo=UTC)


@pytest.mark.django_db
def test_group_is_reminded_after_a_week_and_staff_are_told_after_two(asked):
    day = datetime(2026, 12, 1, 14, tzinfo=UTC)
    assert not sweep(now=day - timedelta(seconds=1)).counts
    assert sweep(now=day).counts == {"remind_group": 1}
    _message, text = read(mail_of(ANSWER_REMINDER))
    for said in (QUESTION, "On Tuesday, November 24, 2026 we asked", "Tuesday, December 8, 2026"):
        assert said in text
    assert not waiting_for("rob@example.org", now=day)

    day = datetime(2026, 12, 8, 14, tzinfo=UTC)
    assert sweep(now=day).counts == {"no_answer": 1}
    assert OutgoingMail.objects.filter(kind=ANSWER_REMINDER).count() == 1
    (item,) = waiting_for("rob@example.org", now=day)
    assert "no answer came. Please call: Rosa Diaz, 614 555 0123." in item.waiting.note
    assert item.waiting.url.endswith(f"/admin/affiliates/applications/{asked.pk}/")


@pytest.mark.django_db
def test_staff_are_told_again_every_week_until_somebody_acts(asked):
    sweep(now=datetime(2026, 12, 8, 14, tzinfo=UTC))
    deadline = open_deadlines(kind=GROUP_ANSWER, subject=asked).get()
    assert (deadline.next_step, deadline.next_step_at.date()) == ("no_answer", date(2026, 12, 15))


@pytest.mark.django_db
def test_mails_about_a_question_are_owed_only_while_it_is_open(asked, rob):
    mail = mail_of(INFORMATION_NEEDED)
    assert is_owed(mail)
    answer(asked)
    assert not is_owed(mail)
    request_changes(asked, rob, "Something else?")
    assert not is_owed(mail)
    assert is_owed(OutgoingMail.objects.filter(kind=mail.kind).latest("pk"))


@pytest.mark.django_db
def test_answer_is_stored_and_the_workflow_goes_on(asked):
    answer(asked, "We are 120.\nTeachers, mostly.")
    question = now_of(asked).information_requests.get()
    assert question.answer == "We are 120.\nTeachers, mostly."
    assert question.answered_at == MONDAY + timedelta(days=2)
    assert now_of(asked).state == ApplicationState.IN_REVIEW
    assert workflow_of(asked).status == WorkflowState.STATUS_IN_PROGRESS
    assert asked.affiliate.current_workflow_task
    row = Transition.objects.latest("pk")
    assert (row.action, row.actor) == (Action.ANSWER, Actor.APPLICANT)


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "due_on"), [(1, 30), (2, 31), (4, 33), (8, 37)])
def test_promised_day_is_later_by_the_business_days_that_the_group_took(asked, days, due_on):
    answer(asked, days=days)
    expected = date(2026, 11, 30) + timedelta(days=due_on - 30)
    assert now_of(asked).decision_due_on == expected


@pytest.mark.django_db
def test_review_clock_goes_on_with_the_new_day(asked):
    answer(asked, days=2)
    running = Deadline.objects.get(closed_at=None)
    assert running.kind == REVIEW
    assert running.due_at == datetime(2026, 12, 1, 14, tzinfo=UTC)


@pytest.mark.django_db
def test_reviewers_see_the_answer_in_their_list(asked):
    answer(asked)
    now = MONDAY + timedelta(days=2)
    assert [item.deadline.kind for item in waiting_for("rob@example.org", now=now)] == [REVIEW]


@pytest.mark.django_db
def test_answer_is_taken_once(asked):
    answer(asked)
    with pytest.raises(QuestionClosed):
        answer(asked, "Something else")
    assert now_of(asked).information_requests.get().answer == "We are 120."


@pytest.mark.django_db
def test_answer_after_withdrawal_is_refused(asked):
    withdraw_application(application=asked, actor=Actor.APPLICANT, now=timezone.now())
    with pytest.raises(QuestionClosed):
        answer(asked)
    assert now_of(asked).state == ApplicationState.WITHDRAWN
    assert now_of(asked).information_requests.get().dropped_at


@pytest.mark.django_db
def test_group_can_be_asked_again(asked, rob):
    answer(asked)
    with time_machine.travel(MONDAY + timedelta(days=3), tick=False):
        request_changes(asked, rob, "One more thing?")
    answer(asked, "Yes.", days=4)
    questions = now_of(asked).information_requests.all()
    assert [question.answer for question in questions] == ["We are 120.", "Yes."]
    assert now_of(asked).state == ApplicationState.IN_REVIEW
    approve(asked, rob)
    assert now_of(asked).state == ApplicationState.APPROVED


@pytest.mark.django_db
def test_reviewer_goes_on_without_an_answer(asked, rob):
    with time_machine.travel(MONDAY + timedelta(days=3), tick=False):
        workflow_of(asked).resume(user=rob)
    application = now_of(asked)
    assert application.state == ApplicationState.IN_REVIEW
    assert application.information_requests.get().dropped_at == MONDAY + timedelta(days=3)
    assert application.decision_due_on == date(2026, 12, 2)
    running = Deadline.objects.get(closed_at=None)
    assert (running.kind, running.due_at.date()) == (REVIEW, date(2026, 12, 2))
    row = Transition.objects.latest("pk")
    assert (row.action, row.user) == (Action.GO_ON, rob)


@pytest.mark.django_db
def test_going_on_without_a_question_is_refused(program, rob):
    application = under_review(program)
    with pytest.raises(QuestionClosed):
        go_on(application=application, user=rob, now=timezone.now())


@pytest.mark.django_db
def test_answer_starts_the_workflow_anew_if_its_task_was_deleted(asked):
    workflow = workflow_of(asked)
    workflow.current_task_state.delete()
    answer(asked)
    assert now_of(asked).state == ApplicationState.IN_REVIEW
    page = now_of(asked).affiliate
    assert page.current_workflow_task
    assert not page.live


@pytest.mark.django_db
def test_question_outlives_the_reviewer_who_asked(asked, rob):
    rob.delete()
    assert now_of(asked).information_requests.get().asked_by is None
    answer(asked)
    assert now_of(asked).state == ApplicationState.IN_REVIEW


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_the_same_moment_leave_one(asked):
    together = Barrier(2)

    def send(number):
        mine = Application.objects.get(pk=asked.pk)
        try:
            together.wait()
            answer_request(application=mine, answer=f"Answer {number}", now=timezone.now())
        except QuestionClosed:
            return "refused"
        else:
            return "taken"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, range(2))) == ["refused", "taken"]
    assert workflow_of(now_of(asked)).task_states.filter(status="in_progress").count() == 1


@pytest.mark.django_db(transaction=True)
def test_answer_and_withdrawal_at_the_same_moment_leave_one_result(asked):
    together = Barrier(2)

    def act(what):
        mine = Application.objects.get(pk=asked.pk)
        now = timezone.now()
        try:
            together.wait()
            if what == "answer":
                answer_request(application=mine, answer="Yes", now=now)
            else:
                withdraw_application(application=mine, actor=Actor.APPLICANT, now=now)
        except TransitionNotAllowed:
            return "refused"
        else:
            return what
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        results = set(pool.map(act, ["answer", "withdraw"]))
    assert now_of(asked).state == ApplicationState.WITHDRAWN
    assert results in ({"answer", "withdraw"}, {"refused", "withdraw"})
