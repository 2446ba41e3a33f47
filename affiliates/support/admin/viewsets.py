"""Calls for help in Wagtail's admin: a list, and a page for each."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic import IndexView

from affiliates.affiliations.admin.columns import DueColumn
from affiliates.audit.permissions import may_see_affiliation
from affiliates.models import SupportRequest
from affiliates.support.admin.actions import (
    AssignCallView,
    CallView,
    CloseCallView,
    ReopenCallView,
    taken_by,
)
from affiliates.support.admin.filters import CallFilterSet, search_calls
from workflows.core.admin import MAY_SEE, RecordURLFinder, RecordViewSet


class CallURLFinder(RecordURLFinder):
    edit_url_name = "affiliates_support:inspect"

    def get_edit_url(self, instance: Any) -> str | None:
        if self.user and not may_see_affiliation(self.user, instance.affiliation):
            return None
        return self.construct_edit_url(instance)


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
    index_template_name = "affiliates/affiliations/admin/affiliations.html"
    filterset_class = CallFilterSet
    list_per_page = 50
    ordering = ("-state", "due_on", "pk")
    actions = ()  # Those of affiliations count.
    url_finder_class = CallURLFinder
    list_display = [
        "affiliation",
        Column("state", label=_("State"), accessor="get_state_display", sort_key="state"),
        DueColumn("due_on", label=_("Answer due")),
        Column("assigned_to", label=_("Taken by"), accessor=taken_by),
        DateColumn("opened_at", label=_("Asked"), sort_key="opened_at"),
        Column("reference", label=_("Reference"), sort_key="reference"),
    ]

    def get_urlpatterns(self):
        index = [item for item in super().get_urlpatterns() if item.name != "inspect"]
        return [
            *index,
            path("<int:pk>/", CallView.as_view(), name="inspect"),
            path("<int:pk>/assign/", AssignCallView.as_view(), name="assign"),
            path("<int:pk>/close/", CloseCallView.as_view(), name="close"),
            path("<int:pk>/reopen/", ReopenCallView.as_view(), name="reopen"),
        ]
