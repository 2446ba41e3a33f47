"""What an applicant sees of an application: thanks, its status, and the way to take it back."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from affiliates.applications.forms.own import AnswerForm, WithdrawForm
from affiliates.applications.services.submission import withdraw_application
from affiliates.applications.status import details, next_step, was_answered_last
from affiliates.core.exceptions import TransitionNotAllowed
from affiliates.core.responses import private, refusing_unreadable
from affiliates.core.states import OPEN, Actor, ApplicationState
from affiliates.links.sessions import has_grant
from affiliates.links.tokens import Purpose
from affiliates.links.views import link_needed
from affiliates.models import Application


@private
@require_safe
def thanks(request: HttpRequest, reference: str) -> HttpResponse:
    """What happens next. Reloading it does nothing; it shows nothing that the group has sent."""
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
    """Ask first, then withdraw. Twice is no mistake: the status page says what is true."""
    application = find_for_status(request, reference)
    if application is None:
        return link_needed(request, reference)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        _withdraw(application, form.cleaned_data["reason"])
    elif application.state in OPEN:
        context = {**details(application), "form": form}
        return render(
            request, "affiliates/applications/withdraw.html", context, status=_status(form)
        )
    return redirect("affiliates:status", reference=reference)


def _status(form: WithdrawForm) -> int:
    return 422 if form.is_bound else 200


def _withdraw(application: Application, reason: str) -> None:
    try:
        withdraw_application(
            application=application,
            actor=Actor.APPLICANT,
            reason=reason,
            now=timezone.now(),
        )
    except TransitionNotAllowed:
        return  # It is withdrawn or decided already, which the status page then says.


def find_for_status(request: HttpRequest, reference: str) -> Application | None:
    """The application, if this browser came by its link."""
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
    """The status page. ``form``: what was typed as an answer, with what is wrong about it."""
    context = {
        **details(application),
        **next_step(application),
        "answered": "answered" in request.GET and was_answered_last(application),
        "form": form or AnswerForm(),
        **extra,
    }
    return render(request, "affiliates/applications/status.html", context, status=status)
