"""What staff do about one requirement of several affiliates: remind, waive, put off."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from affiliates.admin.actions import ServiceView, trail
from affiliates.affiliations.forms import PlainForm
from affiliates.audit.permissions import may_manage_all
from affiliates.models import Commitment, Requirement
from affiliates.requirements.admin.forms import PutOffForm, WaiveForm
from affiliates.requirements.queries import active_affiliations, commitments_of
from affiliates.requirements.services.deciding import decisions_on

MATRIX_TITLE = gettext_lazy("Requirements of affiliates")


class MatrixActionView(ServiceView):
    """Remind, waive or put off one requirement for the chosen groups."""

    header_icon = "list-ul"
    template_name = "affiliates/requirements/admin/matrix_action.html"
    form_class: Any = PlainForm
    decision = ""
    """The name of the service."""

    @cached_property
    def requirement(self) -> Requirement:
        wanted = self.request.GET.get("requirement", "")
        if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
            raise Http404
        found = Requirement.objects.filter(retired_at=None).select_related("program")
        return get_object_or_404(found, pk=wanted)

    @cached_property
    def chosen(self) -> list[Commitment]:
        keys = [key for key in self.request.GET.getlist("group") if key.isascii()]
        numbers = [int(key) for key in keys if key.isdigit() and len(key) < 19]
        active = active_affiliations(self.requirement.program)
        return commitments_of(self.requirement, active.filter(pk__in=numbers))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        user: Any = request.user
        if not may_manage_all(user, self.requirement.program):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        decide = getattr(decisions_on(self.requirement), self.decision)
        done = decide(commitments=self.chosen, user=self.request.user, now=timezone.now(), **data)
        text = ngettext("Done for %(count)d group.", "Done for %(count)d groups.", done)
        self.done = text % {"count": done}

    def form_valid(self, form: Any) -> Any:
        if not self.chosen:
            messages.warning(self.request, _("No group was chosen, so nothing was done."))
            return super(ServiceView, self).form_valid(form)
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "chosen": self.chosen, "requirement": self.requirement}

    def get_page_subtitle(self) -> str:
        return self.requirement.name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above, matrix = super().get_breadcrumbs_items(), (MATRIX_TITLE, self.get_success_url())
        return trail(above, matrix, title=self.get_page_title(), subtitle=self.get_page_subtitle())

    def get_success_url(self) -> str:
        return f"{reverse('affiliates_matrix')}?program={self.requirement.program_id}"


ASK = MatrixActionView.as_view(
    decision="ask_now",
    page_title=gettext_lazy("Send a reminder"),
    explanation=(
        gettext_lazy("Each group that owes it gets the email with its private link once more."),
        gettext_lazy("Groups that do not owe it now get no email."),
    ),
    button=gettext_lazy("Send the emails"),
)
WAIVE = MatrixActionView.as_view(
    decision="waive",
    form_class=WaiveForm,
    page_title=gettext_lazy("Waive it"),
    explanation=(
        gettext_lazy("These groups are not asked for it, and it does not count against them."),
    ),
    button=gettext_lazy("Waive it"),
)
PUT_OFF = MatrixActionView.as_view(
    decision="put_off",
    form_class=PutOffForm,
    page_title=gettext_lazy("Put it off"),
    explanation=(gettext_lazy("These groups have time until the day that you give."),),
    button=gettext_lazy("Put it off"),
)
ACTIONS = {
    "ask": (gettext_lazy("Send a reminder"), ASK),
    "waive": (gettext_lazy("Waive it"), WAIVE),
    "put_off": (gettext_lazy("Put it off"), PUT_OFF),
}
