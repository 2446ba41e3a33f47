"""A group's answer to a reviewer's question. Whatever is in its way, no word of it is lost.

Sent too late, without a cookie, from an old window or twice: each time the page says what is true
now and shows the text again, so that it can be sent once more or copied.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from affiliates.applications.forms.own import AnswerForm
from affiliates.applications.services.information import answer_request
from affiliates.applications.status import open_question
from affiliates.applications.views.status import find_for_status, show_status
from affiliates.core.exceptions import TransitionNotAllowed
from affiliates.core.responses import private, refusing_unreadable
from affiliates.core.states import ApplicationState
from affiliates.links.resubmission import NOT_SURE, is_forged
from affiliates.models import Application, InformationRequest

REFUSED = 422
NO_LONGER_ASKED = 409

ENDED: dict[str, Promise] = {
    ApplicationState.APPROVED: _("We said yes to your application in the meantime."),
    ApplicationState.DECLINED: _("We decided about your application in the meantime."),
    ApplicationState.WITHDRAWN: _("Your application was withdrawn in the meantime."),
}
ANSWERED = _(
    "This question was answered already, perhaps from another window or by somebody else of your"
    " group. That answer stands below."
)
DROPPED = _("We no longer ask this question. The review goes on without an answer to it.")

ASKED_ANEW = _(
    "We asked something else since you opened this page. Please read the new question, change your"
    " answer if you need to, and send it again."
)


@csrf_exempt  # Asked in the view, since Django's own refusal would not show the text again.
@private
@refusing_unreadable
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """Take the answer and say so on the status page, or show it again with what is to be done."""
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
    except TransitionNotAllowed:  # Somebody was faster.
        application.refresh_from_db()
        return _show_too_late(request, application, form)
    return _thank(application)


def _show_too_late(
    request: HttpRequest, application: Application, form: AnswerForm
) -> HttpResponse:
    """Not the question that is open now, if one is. The same text sent twice was sent once."""
    asked = _question_of(request, application)
    if asked and _is_repeated(asked, form):
        return _thank(application)
    if open_question(application):
        form.add_error(None, ASKED_ANEW)
        return show_status(request, application, form=form, status=REFUSED)
    return show_status(
        request,
        application,
        status=NO_LONGER_ASKED,
        not_sent=form["answer"].value() or "",
        why_not=_why_not(application, asked),
    )


def _is_repeated(asked: InformationRequest, form: AnswerForm) -> bool:
    return (
        asked.answered_at is not None
        and form.is_valid()
        and form.cleaned_data["answer"] == asked.answer
    )


def _why_not(application: Application, asked: InformationRequest | None) -> Promise:
    """What happened while the answer was being written."""
    if asked and asked.answered_at:
        return ANSWERED
    return ENDED.get(application.state, DROPPED)


def _show_without_link(request: HttpRequest, reference: str, form: AnswerForm) -> HttpResponse:
    """The same page whether there is such an application. Its button works after a new link."""
    form = AnswerForm(initial={"answer": form["answer"].value()})
    context = {"reference": reference, "form": form, "question_id": _question_id(request)}
    return render(request, "affiliates/applications/answer_resubmit.html", context, status=403)


def _thank(application: Application) -> HttpResponse:
    status = reverse("affiliates:status", kwargs={"reference": application.reference})
    return redirect(f"{status}?answered=1")


def _question_of(request: HttpRequest, application: Application) -> InformationRequest | None:
    """The question that the form was shown with, if it was one of this application."""
    questions = {str(question.pk): question for question in application.information_requests.all()}
    return questions.get(_question_id(request))


def _question_id(request: HttpRequest) -> str:
    return request.POST.get("question", "")
