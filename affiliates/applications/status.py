"""What a group is told about its application: what happens next, by when, and what was asked."""

from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from affiliates.applications.deadlines import GROUP_ANSWER
from affiliates.applications.details import declined, links_of
from affiliates.applications.mails.reviewing import APPLICATION_DECLINED
from affiliates.core.states import OPEN, ApplicationState
from affiliates.models import Application, InformationRequest
from affiliates.programs.promised_days import calendar_of, review_due_on
from workflows.deadlines.services import open_deadlines
from workflows.models import OutgoingMail


def details(application: Application) -> dict[str, Any]:
    """What all pages about an application may say. A promise counts as late once its day is over.

    Costs no query that grows with what was asked.
    """
    due = review_due_on(application)
    return {
        "application": application,
        "program": application.program,
        "due": due,
        "is_late": _is_over(due, application),
        "can_withdraw": application.state in OPEN,
        "sent": application.submitted_at is not None,
        "links": links_of(application),
        "contacts": application.contacts.all(),
        "acceptances": application.acceptances.all(),
    }


def next_step(application: Application) -> dict[str, Any]:
    """The open question, by when it wants an answer, and what was asked before, oldest first."""
    question = open_question(application)
    asked = application.information_requests.all()
    answer_due = _answer_due_on(application) if question else None
    return {
        "next_step": f"affiliates/applications/next_step/{application.state}.html",
        "question": question,
        "earlier": [item for item in asked if item != question],
        "answer_due": answer_due,
        "is_answer_late": _is_over(answer_due, application),
        "reason": told_reason(application),
    }


def open_question(application: Application) -> InformationRequest | None:
    """What the group was asked and can still answer."""
    waits = application.state == ApplicationState.INFORMATION_NEEDED
    return application.open_question if waits else None


def was_answered_last(application: Application) -> bool:
    """Whether nothing was asked since the group answered."""
    last = application.information_requests.last()
    return last is not None and last.answered_at is not None


def told_reason(application: Application) -> str:
    """Why the application was declined; empty if its group was not to be told.

    The page shows it, too, for those whom the mail did not reach, and who came here by a link to
    the same address. What was declined as spam got no mail: its reason is a note among staff.
    """
    if application.state != ApplicationState.DECLINED:
        return ""
    decision = declined(application)
    told = OutgoingMail.objects.filter(
        content_type=ContentType.objects.get_for_model(Application),
        object_id=application.pk,
        kind=APPLICATION_DECLINED,
    )
    return decision.reason if decision and told.exists() else ""


def _answer_due_on(application: Application) -> date | None:
    deadline = open_deadlines(subject=application, kind=GROUP_ANSWER).first()
    return calendar_of(application.program).day_of(deadline.due_at) if deadline else None


def _is_over(day: date | None, application: Application) -> bool:
    """Whether the whole of that day is past where the program is."""
    return day is not None and day < calendar_of(application.program).day_of(timezone.now())
