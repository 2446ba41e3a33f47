"""The deadlines "review_start" (we owe a running review) and "group_answer" (the group owes one).

The former has the ladder of the review, so that staff are reminded of applications whose review
could not start or was stopped.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.applications.mails.reviewing import answer_reminders
from affiliates.core.states import ApplicationState
from affiliates.models import AffiliateProgramPage, Application
from affiliates.programs.promised_days import calendar_of
from affiliates.programs.review_policies import PEOPLE, program_review_policy
from workflows.core.ladders import Ladder, Step
from workflows.core.links import admin_url
from workflows.core.people import Recipient
from workflows.deadlines import policies
from workflows.deadlines.policies import Policy, Waiting
from workflows.mail.outbox import NewMail
from workflows.models import Deadline
from workflows.reviews.policy import REVIEWERS, STEP_LABELS, ReviewPolicy


def load_applications(deadlines: Sequence[Deadline]) -> None:
    keys = {int(deadline.object_id) for deadline in deadlines}
    applications = Application.objects.prefetch_related("contacts", "information_requests").in_bulk(
        keys
    )
    programs = AffiliateProgramPage.objects.select_related(*PEOPLE).in_bulk(
        {application.program_id for application in applications.values()}
    )
    for deadline in deadlines:
        application = applications.get(int(deadline.object_id))
        if application:
            application.program = programs[application.program_id]
            deadline.subject = application


def _is_in(state: ApplicationState, deadline: Deadline) -> bool:
    return deadline.subject is not None and deadline.subject.state == state


def _policy_of(deadline: Deadline) -> ReviewPolicy:
    """Computed once per loaded program."""
    application: Any = deadline.subject
    known = application.program.__dict__
    if "_review_policy" not in known:
        known["_review_policy"] = program_review_policy(application.program)
    return known["_review_policy"]


def _in_admin(application: Any, note: str) -> Waiting:
    return Waiting(str(application), admin_url(application), note)


NOT_STARTED = "not_started"


def _start_ladder(deadline: Deadline) -> Ladder:
    """The ladder of the review, preceded by a step on the day after submission."""
    policy = _policy_of(deadline)
    first = Step(min(1, policy.remind_after) - policy.respond_within, NOT_STARTED, REVIEWERS)
    review = policy.ladder
    return Ladder((first, *review.steps), review.calendar, repeat_days=review.repeat_days)


def _start_waiting(deadline: Deadline) -> Waiting | None:
    """Not on the day of submission: the review is about to start automatically."""
    application: Any = deadline.subject
    if application.review_stopped_at:
        return _in_admin(
            application, _("Its review was stopped without a decision. Please start it again.")
        )
    calendar = calendar_of(application.program)
    if calendar.day_of(timezone.now()) <= calendar.day_of(deadline.opened_at):
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
    steps = (Step(reminder, REMIND_GROUP, GROUP), Step(0, NO_ANSWER, REVIEWERS))
    return Ladder(steps, calendar_of(program, business_days=False), repeat_days=A_WEEK)


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
