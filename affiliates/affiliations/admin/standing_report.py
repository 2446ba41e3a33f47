"""The report "Standing of affiliates", in Wagtail's menu of reports."""

from collections import Counter
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permissions import policy_registry

from affiliates.affiliations.admin.exports import STANDING_COLUMNS, region_of
from affiliates.affiliations.admin.filters import AffiliationFilterSet
from affiliates.affiliations.admin.viewsets import StandingsMixin
from affiliates.affiliations.standing.queries import with_level
from affiliates.core.states import Standing
from affiliates.models import Affiliation
from workflows.core.admin import MAY_SEE


def may_see_report(user: Any) -> bool:
    return policy_registry.get_by_type(Affiliation).user_has_any_permission(user, MAY_SEE)


class ReasonsColumn(Column):
    cell_template_name = "affiliates/affiliations/admin/reasons_cell.html"

    def get_value(self, instance: Any) -> Any:
        return instance.kept


class StandingReportView(StandingsMixin, ReportView):
    page_title = _("Standing of affiliates")
    header_icon = "group"
    template_name = "affiliates/affiliations/admin/standing_report.html"
    index_url_name = "affiliates_standing"
    index_results_url_name = "affiliates_standing_results"
    filterset_class = AffiliationFilterSet
    model = Affiliation
    verbose_name_plural = _("affiliates")
    export_filename = "standing-of-affiliates"
    export_columns = STANDING_COLUMNS
    columns = [
        TitleColumn(
            "name",
            label=_("Affiliate"),
            get_url=lambda item: AdminURLFinder().get_edit_url(item),
        ),
        ReasonsColumn("reasons", label=_("Standing, and why")),
        Column("region", label=_("State or province"), accessor=region_of),
    ]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_see_report(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_base_queryset(self) -> QuerySet[Affiliation]:
        policy = policy_registry.get_by_type(Affiliation)
        visible = policy.instances_user_has_any_permission_for(self.request.user, MAY_SEE)
        return visible.select_related("page").order_by("name", "pk")

    def get_filtered_queryset(self) -> QuerySet[Affiliation]:
        return self.get_queryset()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context if self.results_only else {**context, "counts": self.counts()}

    def counts(self) -> list[tuple[str, int]]:
        levels = with_level(self.get_base_queryset().order_by(), timezone.now())
        number = Counter(levels.values_list("level", flat=True))
        return [(str(level.label), number[level]) for level in Standing]
