"""The matrix: which affiliate of a program keeps which requirement."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permissions import policy_registry

from affiliates.affiliations.admin.columns import ChooseColumn
from affiliates.affiliations.admin.viewsets import StandingsMixin
from affiliates.affiliations.standing.requirements import RequirementStatus
from affiliates.audit.permissions import may_manage_all
from affiliates.core.states import AffiliationState, RequirementState
from affiliates.models import (
    AffiliateProgramPage,
    Affiliation,
    Requirement,
)
from affiliates.requirements.admin.matrix_actions import ACTIONS, MATRIX_TITLE
from affiliates.requirements.admin.matrix_filters import MatrixFilterSet
from workflows.core.admin import MAY_SEE
from workflows.core.spreadsheets import ExportColumn


class RequirementColumn(Column):
    """Without a template, since a page has hundreds of these cells."""

    def __init__(self, requirement: Requirement):
        super().__init__(f"requirement_{requirement.pk}", label=requirement.name)
        self.requirement = requirement

    def render_cell_html(self, instance: Any, parent_context: Any) -> SafeString:
        status = _status(instance, self.requirement)
        if status is None:
            return format_html("<td></td>")
        is_late = status.state == RequirementState.LATE
        look = "w-status w-status--primary" if is_late else "w-status"
        return format_html(
            '<td><span class="{} affiliates-state affiliates-state--{}">{}</span>{}</td>',
            *(look, status.state, status.label, _day_of(status)),
        )


def _day_of(status: RequirementStatus) -> SafeString | str:
    until = status.commitment and status.commitment.waived_until
    if status.is_open:
        text, day = _("due %(day)s"), status.due_on
    elif status.state == RequirementState.WAIVED and until:
        text, day = _("until %(day)s"), until
    else:
        text, day = _("since %(day)s"), status.since
    said = day and text % {"day": date_format(day, "SHORT_DATE_FORMAT")}
    return format_html('<p class="affiliates-quiet">{}</p>', said) if said else ""


def _status(affiliation: Any, requirement: Requirement) -> Any:
    own = affiliation.kept.requirements
    return next((one for one in own if one.requirement.pk == requirement.pk), None)


class MatrixView(StandingsMixin, ReportView):
    page_title = MATRIX_TITLE
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
            "to_act_on": self.requirements,
            "may_act": may_act,
            "actions": ACTIONS.items(),
        }
