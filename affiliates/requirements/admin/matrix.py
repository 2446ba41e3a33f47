"""The matrix: which affiliate of a program keeps which requirement, and what staff do about it."""

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permissions import policy_registry

from affiliates.admin.actions import ServiceView
from affiliates.affiliations.admin.columns import ChooseColumn
from affiliates.affiliations.admin.viewsets import StandingsMixin
from affiliates.affiliations.forms import PlainForm
from affiliates.affiliations.standing.requirements import in_state
from affiliates.audit.permissions import may_manage_all
from affiliates.core.states import AffiliationState, RequirementState, UpdateRequestState
from affiliates.models import (
    AffiliateProgramPage,
    Affiliation,
    Commitment,
    Requirement,
    UpdateRequest,
)
from affiliates.programs.promised_days import today_at
from affiliates.requirements.admin.forms import PutOffForm, WaiveForm
from affiliates.requirements.queries import asked_commitments
from affiliates.requirements.services.proving import ask_now, put_off, waive
from workflows.core.admin import MAY_SEE
from workflows.core.spreadsheets import ExportColumn


class MatrixFilterSet(WagtailFilterSet):
    """One program at a time: its requirements are the columns."""

    program = django_filters.ChoiceFilter(
        label=gettext_lazy("Program"), method="unchanged", empty_label=None
    )
    requirement = django_filters.ChoiceFilter(
        label=gettext_lazy("Requirement"), method="unchanged", empty_label=gettext_lazy("Any")
    )
    state = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("State"), choices=RequirementState.choices, method="by_state"
    )

    class Meta:
        model = Affiliation
        fields: list[str] = []

    def __init__(self, *args: Any, programs: Any, program: Any, requirements: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.program, self.requirements = program, requirements
        self.filters["program"].extra["choices"] = [(str(one.pk), one.title) for one in programs]
        self.filters["requirement"].extra["choices"] = [
            (str(one.pk), one.name) for one in requirements
        ]

    def unchanged(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """The view itself, or the filter by state, asks for it."""
        return rows

    def by_state(self, rows: QuerySet, name: str, values: list[str]) -> QuerySet:
        chosen = self.form.cleaned_data.get("requirement")
        wanted = [one for one in self.requirements if not chosen or str(one.pk) == chosen]
        condition = Q(pk__in=[])
        for value in values:
            condition |= _has_state(wanted, value, today_at(self.program, timezone.now()))
        return rows.filter(condition) if values else rows


def _has_state(requirements: list[Requirement], state: str, today: Any) -> Any:
    own = [one.pk for one in requirements if not one.is_of_updates]
    commitments = Commitment.objects.filter(
        in_state(state, today), affiliation=OuterRef("pk"), requirement__in=own
    )
    condition = Q(Exists(commitments))
    if len(own) < len(requirements):
        condition |= _update_state(state, today)
    return condition


def _update_state(state: str, today: Any) -> Any:
    requests = UpdateRequest.objects.filter(
        affiliation=OuterRef("pk"), state=UpdateRequestState.OPEN
    )
    is_open, is_past = Exists(requests), Exists(requests.filter(due_on__lt=today))
    late = Q(is_past) & ~Q(reminders_paused_until__gt=today)
    return {
        RequirementState.KEPT: ~Q(is_open),
        RequirementState.LATE: late,
        RequirementState.DUE: Q(is_open) & ~late,
    }.get(RequirementState(state), Q(pk__in=[]))


class RequirementColumn(Column):
    cell_template_name = "affiliates/requirements/admin/state_cell.html"

    def __init__(self, requirement: Requirement):
        super().__init__(f"requirement_{requirement.pk}", label=requirement.name)
        self.requirement = requirement

    def get_value(self, instance: Any) -> Any:
        return _status(instance, self.requirement)


def _status(affiliation: Any, requirement: Requirement) -> Any:
    own = affiliation.kept.requirements
    return next((one for one in own if one.requirement.pk == requirement.pk), None)


class MatrixView(StandingsMixin, ReportView):
    page_title = gettext_lazy("Requirements of affiliates")
    header_icon = "list-ul"
    template_name = "affiliates/requirements/admin/matrix.html"
    results_template_name = "affiliates/requirements/admin/matrix_results.html"
    index_url_name = "affiliates_matrix"
    index_results_url_name = "affiliates_matrix_results"
    filterset_class = MatrixFilterSet
    model = Affiliation
    verbose_name_plural = gettext_lazy("affiliates")
    export_filename = "requirements-of-affiliates"

    @property
    def permission_policy(self) -> Any:
        return policy_registry.get_by_type(Affiliation)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.export_columns = self.columns_to_export()
        self.list_export = list(self.export_columns)

    @cached_property
    def programs(self) -> list[AffiliateProgramPage]:
        visible = self.permission_policy.instances_user_has_any_permission_for(
            self.request.user, MAY_SEE
        )
        found = AffiliateProgramPage.objects.filter(pk__in=visible.values("program"))
        return list(found.order_by("title", "pk"))

    @cached_property
    def program(self) -> AffiliateProgramPage | None:
        wanted = self.request.GET.get("program", "")
        chosen = [one for one in self.programs if str(one.pk) == wanted]
        return next(iter([*chosen, *self.programs]), None)

    @cached_property
    def requirements(self) -> list[Requirement]:
        return list(Requirement.objects.filter(program=self.program, retired_at=None))

    @cached_property
    def columns(self) -> list[Column]:
        return [
            ChooseColumn("choose", form_id="matrix-act"),
            TitleColumn(
                "name",
                label=_("Affiliate"),
                get_url=lambda item: AdminURLFinder().get_edit_url(item),
            ),
            *map(RequirementColumn, self.requirements),
        ]

    def columns_to_export(self) -> dict[str, ExportColumn]:
        def state(requirement: Requirement) -> ExportColumn:
            return ExportColumn(
                requirement.name,
                lambda item: getattr(_status(item, requirement), "label", ""),
            )

        def due(requirement: Requirement) -> ExportColumn:
            return ExportColumn(
                _("%(requirement)s: due") % {"requirement": requirement.name},
                lambda item: getattr(_status(item, requirement), "due_on", None),
            )

        columns = {
            "reference": ExportColumn(_("Reference"), lambda item: item.reference),
            "name": ExportColumn(_("Group"), lambda item: item.name),
        }
        for one in self.requirements:
            columns |= {f"state_{one.pk}": state(one), f"due_{one.pk}": due(one)}
        return columns

    def get_filterset_class(self) -> Any:
        return self.filterset_class

    def get_filterset_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_filterset_kwargs(),
            "programs": self.programs,
            "program": self.program,
            "requirements": self.requirements,
        }

    def get_base_queryset(self) -> QuerySet[Affiliation]:
        own = super().get_base_queryset()
        return own.filter(program=self.program, state=AffiliationState.ACTIVE)

    def get_filtered_queryset(self) -> QuerySet[Affiliation]:
        return self.get_queryset()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        may_act = self.program is not None and may_manage_all(user, self.program)
        return {
            **super().get_context_data(**kwargs),
            "to_act_on": [one for one in self.requirements if not one.is_of_updates],
            "may_act": may_act,
            "actions": ACTIONS.items(),
        }


class MatrixActionView(ServiceView):
    """Remind, waive or put off one requirement for the chosen groups."""

    header_icon = "list-ul"
    template_name = "affiliates/requirements/admin/matrix_action.html"
    form_class: Any = PlainForm
    verb = ""

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
        owed = asked_commitments().filter(
            requirement=self.requirement,
            affiliation__in=numbers,
            affiliation__state=AffiliationState.ACTIVE,
        )
        return list(owed.order_by("affiliation__name", "pk"))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        user: Any = request.user
        if not may_manage_all(user, self.requirement.program):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        done = self.service(  # type: ignore[misc]
            commitments=self.chosen, user=self.request.user, now=timezone.now(), **data
        )
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

    def get_success_url(self) -> str:
        return f"{reverse('affiliates_matrix')}?program={self.requirement.program_id}"


ASK = MatrixActionView.as_view(
    service=ask_now,
    page_title=gettext_lazy("Send a reminder"),
    explanation=(
        gettext_lazy("Each group that owes it gets the email with its private link once more."),
        gettext_lazy("Groups that do not owe it now get no email."),
    ),
    button=gettext_lazy("Send the emails"),
)
WAIVE = MatrixActionView.as_view(
    service=waive,
    form_class=WaiveForm,
    page_title=gettext_lazy("Waive it"),
    explanation=(
        gettext_lazy("These groups are not asked for it, and it does not count against them."),
    ),
    button=gettext_lazy("Waive it"),
)
PUT_OFF = MatrixActionView.as_view(
    service=put_off,
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
