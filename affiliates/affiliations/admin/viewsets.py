"""Affiliates in Wagtail's admin: list, record and report of standings."""

from collections import Counter
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, include, path
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import IndexView, InspectView
from wagtail.admin.views.reports import ReportView
from wagtail.permissions import policy_registry

from affiliates.affiliations.admin import actions
from affiliates.affiliations.admin.columns import (
    AFFILIATION_COLUMNS,
    STANDING_COLUMNS,
    ChooseColumn,
    ContactColumn,
    DueColumn,
    ReasonsColumn,
    StandingColumn,
    last_update_on,
    owner_name,
    region_of,
)
from affiliates.affiliations.admin.filters import AffiliationFilterSet, search_affiliations
from affiliates.affiliations.admin.record import affiliation_context
from affiliates.affiliations.standing.queries import with_level
from affiliates.affiliations.standing.rules import standings
from affiliates.audit.permissions import may_see_affiliation
from affiliates.core.states import Standing
from affiliates.models import Affiliation
from workflows.core.admin import MAY_SEE, RecordURLFinder, RecordViewSet
from workflows.core.spreadsheets import SafeExportMixin


class StandingsMixin(SafeExportMixin):
    """A list of affiliations, each with its standing as ``kept``. Constant query count."""

    export_columns = AFFILIATION_COLUMNS
    any_permission_required = MAY_SEE

    def get_base_queryset(self) -> QuerySet[Affiliation]:
        visible = self.permission_policy.instances_user_has_any_permission_for(
            self.request.user, MAY_SEE
        )
        found = visible.select_related("owner").prefetch_related("page")
        return found.order_by("name", "pk")

    def prepare_rows(self, rows: list[Any]) -> None:
        kept = standings(rows, timezone.now())
        for row in rows:
            row.kept = kept[row.pk]

    def paginate_queryset(self, queryset: QuerySet, page_size: int) -> Any:
        paginator, page, found, has_others = super().paginate_queryset(queryset, page_size)
        rows = list(found)
        self.prepare_rows(rows)
        page.object_list = rows
        return paginator, page, rows, has_others


NOT_FILTERS = {"p", "group", "all", "export", "ordering"}


class AffiliationIndexView(StandingsMixin, IndexView):
    page_title = _("Affiliates")
    is_searchable = True
    chosen_actions: ClassVar[list[tuple[Any, str]]] = [
        (_("Set the owner or back-up"), "affiliates_chosen_owners")
    ]
    """Labels and URL names of what is done to several affiliates. Other packages add theirs."""

    @cached_property
    def columns(self) -> list[Any]:
        """Put the boxes first. Wagtail makes the first column the title."""
        title, *others = self.list_display
        boxes = [ChooseColumn("choose", form_id="affiliates-act")] if self.may_act else []
        return [*boxes, self._get_title_column(title), *others]

    @cached_property
    def may_act(self) -> bool:
        return self.permission_policy.user_has_permission(self.request.user, "change")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        filtered_by = [
            (name, value)
            for name, values in self.request.GET.lists()
            for value in values
            if name not in NOT_FILTERS
        ]
        return {
            **super().get_context_data(*args, **kwargs),
            "may_act": self.may_act,
            "filtered_by": filtered_by,
            "chosen_actions": self.chosen_actions,
        }

    def get_list_more_buttons(self, instance: Any) -> list:
        return []

    def search_queryset(self, queryset: QuerySet[Affiliation]) -> QuerySet[Affiliation]:
        return search_affiliations(queryset, self.search_query) if self.is_searching else queryset


class AffiliationInspectView(InspectView):
    any_permission_required = None  # checked per record in ``dispatch``
    page_title = _("Affiliate")

    def dispatch(self, request, *args, **kwargs):
        if not may_see_affiliation(request.user, self.object):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_object(self, queryset=None) -> Affiliation:
        found = Affiliation.objects.select_related("program", "page", "owner", "backup")
        return get_object_or_404(found, pk=self.pk)

    def get_fields(self) -> list[str]:
        return []

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return {**context, **affiliation_context(self.object, self.request.user)}


class AffiliationURLFinder(RecordURLFinder):
    edit_url_name = "affiliates_affiliation:inspect"

    def get_edit_url(self, instance: Any) -> str | None:
        if self.user and not may_see_affiliation(self.user, instance):
            return None
        return self.construct_edit_url(instance)


class BelongsURLFinder(AffiliationURLFinder):
    """Links requests for updates and notices to the record of their affiliate."""

    def get_edit_url(self, instance: Any) -> str | None:
        return super().get_edit_url(instance.affiliation)


class AffiliationViewSet(RecordViewSet):
    model = Affiliation
    name = "affiliates_affiliation"
    url_prefix = "affiliates/groups"
    menu_label = _("Affiliates")
    icon = "group"
    index_view_class = AffiliationIndexView
    inspect_view_class = AffiliationInspectView
    index_template_name = "affiliates/affiliations/admin/affiliations.html"
    index_results_template_name = "affiliates/affiliations/admin/affiliations_results.html"
    inspect_template_name = "affiliates/affiliations/admin/affiliation.html"
    filterset_class = AffiliationFilterSet
    list_per_page = 50
    ordering = ("name", "pk")
    export_filename = "affiliates"
    url_finder_class = AffiliationURLFinder
    list_display = [
        "name",
        StandingColumn("standing", label=_("Standing")),
        Column("region", label=_("Region"), accessor=region_of),
        DateColumn("last_update", label=_("Last update"), accessor=last_update_on),
        DueColumn("next_due", label=_("Next update due")),
        ContactColumn("contact", label=_("Contact")),
        Column("owner", label=_("Owner"), accessor=owner_name),
    ]

    record_urls: ClassVar[list[URLPattern]] = actions.URLS
    """Staff actions, relative to the URL of the record. Other packages add theirs."""

    def get_urlpatterns(self):
        return [*super().get_urlpatterns(), path("<int:pk>/", include(self.record_urls))]


def may_see_report(user: Any) -> bool:
    return policy_registry.get_by_type(Affiliation).user_has_any_permission(user, MAY_SEE)


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
        Column("region", label=_("Region"), accessor=region_of),
    ]

    @property
    def permission_policy(self) -> Any:
        return policy_registry.get_by_type(Affiliation)

    def get_filtered_queryset(self) -> QuerySet[Affiliation]:
        return self.get_queryset()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context if self.results_only else {**context, "counts": self.counts()}

    def counts(self) -> list[tuple[str, int]]:
        levels = with_level(self.get_base_queryset().order_by(), timezone.now())
        number = Counter(levels.values_list("level", flat=True))
        return [(str(level.label), number[level]) for level in Standing]
