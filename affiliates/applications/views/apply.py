"""The application form: shown, sent, saved, and shown again with all that was typed.

It needs no CSRF token on purpose: the form is anonymous and gives whoever sends it no power, so a
forged request could do no more than its sender could do alone. An expired cookie can therefore
never cost a visitor's text.
"""

from datetime import datetime, timedelta
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

from affiliates.applications.forms.public import DraftForm, PublicForm, as_initial
from affiliates.applications.forms.sections import sections
from affiliates.applications.services.drafts import save_draft
from affiliates.applications.services.submission import submit_application
from affiliates.core.conf import settings
from affiliates.core.exceptions import DraftChanged, KeyReused, ProgramClosed
from affiliates.core.responses import private, refusing_unreadable
from affiliates.core.states import ApplicationState
from affiliates.directory.pages import find_program
from affiliates.links.cookies import grant, has_grant
from affiliates.links.resolution import application_door
from affiliates.links.tokens import Purpose
from affiliates.links.views import link_needed
from affiliates.models import AffiliateProgramPage, Application
from affiliates.spam.client_networks import network_hash
from affiliates.spam.form_tokens import Ticket, issue_ticket, read_ticket, ticket_of_draft
from affiliates.spam.proof import spend_proof
from affiliates.spam.quotas import network_is_over_quota, was_sent

REFUSED = 422
TOO_MANY = 429


class Refusal(Exception):
    """The form is fine, but is shown again with a message. ``ticket``: the one to go on with."""

    def __init__(self, message: str, *, status: int = REFUSED, ticket: str = ""):
        super().__init__(message)
        self.message, self.status, self.ticket = message, status, ticket


@method_decorator([csrf_exempt, private, refusing_unreadable], name="dispatch")
class ApplyView(View):
    http_method_names = ["get", "head", "post", "options"]
    program: AffiliateProgramPage
    now: datetime

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.program = find_program(request, kwargs["program_slug"])
        self.now = timezone.now()

    def get(self, request: HttpRequest, program_slug: str) -> HttpResponse:
        if not self.program.applications_open:
            return render(request, "affiliates/applications/closed.html", {"program": self.program})
        return show(request, PublicForm(self.program))

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
            return show(request, form, status=refusal.status, ticket=refusal.ticket)

    def _send(self) -> HttpResponse:
        form = PublicForm(self.program, self.request.POST)
        ticket = self._ticket()
        if not form.is_valid():
            return show(self.request, form, status=REFUSED, ticket=ticket.text)
        sender = network_hash(self.request)
        if not was_sent(ticket.key):
            self._refuse_robots(ticket, sender)
        try:
            application = submit_application(
                form=form,
                program=self.program,
                key=ticket.key,
                now=self.now,
                network_hash=sender,
                ticket=ticket,
            )
        except (KeyReused, DraftChanged, ProgramClosed) as error:
            raise self._explained(error, ticket) from None
        return redirect("affiliates:thanks", reference=application.reference)

    def _save(self) -> HttpResponse:
        ticket = self._ticket()
        form = self._as_typed()
        typed = form.typed(self.request.POST)
        draft_form = DraftForm(self.request.POST, typed)
        if not draft_form.is_valid():
            form.show_errors(draft_form.errors)
            return show(self.request, form, status=REFUSED, ticket=ticket.text)
        sender = network_hash(self.request)
        self._refuse_robots(ticket, sender)
        try:
            draft = save_draft(
                program=self.program,
                key=ticket.key,
                ticket=ticket,
                email=draft_form.cleaned_data["contact_email"],
                typed=typed,
                language=get_language() or "",
                now=self.now,
                network_hash=sender,
            )
        except (KeyReused, DraftChanged) as error:
            raise self._explained(error, ticket) from None
        return redirect(
            "affiliates:saved", program_slug=self.program.slug, reference=draft.reference
        )

    def _as_typed(self) -> PublicForm:
        posted = self.request.POST
        return as_initial(self.program, {name: posted.getlist(name) for name in posted})

    def _ticket(self) -> Ticket:
        text = self.request.POST.get("form_token", "")
        ticket = read_ticket(text, program_id=self.program.pk)
        if ticket is None:
            raise Refusal(_("Something was missing in what arrived here. Please press Send again."))
        return ticket

    def _refuse_robots(self, ticket: Ticket, sender: str) -> None:
        """Raise Refusal if this came too fast for a person, or too much came from its network.

        Whoever goes on with a saved draft came by a mailed link, and may be as quick as they like.
        """
        proof = self.request.POST.get("proof", "")
        has_proof = spend_proof(proof, submission_key=ticket.key)
        least = settings.MINIMUM_SECONDS if has_proof else settings.MINIMUM_SECONDS_WITHOUT_PROOF
        if not ticket.parent and ticket.age(self.now) < timedelta(seconds=least):
            raise Refusal(
                _("That was very quick. Please look over your answers and press the button again."),
                ticket=ticket.text,
            )
        if network_is_over_quota(
            network_hash=sender, submission_key=ticket.key, has_proof=has_proof, now=self.now
        ):
            raise Refusal(
                _(
                    "Many applications came from your network within the last hour. Your text is"
                    " still here. Please wait an hour and press the button again, or write to"
                    " %(email)s."
                )
                % {"email": self.program.contact_email},
                status=TOO_MANY,
                ticket=ticket.text,
            )

    def _explained(self, error: Exception, ticket: Ticket) -> Refusal:
        match error:
            case KeyReused():
                return Refusal(
                    _(
                        "We already have your application %(reference)s; your changes were not"
                        " added. Press Send to send them as a new application."
                    )
                    % {"reference": error.reference}
                )
            case DraftChanged():
                draft = Application.objects.get(submission_key=ticket.key)
                return Refusal(
                    _(
                        "You saved this application from another window since you opened this one."
                        " Press the button again to replace that with what stands here, or close"
                        " this window to keep the other."
                    ),
                    ticket=ticket_of_draft(draft),
                )
        return Refusal(
            _(
                "The program was closed to applications while you were typing. Nothing was sent."
                " Your text is still here: copy it, or save it to finish later."
            ),
            ticket=ticket.text,
        )


apply = ApplyView.as_view()


@private
@require_safe
def resume(request: HttpRequest, program_slug: str, reference: str) -> HttpResponse:
    """A saved draft as it was typed. Sending and saving it is the form's own business."""
    drafts = Application.objects.select_related("program")
    draft = drafts.filter(reference=reference, program__slug=program_slug).first()
    if draft is None or not has_grant(request, draft, Purpose.DRAFT):
        return link_needed(request, reference)
    if draft.state != ApplicationState.DRAFT:
        door = application_door(draft, Purpose.STATUS)
        response = redirect(door.path)
        grant(response, request, door)
        return response
    typed = {name: texts for name, texts in draft.form_data.items() if isinstance(texts, list)}
    return show(request, as_initial(draft.program, typed), ticket=ticket_of_draft(draft))


@private
@require_safe
def saved(request: HttpRequest, program_slug: str, reference: str) -> HttpResponse:
    """What happens after saving. It looks nothing up, so it tells nothing."""
    context = {
        "program": find_program(request, program_slug),
        "reference": reference,
        "days": settings.DRAFT_LINK_DAYS,
    }
    return render(request, "affiliates/applications/draft_saved.html", context)


def show(
    request: HttpRequest, form: PublicForm, *, status: int = 200, ticket: str = ""
) -> HttpResponse:
    """The form's page, with a ticket to go on with or a new one."""
    context = {
        "program": form.program,
        "form": form,
        "sections": sections(form),
        "form_token": ticket or issue_ticket(program_id=form.program.pk),
    }
    return render(request, "affiliates/applications/apply.html", context, status=status)
