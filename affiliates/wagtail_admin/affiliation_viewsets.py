"""The affiliates and their calls for help in Wagtail's admin: lists, and a page for each."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic import IndexView, InspectView

from affiliates.exporting.affiliations import AFFILIATION_COLUMNS, last_update_on, region_of
from affiliates.exporting.spreadsheets import SafeExportMixin
from affiliates.models import Affiliation, SupportRequest
from affiliates.permissions import may_see_affiliation
from affiliates.promised_days import today_at
from affiliates.standing import has_break, standings
from affiliates.states import SupportState
from affiliates.views import affiliation_actions as actions
from affiliates.views import support
from affiliates.wagtail_admin.affiliation_context import affiliation_context
from affiliates.wagtail_admin.affiliation_filters import (
    AffiliationFilterSet,
    CallFilterSet,
    search_affiliations,
    search_calls,
)
from workflows.admin_access import MAY_SEE, RecordURLFinder, RecordViewSet


class StandingColumn(Column):
    cell_template_name = "affiliates/admin/standing_cell.html"

    def get_value(self, instance: Any) -> Any:
        return instance.kept


class ContactColumn(Column):
    cell_template_name = "affiliates/admin/contact_cell.html"

    def get_value(self, instance: Affiliation) -> Any:
        return instance.primary_contact or instance.alternate_contact


class DueColumn(Column):
    cell_template_name = "affiliates/admin/due_cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        is_call = isinstance(instance, SupportRequest)
        affiliation = instance.affiliation if is_call else instance
        due_on = instance.due_on if is_call else instance.kept.next_due_on
        waits = not is_call or instance.state == SupportState.OPEN
        today = today_at(affiliation.program, timezone.now())
        return {
            **context,
            "due_on": due_on if waits else None,
            "today": today,
            "reminders_rest": not is_call and has_break(affiliation, today),
        }


class StandingsMixin(SafeExportMixin):
    """A list of affiliations, each with its standing as ``kept``; as many queries for any page."""

    export_columns = AFFILIATION_COLUMNS

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


class AffiliationIndexView(StandingsMixin, IndexView):
    page_title = _("Affiliates")
    any_permission_required = MAY_SEE
    is_searchable = True

    def get_base_queryset(self) -> QuerySet[Affiliation]:
        visible = self.permission_policy.instances_user_has_any_permission_for(
            self.request.user, MAY_SEE
        )
        return visible.select_related("page")

    def get_list_more_buttons(self, instance: Any) -> list:
        """None: the name leads to the only page there is."""
        return []

    def search_queryset(self, queryset: QuerySet[Affiliation]) -> QuerySet[Affiliation]:
        return search_affiliations(queryset, self.search_query) if self.is_searching else queryset


class AffiliationInspectView(InspectView):
    any_permission_required = None  # Who may see it depends on the record, see ``dispatch``.
    page_title = _("Affiliate")

    def dispatch(self, request, *args, **kwargs):
        if not may_see_affiliation(request.user, self.object):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_object(self, queryset=None) -> Affiliation:
        return get_object_or_404(Affiliation.objects.select_related("program", "page"), pk=self.pk)

    def get_fields(self) -> list[str]:
        """None of Wagtail's generic ones: the template names what it shows."""
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
    """For what is shown on its affiliate's page: requests for updates, and notices."""

    def get_edit_url(self, instance: Any) -> str | None:
        return super().get_edit_url(instance.affiliation)


class CallURLFinder(RecordURLFinder):
    edit_url_name = "affiliates_support:inspect"

    def get_edit_url(self, instance: Any) -> str | None:
        if self.user and not may_see_affiliation(self.user, instance.affiliation):
            return None
        return self.construct_edit_url(instance)


class AffiliationViewSet(RecordViewSet):
    model = Affiliation
    name = "affiliates_affiliation"
    url_prefix = "affiliates/groups"
    menu_label = _("Affiliates")
    icon = "group"
    index_view_class = AffiliationIndexView
    inspect_view_class = AffiliationInspectView
    index_template_name = "affiliates/admin/affiliations.html"
    inspect_template_name = "affiliates/admin/affiliation.html"
    filterset_class = AffiliationFilterSet
    list_per_page = 50
    ordering = ("name", "pk")
    export_filename = "affiliates"
    url_finder_class = AffiliationURLFinder
    list_display = [
        "name",
        StandingColumn("standing", label=_("Standing")),
        Column("region", label=_("State or province"), accessor=region_of),
        DateColumn("last_update", label=_("Last update"), accessor=last_update_on),
        DueColumn("next_due", label=_("Next update due")),
        ContactColumn("contact", label=_("Contact")),
    ]

    def get_urlpatterns(self):
        one = "<int:pk>/"
        of_request = f"{one}requests/<int:request_pk>/"
        return [
            *super().get_urlpatterns(),
            path(f"{one}pause/", actions.PauseView.as_view(), name="pause"),
            path(f"{one}resume/", actions.ResumeView.as_view(), name="resume"),
            path(f"{one}end/", actions.EndView.as_view(), name="end"),
            path(f"{one}reinstate/", actions.ReinstateView.as_view(), name="reinstate"),
            path(f"{one}link/", actions.SendLinkView.as_view(), name="send_link"),
            path(f"{one}contacts/<slug:role>/", actions.ContactView.as_view(), name="contact"),
            path(f"{of_request}waive/", actions.WaiveView.as_view(), name="waive"),
            path(f"{of_request}ask/", actions.AskAgainView.as_view(), name="ask_again"),
            path(f"{one}notices/<int:notice_pk>/", actions.TickOffView.as_view(), name="tick_off"),
        ]


class CallIndexView(IndexView):
    any_permission_required = MAY_SEE
    is_searchable = True

    def get_base_queryset(self) -> QuerySet[SupportRequest]:
        visible = self.permission_policy.instances_user_has_any_permission_for(
            self.request.user, MAY_SEE
        )
        return visible.select_related("affiliation__program", "assigned_to__wagtail_userprofile")

    def get_list_more_buttons(self, instance: Any) -> list:
        return []

    def search_queryset(self, queryset: QuerySet[SupportRequest]) -> QuerySet[SupportRequest]:
        return search_calls(queryset, self.search_query) if self.is_searching else queryset


class CallViewSet(RecordViewSet):
    model = SupportRequest
    name = "affiliates_support"
    url_prefix = "affiliates/help"
    menu_label = _("Calls for help")
    icon = "help"
    index_view_class = CallIndexView
    index_template_name = "affiliates/admin/affiliations.html"
    filterset_class = CallFilterSet
    list_per_page = 50
    ordering = ("-state", "due_on", "pk")
    actions = ()  # Those of affiliations count.
    url_finder_class = CallURLFinder
    list_display = [
        "affiliation",
        Column("state", label=_("State"), accessor="get_state_display", sort_key="state"),
        DueColumn("due_on", label=_("Answer due")),
        Column("assigned_to", label=_("Taken by"), accessor=support.taken_by),
        DateColumn("opened_at", label=_("Asked"), sort_key="opened_at"),
        Column("reference", label=_("Reference"), sort_key="reference"),
    ]

    def get_urlpatterns(self):
        index = [item for item in super().get_urlpatterns() if item.name != "inspect"]
        return [
            *index,
            path("<int:pk>/", support.CallView.as_view(), name="inspect"),
            path("<int:pk>/assign/", support.AssignCallView.as_view(), name="assign"),
            path("<int:pk>/close/", support.CloseCallView.as_view(), name="close"),
            path("<int:pk>/reopen/", support.ReopenCallView.as_view(), name="reopen"),
        ]
