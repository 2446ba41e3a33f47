"""Asking a group for information, and what comes of it.

While a question is open, it is the group's turn: the review's clock stands still (its task in
Wagtail has ended, with "request changes"), and the clock of the answer runs instead.
"""

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
from affiliates.programs.promised_days import calendar_of, moved_due_date, review_due_on
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
    """Ask the group; a reviewer has requested changes in Wagtail.

    Effects, in one transaction: the state; the question; a mail with it and the link to answer;
    the deadline "group_answer". Raises TransitionNotAllowed.
    """
    with transaction.atomic():
        hold(application)
        take_action(application, Action.REQUEST_INFORMATION, user=user, reason=question, now=now)
        asked = InformationRequest.objects.create(
            application=application, question=question, asked_by=user, asked_at=now
        )
        program = application.program
        due_at = calendar_of(program, business_days=False).after(now, program.answer_days)
        open_deadline(kind=GROUP_ANSWER, subject=application, due_at=due_at, now=now)
        queue(information_needed(application, asked), now=now)
    return asked


def answer_request(*, application: Application, answer: str, now: datetime) -> InformationRequest:
    """Take the group's answer, and let its review go on.

    Effects, in one transaction: the answer; the state; the promised day is later by the days that
    the question was open; Wagtail's workflow resumes, which tells the reviewers and starts their
    clock anew. If there is no workflow that can go on, the review is stopped, and a person starts
    it again; the answer stays. Raises QuestionClosed.
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
    """Go on without the group's answer: a reviewer has resumed the workflow in Wagtail.

    Effects, in one transaction: the state; the question is dropped; the promised day is later by
    the days that it was open, and with it the clock of the review. Raises QuestionClosed.
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
        calendar = calendar_of(application.program)
        application.decision_due_on = moved_due_date(
            due_on, asked_at=asked.asked_at, now=now, calendar=calendar
        )
        application.save(update_fields=["decision_due_on", "updated_at"])


def _move_running_clock(application: Application, now: datetime) -> None:
    """Wagtail resumed first, so the review's clock was set by the day promised before."""
    page, due_on = application.affiliate, application.decision_due_on
    review = page.current_workflow_task_state if page else None
    if review is None or due_on is None:
        return
    for deadline in open_deadlines(kind=REVIEW, subject=review):
        due_at = calendar_of(application.program).moment(due_on)
        extend_deadline(deadline=deadline, due_at=due_at, now=now)
