"""The applicant's views of an application. Answers that are not accepted are shown again."""

from contextlib import suppress
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from affiliates.applications.forms.public import AnswerForm, WithdrawForm
from affiliates.applications.services.information import answer_request
from affiliates.applications.services.submission import withdraw_application
from affiliates.applications.status import (
    details,
    next_step,
    open_question,
    was_answered_last,
)
from affiliates.core.exceptions import TransitionNotAllowed
from affiliates.core.responses import private, refusing_other_sites, refusing_unreadable
from affiliates.core.states import OPEN, Actor, ApplicationState
from affiliates.links.resubmission import NOT_SURE, is_forged
from affiliates.links.sessions import application_target, has_grant, revoke
from affiliates.links.tokens import Purpose
from affiliates.links.views import link_needed
from affiliates.models import Application

REFUSED = 422
NO_LONGER_ASKED = 409

ENDED: dict[str, Promise] = {
    ApplicationState.APPROVED: _("Your application was approved in the meantime."),
    ApplicationState.DECLINED: _("Your application was decided in the meantime."),
    ApplicationState.WITHDRAWN: _("Your application was withdrawn in the meantime."),
}
ANSWERED = _(
    "This question was already answered, maybe in another window or by someone else in your group."
    " That answer is below."
)
DROPPED = _("We no longer ask this question. The review goes on without an answer.")

ASKED_ANEW = _(
    "We have asked something else since you opened this page. Please read the new question, change"
    " your answer if you need to, and send it again."
)


@private
@require_safe
def thanks(request: HttpRequest, reference: str) -> HttpResponse:
    """Public, so it shows nothing of the application's content."""
    applications = Application.objects.select_related("program").filter(reference=reference)
    application = applications.exclude(state=ApplicationState.DRAFT).first()
    if application is None:
        raise Http404
    return render(request, "affiliates/applications/thanks.html", details(application))


@private
@require_safe
def status(request: HttpRequest, reference: str) -> HttpResponse:
    application = find_for_status(request, reference)
    if application is None:
        return link_needed(request, reference)
    return show_status(request, application)


@private
@refusing_unreadable
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for confirmation, then withdraw. Repeating it redirects to the status page."""
    application = find_for_status(request, reference)
    if application is None:
        return link_needed(request, reference)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reason, now = form.cleaned_data["reason"], timezone.now()
        with suppress(TransitionNotAllowed):
            withdraw_application(
                application=application, actor=Actor.APPLICANT, reason=reason, now=now
            )
    elif application.state in OPEN:
        context = {**details(application), "form": form}
        status = REFUSED if form.is_bound else 200
        return render(request, "affiliates/applications/withdraw.html", context, status=status)
    return redirect("affiliates:status", reference=reference)


@csrf_exempt  # It only takes power away.
@private
@require_POST
def leave(request: HttpRequest, reference: str) -> HttpResponse:
    """Log out of the application's page."""
    response = render(request, "affiliates/links/left.html")
    application = find_for_status(request, reference)
    if application:
        revoke(response, request, [application_target(application, Purpose.STATUS)])
    return response


def find_for_status(request: HttpRequest, reference: str) -> Application | None:
    applications = Application.objects.select_related("program", "affiliate")
    application = applications.filter(reference=reference).first()
    if application and has_grant(request, application, Purpose.STATUS):
        return application
    return None


def show_status(
    request: HttpRequest,
    application: Application,
    *,
    form: AnswerForm | None = None,
    status: int = 200,
    **extra: Any,
) -> HttpResponse:
    """``form`` holds an answer that was not accepted, with its errors."""
    context = {
        **details(application),
        **next_step(application),
        "answered": "answered" in request.GET and was_answered_last(application),
        "form": form or AnswerForm(),
        **extra,
    }
    return render(request, "affiliates/applications/status.html", context, status=status)


@csrf_exempt  # Checked in the view: Django's CSRF failure page would not show the text again.
@private
@refusing_other_sites
@refusing_unreadable
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    if request.method != "POST":
        return redirect("affiliates:status", reference=reference)
    form = AnswerForm(request.POST)
    application = find_for_status(request, reference)
    if application is None:
        return _show_without_link(request, reference, form)
    return _answer(request, application, form)


def _answer(request: HttpRequest, application: Application, form: AnswerForm) -> HttpResponse:
    question = open_question(application)
    if question is None or str(question.pk) != _question_id(request):
        return _show_too_late(request, application, form)
    if is_forged(request):
        form.add_error(None, NOT_SURE)
    if not form.is_valid():
        return show_status(request, application, form=form, status=REFUSED)
    try:
        answer_request(
            application=application, answer=form.cleaned_data["answer"], now=timezone.now()
        )
    except TransitionNotAllowed:
        application.refresh_from_db()
        return _show_too_late(request, application, form)
    return _thank(application)


def _show_too_late(
    request: HttpRequest, application: Application, form: AnswerForm
) -> HttpResponse:
    """Resending the same answer is not an error."""
    questions = {str(one.pk): one for one in application.information_requests.all()}
    asked = questions.get(_question_id(request))
    answered = asked if asked and asked.answered_at else None
    if answered and form.is_valid() and form.cleaned_data["answer"] == answered.answer:
        return _thank(application)
    if open_question(application):
        form.add_error(None, ASKED_ANEW)
        return show_status(request, application, form=form, status=REFUSED)
    return show_status(
        request,
        application,
        status=NO_LONGER_ASKED,
        not_sent=form["answer"].value() or "",
        why_not=ANSWERED if answered else ENDED.get(application.state, DROPPED),
    )


def _show_without_link(request: HttpRequest, reference: str, form: AnswerForm) -> HttpResponse:
    """Same page for unknown references. The button works after opening a new link."""
    form = AnswerForm(initial={"answer": form["answer"].value()})
    context = {"reference": reference, "form": form, "question_id": _question_id(request)}
    return render(request, "affiliates/applications/answer_resubmit.html", context, status=403)


def _thank(application: Application) -> HttpResponse:
    status = reverse("affiliates:status", kwargs={"reference": application.reference})
    return redirect(f"{status}?answered=1")


def _question_id(request: HttpRequest) -> str:
    return request.POST.get("question", "")
