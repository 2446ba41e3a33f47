"""A call for help in the admin: read, taken, answered, closed, opened again."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.utils import get_user_display_name

from affiliates.affiliations.admin.actions import ActionView
from affiliates.affiliations.forms import ReasonForm
from affiliates.audit.permissions import may_manage, may_see_affiliation
from affiliates.core.exceptions import AffiliatesError, CallAnswered
from affiliates.core.states import SupportState
from affiliates.models import Affiliation, SupportRequest
from affiliates.programs.promised_days import today_at
from affiliates.support.admin.people import helpers
from affiliates.support.forms import AssignCallForm, SupportAnswerForm
from affiliates.support.mails import whom_to_answer
from affiliates.support.services import (
    answer_support_request,
    assign_support_request,
    close_support_request,
    reopen_support_request,
)


def taken_by(call: SupportRequest) -> str:
    return get_user_display_name(call.assigned_to) if call.assigned_to else str(_("Nobody yet"))


class CallActionView(ActionView):
    header_icon = "help"

    @cached_property
    def call(self) -> SupportRequest:
        calls = SupportRequest.objects.select_related(
            "affiliation__program", "assigned_to", "answered_by", "update"
        )
        return get_object_or_404(calls, pk=self.kwargs["pk"])

    @property
    def affiliation(self) -> Affiliation:
        return self.call.affiliation

    def get_success_url(self) -> str:
        return reverse("affiliates_support:inspect", args=[self.call.pk])

    def why_refused(self, refusal: AffiliatesError) -> str:
        self.call.refresh_from_db()
        if isinstance(refusal, CallAnswered) and self.call.answered_by:
            return _(
                "%(name)s has answered in the meantime. Your answer was not sent; it still stands"
                " here, so that you can copy it."
            ) % {"name": get_user_display_name(self.call.answered_by)}
        return super().why_refused(refusal)


class CallView(CallActionView):
    """Everything about it, and the form to answer, for those who may."""

    template_name = "affiliates/support/admin/call.html"
    form_class = SupportAnswerForm
    page_title = gettext_lazy("Call for help")
    done = gettext_lazy("Your answer is on its way.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: Any = request.user
        if request.method == "GET" and may_see_affiliation(user, self.affiliation):
            return super(ActionView, self).dispatch(request, *args, **kwargs)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, call = self.request.user, self.call
        people = whom_to_answer(call)
        return super().get_context_data(
            call=call,
            is_open=call.state == SupportState.OPEN,
            may_manage=may_manage(user, call.affiliation),
            is_mine=call.assigned_to_id == user.pk,
            today=today_at(call.affiliation.program, timezone.now()),
            affiliation_url=AdminURLFinder(user).get_edit_url(call.affiliation),
            person=people[0] if people else None,
            **kwargs,
        )

    def act(self, data: dict[str, Any]) -> None:
        answer_support_request(
            call=self.call, user=self.request.user, text=data["text"], now=timezone.now()
        )


class AssignCallView(CallActionView):
    page_title = gettext_lazy("Who answers?")
    button = gettext_lazy("Assign")
    done = gettext_lazy("It is clear who answers.")

    def get_form(self, form_class: Any = None) -> AssignCallForm:
        people = helpers(self.affiliation.program)
        return AssignCallForm(people=people, **self.get_form_kwargs())

    def get_initial(self) -> dict[str, Any]:
        return {"to": self.call.assigned_to}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "take" not in request.POST:
            return super().post(request, *args, **kwargs)
        try:
            self.act({"to": self.request.user})
        except AffiliatesError as refusal:
            messages.warning(request, self.why_refused(refusal))
        else:
            messages.success(request, _("You answer this call."))
        return redirect(self.get_success_url())

    def act(self, data: dict[str, Any]) -> None:
        assign_support_request(
            call=self.call, to=data["to"], user=self.request.user, now=timezone.now()
        )


class CloseCallView(CallActionView):
    form_class = ReasonForm
    page_title = gettext_lazy("Close without an answer")
    explanation = (
        gettext_lazy("For what is settled otherwise, by phone say. The group gets no mail."),
        gettext_lazy("If the group writes again, the call is open again."),
    )
    button = gettext_lazy("Close")
    done = gettext_lazy("The call for help is closed.")

    def act(self, data: dict[str, Any]) -> None:
        close_support_request(
            call=self.call, user=self.request.user, reason=data["reason"], now=timezone.now()
        )


class ReopenCallView(CallActionView):
    page_title = gettext_lazy("Open it again")
    explanation = (gettext_lazy("Somebody owes an answer again, by a new day."),)
    button = gettext_lazy("Open it again")
    done = gettext_lazy("The call for help is open again.")

    def act(self, data: dict[str, Any]) -> None:
        reopen_support_request(call=self.call, user=self.request.user, now=timezone.now())
