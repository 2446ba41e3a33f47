"""Services for questions to a group. An open question pauses the review's deadline."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from affiliates.applications.deadlines import GROUP_ANSWER
from affiliates.applications.mails.reviewing import information_needed
from affiliates.applications.services.reviews import (
    drop_question,
    hold,
    stop_review,
    take_action,
)
from affiliates.audit.transitions import transition
from affiliates.core.exceptions import NoReviewWorkflow, QuestionClosed
from affiliates.core.states import Action, Actor
from affiliates.models import Application, InformationRequest
from affiliates.programs.promised_days import (
    calendar_for_application,
    moved_due_date,
    review_due_on,
)
from affiliates.programs.workflows import run_workflow
from workflows.deadlines.services import (
    close_deadlines,
    extend_deadline,
    open_deadline,
    open_deadlines,
)
from workflows.mail.outbox import queue
from workflows.reviews.policy import REVIEW

ANSWERED = "answered"
WENT_ON = "went_on"


def request_information(
    *, application: Application, question: str, user: User | None, now: datetime
) -> InformationRequest:
    """Ask the group, after a reviewer requested changes in Wagtail. Effects, in one transaction:
    sets the state; creates the question; opens the deadline "group_answer"; queues a mail.
    Raises TransitionNotAllowed.
    """
    with transaction.atomic():
        hold(application)
        take_action(application, Action.REQUEST_INFORMATION, user=user, reason=question, now=now)
        asked = InformationRequest.objects.create(
            application=application, question=question, asked_by=user, asked_at=now
        )
        program = application.program
        calendar = calendar_for_application(application, business_days=False)
        due_at = calendar.after(now, program.answer_days)
        open_deadline(kind=GROUP_ANSWER, subject=application, due_at=due_at, now=now)
        queue(information_needed(application, asked), now=now)
    return asked


def answer_request(*, application: Application, answer: str, now: datetime) -> InformationRequest:
    """Record the group's answer and resume its review. Effects, in one transaction: saves the
    answer and state; moves the due date by the days that the question was open; resumes the
    workflow, which notifies the reviewers and starts a new deadline. If no workflow can resume,
    stops the review and keeps the answer. Raises QuestionClosed.
    """
    with transaction.atomic():
        asked = _hold_question(application)
        asked.answer, asked.answered_at = answer, now
        asked.save(update_fields=["answer", "answered_at"])
        transition(application, Action.ANSWER, actor=Actor.APPLICANT, now=now)
        close_deadlines(kind=GROUP_ANSWER, subject=application, outcome=ANSWERED, now=now)
        _move_due_day(application, asked, now)
        _resume(application, now)
    return asked


def go_on(*, application: Application, user: User | None, now: datetime) -> None:
    """Continue without an answer, after a reviewer resumed the workflow in Wagtail.
    Effects, in one transaction: sets the state; drops the question; moves the due date and the
    review deadline by the days that it was open. Raises QuestionClosed.
    """
    with transaction.atomic():
        asked = _hold_question(application)
        take_action(application, Action.GO_ON, user=user, now=now)
        drop_question(application, now)
        close_deadlines(kind=GROUP_ANSWER, subject=application, outcome=WENT_ON, now=now)
        _move_due_day(application, asked, now)
        _move_running_clock(application, now)


def _hold_question(application: Application) -> InformationRequest:
    hold(application)
    asked = application.open_question
    if asked is None:
        raise QuestionClosed
    return asked


def _resume(application: Application, now: datetime) -> None:
    try:
        if application.affiliate is None:
            raise NoReviewWorkflow
        run_workflow(application.affiliate, user=None)
    except NoReviewWorkflow:
        stop_review(application=application, user=None, now=now)


def _move_due_day(application: Application, asked: InformationRequest, now: datetime) -> None:
    due_on = review_due_on(application)
    if due_on:
        calendar = calendar_for_application(application)
        application.decision_due_on = moved_due_date(
            due_on, asked_at=asked.asked_at, now=now, calendar=calendar
        )
        application.save(update_fields=["decision_due_on", "updated_at"])


def _move_running_clock(application: Application, now: datetime) -> None:
    """The workflow resumed before the due date was moved, so its deadline has the old date."""
    page, due_on = application.affiliate, application.decision_due_on
    review = page.current_workflow_task_state if page else None
    if review is None or due_on is None:
        return
    for deadline in open_deadlines(kind=REVIEW, subject=review):
        due_at = calendar_for_application(application).moment(due_on)
        extend_deadline(deadline=deadline, due_at=due_at, now=now)
