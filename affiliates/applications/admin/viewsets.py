"""Applications in Wagtail's admin: a read-only list with filters and exports, and a detail page."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import (
    BaseColumn,
    BulkActionsCheckboxColumn,
    Column,
    DateColumn,
    StatusTagColumn,
)
from wagtail.admin.views.generic import IndexView, InspectView

from affiliates.applications import details
from affiliates.applications.admin.actions import restart
from affiliates.applications.admin.context import application_context
from affiliates.applications.admin.exports import GROUP_COLUMNS, application_columns
from affiliates.applications.admin.filters import (
    ApplicationFilterSet,
    search_applications,
    without_drafts,
)
from affiliates.audit.permissions import may_see
from affiliates.core.states import OPEN, ApplicationState, ContactRole
from affiliates.models import Acceptance, Application
from affiliates.models.application import WORK_FIRST
from affiliates.programs.admin import Warnings
from workflows.core.admin import MAY_SEE, RecordURLFinder, RecordViewSet
from workflows.core.spreadsheets import SafeExportMixin

ROW = "application"


class DueColumn(Column):
    cell_template_name = "affiliates/admin/due_cell.html"

    def get_cell_context_data(self, instance, parent_context):
        context = super().get_cell_context_data(instance, parent_context)
        return {
            **context,
            "due_on": details.due_on(instance),
            "waits_for_group": details.waits_for_group(instance),
            "today": timezone.localdate(),
        }


class ContactColumn(Column):
    cell_template_name = "affiliates/admin/contact_cell.html"

    def get_value(self, instance: Application):
        return details.contact_of(instance, ContactRole.PRIMARY)


class ApplicationIndexView(SafeExportMixin, IndexView):
    any_permission_required = MAY_SEE
    is_searchable = True
    export_columns = GROUP_COLUMNS

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if self.is_export:
            self.export_columns = application_columns()
            self.list_export = list(self.export_columns)

    def get_base_queryset(self) -> QuerySet[Application]:
        applications = super().get_base_queryset().defer("form_data")
        applications = without_drafts(applications, self.request.GET.getlist("state"))
        return applications.prefetch_related("program", "contacts", *self._only_for_exports())

    def _only_for_exports(self) -> list[Prefetch]:
        if not self.is_export:
            return []
        return [Prefetch("acceptances", Acceptance.objects.only("application"))]

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """Put the checkboxes first. Wagtail makes the first column the title."""
        boxes, title, *others = self.list_display
        title_column = self._get_title_column(
            title, get_title_id=lambda application: f"{ROW}_{application.pk}_title"
        )
        return [boxes, title_column, *others]

    def get_context_data(self, *args, **kwargs):
        context = super().get_context_data(*args, **kwargs)
        return context if self.results_only else {**context, "warnings": Warnings()}

    def get_list_more_buttons(self, instance) -> list:
        return []

    def search_queryset(self, queryset: QuerySet[Application]) -> QuerySet[Application]:
        return search_applications(queryset, self.search_query) if self.is_searching else queryset


class ApplicationInspectView(InspectView):
    any_permission_required = None  # Depends on the application, see ``dispatch``.
    page_title = _("Application")

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if not self.user_has_any_permission(MAY_SEE):
            self.index_url_name = None  # Reviewers may see this application but not the list.

    def dispatch(self, request, *args, **kwargs):
        if not may_see(request.user, self.object):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_object(self, queryset=None) -> Application:
        applications = Application.objects.select_related("program", "affiliate")
        return get_object_or_404(applications, pk=self.pk)

    def get_fields(self) -> list[str]:
        return []

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return {**context, **application_context(self.object, self.request.user)}


class ApplicationURLFinder(RecordURLFinder):
    edit_url_name = "affiliates_application:inspect"

    def get_edit_url(self, instance: Any) -> str | None:
        """Reviewers get a URL, too, without any other permission."""
        if self.user and not may_see(self.user, instance):
            return None
        return self.construct_edit_url(instance)


class ApplicationViewSet(RecordViewSet):
    model = Application
    name = "affiliates_application"
    url_prefix = "affiliates/applications"
    icon = "form"
    index_view_class = ApplicationIndexView
    inspect_view_class = ApplicationInspectView
    index_template_name = "affiliates/applications/admin/applications.html"
    inspect_template_name = "affiliates/applications/admin/application.html"
    filterset_class = ApplicationFilterSet
    list_per_page = 50
    ordering = WORK_FIRST
    export_filename = "applications"
    url_finder_class = ApplicationURLFinder
    list_display = [
        BulkActionsCheckboxColumn("bulk_actions", obj_type=ROW),
        "name",
        StatusTagColumn(
            "state",
            label=_("State"),
            accessor=details.state_of,
            primary=details.is_open,
            sort_key="state",
        ),
        DueColumn("due_on", label=_("Decision due")),
        Column("region", label=_("Region"), accessor=details.region_of, sort_key="region"),
        DateColumn("submitted_at", label=_("Sent"), sort_key="submitted_at"),
        ContactColumn("contact", label=_("Contact")),
        Column("reference", label=_("Reference"), sort_key="reference"),
    ]

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/restart/", restart, name="restart"),
        ]


def waiting_url() -> str:
    states = "&".join(f"state={state}" for state in ApplicationState if state in OPEN)
    return f"{reverse('affiliates_application:index')}?{states}"
