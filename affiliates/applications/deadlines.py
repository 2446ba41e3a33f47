"""The deadlines "review_start" (we owe a running review) and "group_answer" (the group owes one).

The former has the ladder of the review, so that staff are reminded of applications whose review
could not start or was stopped.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.applications.mails.reviewing import answer_reminders
from affiliates.core.states import ApplicationState
from affiliates.models import AffiliateProgramPage, Application
from affiliates.models.fields import know
from affiliates.programs.promised_days import calendar_for_application, today_at
from affiliates.programs.review_policies import PEOPLE, policy_of_program
from workflows.core.calendars import Calendar
from workflows.core.ladders import Ladder, Step
from workflows.core.links import admin_url
from workflows.core.people import Recipient
from workflows.deadlines import policies
from workflows.deadlines.policies import Policy, Waiting
from workflows.mail.outbox import NewMail
from workflows.models import Deadline
from workflows.models.deadline import hold_subjects, subject_keys
from workflows.reviews.policy import REVIEWERS, STEP_LABELS, ReviewPolicy

NEEDED = (*("program_id", "reference", "name", "region", "state", "language", "review_stopped_at"),)


def load_applications(deadlines: Sequence[Deadline]) -> None:
    found = Application.objects.filter(pk__in=subject_keys(deadlines))
    applications = {application.pk: application for application in found.only(*NEEDED)}
    for name in ("contacts", "information_requests"):
        know(Application, applications, name)
    programs = AffiliateProgramPage.objects.select_related(*PEOPLE).in_bulk(
        {application.program_id for application in applications.values()}
    )
    know(AffiliateProgramPage, programs, "closures")
    for application in applications.values():
        application.program = programs[application.program_id]
    hold_subjects(deadlines, applications)


def _is_in(state: ApplicationState, deadline: Deadline) -> bool:
    return deadline.subject is not None and deadline.subject.state == state


def _policy_of(deadline: Deadline) -> ReviewPolicy:
    application: Any = deadline.subject
    return policy_of_program(application.program, application.region)


def _in_admin(application: Any, note: str) -> Waiting:
    return Waiting(str(application), admin_url(application), note)


NOT_STARTED = "not_started"


def _start_ladder(deadline: Deadline) -> Ladder:
    """The ladder of the review, preceded by a step on the day after submission."""
    return _policy_of(deadline).ladder_with(NOT_STARTED)


def _start_waiting(deadline: Deadline) -> Waiting | None:
    """Not on the day of submission: the review is about to start automatically."""
    application: Any = deadline.subject
    if application.review_stopped_at:
        return _in_admin(
            application, _("Its review was stopped without a decision. Please start it again.")
        )
    program = application.program
    if today_at(program, timezone.now()) <= today_at(program, deadline.opened_at):
        return None
    return _in_admin(
        application,
        _("Its review could not start. Please tell whoever looks after this website."),
    )


REVIEW_START = policies.register(
    Policy(
        kind="review_start",
        label=gettext_lazy("Start of a review"),
        ladder=_start_ladder,
        still_owed=lambda deadline: _is_in(ApplicationState.SUBMITTED, deadline),
        staff=lambda deadline, audience: _policy_of(deadline).audience(audience),
        waiting=_start_waiting,
        holders=REVIEWERS,
        load=load_applications,
        step_labels={
            NOT_STARTED: gettext_lazy("No review was running: reviewers told"),
            **STEP_LABELS,
        },
    )
)

REMIND_GROUP = "remind_group"
NO_ANSWER = "no_answer"

GROUP = "group"

A_WEEK = 7


def _answer_ladder(deadline: Deadline) -> Ladder:
    application: Any = deadline.subject
    program = application.program
    reminder = min(program.answer_reminder_days - program.answer_days, 0)
    calendar = calendar_for_application(application, business_days=False)
    return _answer_ladder_of(reminder, calendar)


@lru_cache
def _answer_ladder_of(reminder: int, calendar: Calendar) -> Ladder:
    steps = (Step(reminder, REMIND_GROUP, GROUP), Step(0, NO_ANSWER, REVIEWERS))
    return Ladder(steps, calendar, repeat_days=A_WEEK)


def _answer_mails(deadline: Deadline, step: Step) -> Iterable[NewMail]:
    application: Any = deadline.subject
    return answer_reminders(application) if step.audience == GROUP else []


def _answer_staff(deadline: Deadline, audience: str) -> Sequence[Recipient]:
    return _policy_of(deadline).audience(REVIEWERS) if audience == REVIEWERS else ()


def _answer_waiting(deadline: Deadline) -> Waiting:
    application: Any = deadline.subject
    contact = application.primary_contact
    if contact and contact.phone:
        note = _("The group was asked, and no answer came. Please call: %(name)s, %(phone)s.")
        note %= {"name": contact.name, "phone": contact.phone}
    else:
        note = _("The group was asked, and no answer came. Please write to it, or decide.")
    return _in_admin(application, note)


GROUP_ANSWER = policies.register(
    Policy(
        kind="group_answer",
        label=gettext_lazy("Answer of a group"),
        ladder=_answer_ladder,
        still_owed=lambda deadline: _is_in(ApplicationState.INFORMATION_NEEDED, deadline),
        mails=_answer_mails,
        staff=_answer_staff,
        waiting=_answer_waiting,
        load=load_applications,
        step_labels={
            REMIND_GROUP: gettext_lazy("Group reminded of the question"),
            NO_ANSWER: gettext_lazy("No answer came: reviewers told"),
        },
    )
)
