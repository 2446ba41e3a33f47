"""The admin list and editor of updates. Nobody adds, copies or deletes an update by hand."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn, StatusTagColumn
from wagtail.permissions import policy_registry
from wagtail.snippets.action_menu import (
    PublishMenuItem,
    RestartWorkflowMenuItem,
    SubmitForModerationMenuItem,
)
from wagtail.snippets.views.snippets import EditView, IndexView, SnippetViewSet

from affiliates.admin.filters import program_filter, region_filter
from affiliates.core.states import UpdateKind
from affiliates.models import AffiliatePage, ContactUpdate
from affiliates.updates.admin import status
from affiliates.updates.admin.panel import update_panels
from workflows.core.admin import LimitedViewSet

PUBLISHING = frozenset({"publish", "submit", "restart-workflow"})
FOR_THE_TASK = frozenset(
    {
        *("edit", "workflow_action", "collect_workflow_action_data", "revisions_compare"),
        *("history", "history_results", "workflow_history", "workflow_history_detail"),
    }
)
"""Views for a reviewer of the update's task, whether or not of its program."""


class UpdateFilterSet(WagtailFilterSet):
    standing = django_filters.ChoiceFilter(
        label=_("Status"),
        choices=status.Status.choices,
        method="filter_standing",
        empty_label=_("All"),
    )
    kind = django_filters.MultipleChoiceFilter(
        label=_("What it is"), choices=UpdateKind.choices, widget=forms.CheckboxSelectMultiple
    )
    has_hints = django_filters.BooleanFilter(
        label=_("May name a child or a school"), method="filter_hints"
    )
    region = region_filter(AffiliatePage, "affiliation__page__region")
    program = program_filter("affiliation__program")
    sent_at = django_filters.DateFromToRangeFilter(label=_("Sent"), widget=DateRangePickerWidget)

    class Meta:
        model = ContactUpdate
        fields: list[str] = []

    def filter_standing(self, updates: QuerySet, name: str, value: str) -> QuerySet:
        return updates.filter(status.CONDITIONS[value])

    def filter_hints(self, updates: QuerySet, name: str, value: bool) -> QuerySet:
        return updates.exclude(warnings=[]) if value else updates.filter(warnings=[])


class RisksColumn(Column):
    cell_template_name = "affiliates/updates/admin/update_risks_cell.html"


class UpdateIndexView(IndexView):
    is_searchable = True

    def get_base_queryset(self) -> QuerySet:
        updates = policy_registry.get_by_type(ContactUpdate).instances_user_has_any_permission_for(
            self.request.user, ["view", "change", "publish"]
        )
        return updates.select_related("affiliation", "latest_revision").order_by("-sent_at", "-pk")

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """Without bulk action checkboxes."""
        return super().columns[1:]

    def get_list_more_buttons(self, instance: Any) -> list:
        return []

    def search_queryset(self, queryset: QuerySet) -> QuerySet:
        """Searches the database, since private updates are in no search index."""
        if not self.is_searching:
            return queryset
        words = self.search_query.replace("\0", "")
        inside = Q(text__icontains=words) | Q(headline__icontains=words)
        return queryset.filter(inside | Q(affiliation__name__icontains=words))


class UpdateEditView(EditView):
    def get_available_actions(self) -> list[str]:
        """Without publishing for updates that the group did not send for publication, and for who
        is here only as a reviewer of the task.
        """
        actions = super().get_available_actions()
        may_publish = self.user_has_permission_for_instance("publish", self.object)
        if self.object.may_be_public and may_publish:
            return actions
        return [action for action in actions if action not in PUBLISHING]

    def is_valid(self, form: Any) -> bool:
        """Rejects the first save if the text has changed since the page was opened."""
        if self.request.method == "POST" and not self.expects_json_response and self.is_out_of_date:
            self.produced_error_code = "invalid_revision"
            self.produced_error_message = _(
                "The text was changed since you opened this page, by the group or by a colleague."
                " Nothing was saved. Please look at its history before you save yours."
            )
            return False
        return super().is_valid(form)


class UpdateViewSet(LimitedViewSet, SnippetViewSet):
    model = ContactUpdate
    name = "affiliates_update"
    url_namespace = "affiliates_update"
    url_prefix = "affiliates/updates"
    icon = "comment"
    menu_label = _("Updates")
    menu_hook = "register_affiliates_menu_item"
    menu_order = 20
    actions = ("view", "change", "publish")
    edit_handler = update_panels()
    index_view_class = UpdateIndexView
    edit_view_class = UpdateEditView
    filterset_class = UpdateFilterSet
    list_display = [
        "__str__",
        StatusTagColumn(
            "standing",
            label=_("Status"),
            accessor=status.label_of,
            primary=status.is_open,
        ),
        RisksColumn("risks", label=_("Hints"), accessor="warnings"),
        DateColumn("sent_at", label=_("Sent"), sort_key="sent_at"),
    ]
    list_per_page = 50

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        none = {f"{view}_url_name": None for view in ("add", "copy", "delete", "usage")}
        return super().get_common_view_kwargs(**{**none, **kwargs})

    def get_urlpatterns(self) -> list:
        patterns = super().get_urlpatterns()
        offered = [one for one in patterns if one.name not in ("add", "delete", "usage")]
        for pattern in offered:
            if "pk" in str(pattern.pattern):
                is_for_task = pattern.name in FOR_THE_TASK
                pattern.callback = of_own_program(pattern.callback, is_for_task=is_for_task)
        return offered

    def register_chooser_viewset(self) -> None:
        """No chooser: it would expose private updates."""


def of_own_program(view: Callable, *, is_for_task: bool) -> Callable:
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        key = str(kwargs["pk"])
        if not key.isdecimal() or len(key) > 18:
            raise Http404
        update = get_object_or_404(ContactUpdate.objects.select_related("affiliation"), pk=key)
        policy = policy_registry.get(update)
        user: Any = request.user
        if not policy.user_has_any_permission_for_instance(user, ["change", "publish"], update):
            task = update.current_workflow_task
            if not is_for_task or task is None or not task.user_can_access_editor(update, user):
                raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


def hide_publishing(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    edited = context.get("instance")
    if isinstance(edited, ContactUpdate) and not edited.may_be_public:
        hidden = (PublishMenuItem, SubmitForModerationMenuItem, RestartWorkflowMenuItem)
        menu_items[:] = [item for item in menu_items if not isinstance(item, hidden)]
