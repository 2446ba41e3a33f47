"""Views to apply and to save a draft. Every refusal shows the form again as it was typed.

They need no CSRF token: the form is anonymous, so a forged request gains nothing, and an expired
cookie must not lose a visitor's text.
"""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from affiliates.applications.forms.public import (
    DraftForm,
    PublicForm,
    as_initial,
    draft_form,
    sections,
)
from affiliates.applications.services.submission import save_draft, submit_application
from affiliates.caching.middleware import is_for_readers, is_public
from affiliates.caching.parts import kept_part
from affiliates.core.conf import settings
from affiliates.core.exceptions import (
    DraftChanged,
    KeyReused,
    ProgramClosed,
    QuotaExceeded,
    TooQuick,
)
from affiliates.core.responses import (
    let_be_kept,
    private,
    refusing_other_sites,
    refusing_unreadable,
)
from affiliates.core.states import ApplicationState
from affiliates.directory.queries import find_program
from affiliates.links.sessions import application_target, grant, has_grant
from affiliates.links.tokens import Purpose
from affiliates.links.views import link_needed
from affiliates.models import AffiliateProgramPage, Application
from affiliates.spam.admission import Sender
from affiliates.spam.client_networks import network_hash
from affiliates.spam.form_tokens import (
    FormToken,
    form_token_of_draft,
    issue_form_token,
    read_form_token,
)

TOKEN_GOES_HERE = "the-form-token-goes-here"  # noqa: S105 (where it goes)

REFUSED = 422
TOO_MANY = 429
REFUSALS = (TooQuick, QuotaExceeded, KeyReused, DraftChanged, ProgramClosed)


class Refusal(Exception):
    def __init__(self, message: str, *, status: int = REFUSED, form_token: str = ""):
        super().__init__(message)
        self.message, self.status, self.form_token = message, status, form_token


@method_decorator(
    [csrf_exempt, private, refusing_other_sites, refusing_unreadable], name="dispatch"
)
class ApplyView(View):
    http_method_names = ["get", "head", "post", "options"]
    now: datetime

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.now = timezone.now()

    @cached_property
    def program(self) -> AffiliateProgramPage:
        return find_program(self.request, self.kwargs["program_slug"])

    def get(self, request: HttpRequest, program_slug: str) -> HttpResponse:
        """The form's fixed parts are kept; its token is new each time."""
        if not is_for_readers(request):
            return self._new_form()
        program_id, content = kept_part(request, "form", self._fixed_parts)
        token = issue_form_token(program_id=program_id)
        return HttpResponse(content.replace(TOKEN_GOES_HERE.encode(), token.encode()))

    def _fixed_parts(self) -> tuple[tuple[int, bytes], bool]:
        response = self._new_form(TOKEN_GOES_HERE)
        let_be_kept(response, True)
        return (self.program.pk, response.content), is_public(self.request, response)

    def _new_form(self, form_token: str = "") -> HttpResponse:
        if not self.program.applications_open:
            closed = "affiliates/applications/closed.html"
            return render(self.request, closed, {"program": self.program})
        return show(self.request, PublicForm(self.program), form_token=form_token)

    def post(self, request: HttpRequest, program_slug: str) -> HttpResponse:
        is_save = "save" in request.POST
        try:
            return self._save() if is_save else self._send()
        except Refusal as refusal:
            form = self._as_typed() if is_save else PublicForm(self.program, request.POST)
            if is_save:
                form.show_errors({None: refusal.message})
            else:
                form.add_error(None, refusal.message)
            return show(request, form, status=refusal.status, form_token=refusal.form_token)

    def _send(self) -> HttpResponse:
        form = PublicForm(self.program, self.request.POST)
        form_token = self._form_token()
        if not form.is_valid():
            return show(self.request, form, status=REFUSED, form_token=form_token.text)
        try:
            application = submit_application(
                form=form,
                program=self.program,
                key=form_token.key,
                now=self.now,
                sender=self._sender(form_token),
                form_token=form_token,
            )
        except REFUSALS as error:
            raise self._explained(error, form_token) from None
        return redirect("affiliates:thanks", reference=application.reference)

    def _save(self) -> HttpResponse:
        form_token = self._form_token()
        form = self._as_typed()
        typed = form.typed(self.request.POST)
        draft_form = DraftForm(self.request.POST, typed)
        if not draft_form.is_valid():
            form.show_errors(draft_form.errors)
            return show(self.request, form, status=REFUSED, form_token=form_token.text)
        try:
            draft = save_draft(
                program=self.program,
                key=form_token.key,
                form_token=form_token,
                email=draft_form.cleaned_data["contact_email"],
                typed=typed,
                language=get_language() or "",
                now=self.now,
                sender=self._sender(form_token),
            )
        except REFUSALS as error:
            raise self._explained(error, form_token) from None
        return redirect(
            "affiliates:saved", program_slug=self.program.slug, reference=draft.reference
        )

    def _as_typed(self) -> PublicForm:
        posted = self.request.POST
        return as_initial(self.program, {name: posted.getlist(name) for name in posted})

    def _form_token(self) -> FormToken:
        text = self.request.POST.get("form_token", "")
        form_token = read_form_token(text, program_id=self.program.pk)
        if form_token is None:
            raise Refusal(
                _("Something was missing from what we received. Please press Send again.")
            )
        return form_token

    def _sender(self, form_token: FormToken) -> Sender:
        """Forms that continue a draft may be fast, since they came by a mailed link."""
        shown_at = None if form_token.parent else form_token.issued_at
        return Sender(network_hash(self.request), self.request.POST.get("proof", ""), shown_at)

    def _explained(self, error: Exception, form_token: FormToken) -> Refusal:
        match error:
            case TooQuick():
                return Refusal(
                    _(
                        "That was very quick. Please look over your answers and press the button"
                        " again."
                    ),
                    form_token=form_token.text,
                )
            case QuotaExceeded():
                return Refusal(
                    _(
                        "Many applications came from your network within the last hour. Your text"
                        " is still here. Please wait an hour and press the button again, or write"
                        " to %(email)s."
                    )
                    % {"email": self.program.contact_email},
                    status=TOO_MANY,
                    form_token=form_token.text,
                )
            case KeyReused():
                return Refusal(
                    _(
                        "We already have your application %(reference)s; your changes were not"
                        " added. Press Send to send them as a new application."
                    )
                    % {"reference": error.reference}
                )
            case DraftChanged():
                draft = Application.objects.get(submission_key=form_token.key)
                return Refusal(
                    _(
                        "You saved this application in another window after you opened this one."
                        " Press the button again to replace it with what is here, or close this"
                        " window to keep the other version."
                    ),
                    form_token=form_token_of_draft(draft),
                )
        return Refusal(
            _(
                "The program stopped taking applications while you were typing. Nothing was sent."
                " Your text is still here: copy it, or save it to finish later."
            ),
            form_token=form_token.text,
        )


apply = ApplyView.as_view()


@private
@require_safe
def resume(request: HttpRequest, program_slug: str, reference: str) -> HttpResponse:
    drafts = Application.objects.select_related("program")
    draft = drafts.filter(reference=reference, program__slug=program_slug).first()
    if draft is None or not has_grant(request, draft, Purpose.DRAFT):
        return link_needed(request, reference)
    if draft.state != ApplicationState.DRAFT:
        target = application_target(draft, Purpose.STATUS)
        response = redirect(target.path)
        grant(response, request, target)
        return response
    return show(request, draft_form(draft), form_token=form_token_of_draft(draft))


@private
@require_safe
def saved(request: HttpRequest, program_slug: str, reference: str) -> HttpResponse:
    """Looks nothing up, so it discloses nothing."""
    context = {
        "program": find_program(request, program_slug),
        "reference": reference,
        "days": settings.DRAFT_LINK_DAYS,
    }
    return render(request, "affiliates/applications/draft_saved.html", context)


def show(
    request: HttpRequest, form: PublicForm, *, status: int = 200, form_token: str = ""
) -> HttpResponse:
    context = {
        "program": form.program,
        "form": form,
        "sections": sections(form),
        "form_token": form_token or issue_form_token(program_id=form.program.pk),
    }
    return render(request, "affiliates/applications/apply.html", context, status=status)
