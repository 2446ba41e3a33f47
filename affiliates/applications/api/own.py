"""API by which applicants see and change their application, authorized by a token. Never cached."""

from collections.abc import Collection
from typing import Any

from django.forms import Form
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from ninja import Router

from affiliates.api.error_messages import mistakes_of
from affiliates.api.problems import (
    DECIDED,
    QUESTION_CHANGED,
    QUESTION_CLOSED,
    Problem,
    invalid,
)
from affiliates.api.schemas import SENT_ERRORS
from affiliates.api.schemas import Problem as ProblemOut
from affiliates.applications.api.schemas import AnswerIn, OwnApplication, WithdrawalIn
from affiliates.applications.forms.application import GROUP
from affiliates.applications.forms.public import AnswerForm, WithdrawForm
from affiliates.applications.services.information import answer_request
from affiliates.applications.services.submission import withdraw_application
from affiliates.applications.status import details, next_step, open_question
from affiliates.core.exceptions import TransitionNotAllowed
from affiliates.core.states import Actor, ApplicationState
from affiliates.links.api import claim_of
from affiliates.links.tokens import Purpose, make_token
from affiliates.models import Application, InformationRequest
from workflows.core.links import absolute_url

router = Router(tags=["Your application"])

PURPOSES = (Purpose.STATUS, Purpose.DRAFT)
"""Once it is sent, a draft's link leads to its status."""

POST_ERRORS = {**SENT_ERRORS, **dict.fromkeys((404, 409, 410), ProblemOut)}


@router.get(
    "applications/{token}/",
    response={200: OwnApplication, **dict.fromkeys((404, 410, 429), ProblemOut)},
    summary="Its status",
)
def get_application(request: HttpRequest, token: str) -> dict[str, Any]:
    """What happens next, and by when. Looking changes nothing."""
    return own_application(request, application_at(token))


@router.post(
    "applications/{token}/withdraw/",
    response={200: OwnApplication, **POST_ERRORS},
    operation_id="withdrawApplication",
    summary="Take it back",
)
def withdraw(request: HttpRequest, token: str, body: WithdrawalIn | None = None) -> dict[str, Any]:
    """Twice is no mistake. What was decided cannot be taken back."""
    application = application_at(token)
    reason = _cleaned(WithdrawForm({"reason": body.reason if body else ""}))["reason"]
    try:
        withdraw_application(
            application=application, actor=Actor.APPLICANT, reason=reason, now=timezone.now()
        )
    except TransitionNotAllowed:
        application.refresh_from_db()
        if application.state != ApplicationState.WITHDRAWN:
            raise Problem(DECIDED) from None
    return own_application(request, application)


@router.post(
    "applications/{token}/answer/",
    response={200: OwnApplication, **POST_ERRORS},
    operation_id="answerQuestion",
    summary="Answer what was asked",
)
def answer(request: HttpRequest, token: str, body: AnswerIn) -> dict[str, Any]:
    """The review goes on. The same answer twice is no mistake."""
    application = application_at(token)
    text = _cleaned(AnswerForm({"answer": body.answer}))["answer"]
    _answer(application, body.question, text)
    return own_application(request, application_at(token))


def status_token(application: Application) -> str:
    """Dated to the submission, so that it is always the same."""
    return make_token(application, Purpose.STATUS, at=application.submitted_at)


def api_status_url(application: Application) -> str:
    kwargs = {"token": status_token(application)}
    return absolute_url(reverse("affiliates-api:get_application", kwargs=kwargs))


def application_at(token: str) -> Application:
    """The sent application that this token opens. Raises Problem or Http404."""
    found = any_application_at(token, PURPOSES)
    if found.state == ApplicationState.DRAFT:
        raise Http404
    return found


def any_application_at(token: str, purposes: Collection[Purpose]) -> Application:
    """The application that this token opens, sent or not. Raises Problem or Http404."""
    claim = claim_of(token, purposes)
    applications = Application.objects.select_related("program", "affiliate")
    found = applications.filter(reference=claim.reference).first()
    if found is None or not constant_time_compare(found.link_nonce, claim.nonce):
        raise Http404
    return found


def own_application(request: HttpRequest, application: Application) -> dict[str, Any]:
    about = {**details(application), **next_step(application)}
    question, page = about["question"], application.affiliate
    return {
        "reference": application.reference,
        "state": application.state,
        "program": application.program.slug,
        "submitted_at": application.submitted_at,
        "decision_due_on": about["due"],
        "is_late": about["is_late"],
        "can_withdraw": about["can_withdraw"],
        "reason": about["reason"],
        "question": question and _asked(question, answer_due_on=about["answer_due"]),
        "earlier_questions": [_asked(one, answer=one.answer) for one in about["earlier"]],
        "group": {name: getattr(application, name) for name in (*GROUP, "links")},
        "accepted": [{"id": one.statement_id, "text": one.text} for one in about["acceptances"]],
        "affiliate_url": page.get_full_url(request) if page and page.live else None,
    }


def _asked(asked: InformationRequest, **more: Any) -> dict[str, Any]:
    return {"id": asked.pk, "text": asked.question, "asked_at": asked.asked_at, **more}


def _cleaned(form: Form) -> dict[str, Any]:
    if not form.is_valid():
        raise invalid(*mistakes_of(form))
    return form.cleaned_data


def _answer(application: Application, question_id: int, text: str) -> None:
    question = open_question(application)
    try:
        if question and question.pk == question_id:
            answer_request(application=application, answer=text, now=timezone.now())
            return
    except TransitionNotAllowed:
        application = Application.objects.get(pk=application.pk)
    # A repeated identical answer is not an error.
    asked = {one.pk: one for one in application.information_requests.all()}.get(question_id)
    if not (asked and asked.answered_at and asked.answer == text):
        raise Problem(QUESTION_CHANGED if open_question(application) else QUESTION_CLOSED)
