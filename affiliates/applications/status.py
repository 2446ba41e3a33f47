"""What applicants see of their application: next steps, dates, and questions."""

from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from affiliates.applications.deadlines import GROUP_ANSWER
from affiliates.applications.details import declined, links_of
from affiliates.applications.mails.reviewing import APPLICATION_DECLINED
from affiliates.core.states import OPEN, ApplicationState
from affiliates.models import Application, InformationRequest
from affiliates.programs.promised_days import review_due_on, today_at
from workflows.deadlines.services import open_deadlines
from workflows.models import OutgoingMail


def details(application: Application) -> dict[str, Any]:
    """Context of all pages about an application. The number of queries is constant."""
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
    question = open_question(application)
    asked = application.information_requests.all()
    answer_due = answer_due_on(application) if question else None
    return {
        "next_step": f"affiliates/applications/next_step/{application.state}.html",
        "question": question,
        "earlier": [item for item in asked if item != question],
        "answer_due": answer_due,
        "is_answer_late": _is_over(answer_due, application),
        "reason": told_reason(application),
    }


def open_question(application: Application) -> InformationRequest | None:
    waits = application.state == ApplicationState.INFORMATION_NEEDED
    return application.open_question if waits else None


def was_answered_last(application: Application) -> bool:
    last = application.information_requests.last()
    return last is not None and last.answered_at is not None


def told_reason(application: Application) -> str:
    """Why it was declined; empty if the group got no email, since the reason is then internal."""
    if application.state != ApplicationState.DECLINED:
        return ""
    decision = declined(application)
    told = OutgoingMail.objects.filter(
        content_type=ContentType.objects.get_for_model(Application),
        object_id=application.pk,
        kind=APPLICATION_DECLINED,
    )
    return decision.reason if decision and told.exists() else ""


def answer_due_on(application: Application) -> date | None:
    """None if the group owes no answer."""
    deadline = open_deadlines(subject=application, kind=GROUP_ANSWER).first()
    return today_at(application.program, deadline.due_at) if deadline else None


def _is_over(day: date | None, application: Application) -> bool:
    return day is not None and day < today_at(application.program, timezone.now())
