"""Base views and viewsets for records in Wagtail's admin."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.views.generic import TemplateView
from wagtail.admin.admin_url_finder import ModelAdminURLFinder
from wagtail.admin.views.generic import IndexView, InspectView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import policy_registry

MAY_SEE = ["view", "change"]
"""Either permission is enough to view a record."""


def visible_to(user: Any, model: type[Model], actions: Iterable[str] = MAY_SEE) -> QuerySet:
    """The records on which the model's permission policy grants one of the actions. An app that
    limits them to some of the records registers a policy of its own.
    """
    return policy_registry.get_by_type(model).instances_user_has_any_permission_for(user, actions)


class RecordURLFinder(ModelAdminURLFinder):
    """Finds the admin URL of a record for users who may see it. Set ``edit_url_name``."""

    def get_edit_url(self, instance: Model) -> str | None:
        policy = policy_registry.get(instance)
        if self.user and not policy.user_has_any_permission(self.user, MAY_SEE):
            return None
        return self.construct_edit_url(instance)


class RecordView(InspectView):
    """A record's page; its template replaces Wagtail's list of fields."""

    any_permission_required = MAY_SEE

    def get_object(self, queryset: Any = None) -> Any:
        if not self.user_has_any_permission(MAY_SEE):
            raise PermissionDenied
        return get_object_or_404(visible_to(self.request.user, self.model), pk=self.pk)

    def get_fields(self) -> list[str]:
        return []


class RecordActionView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """An action on one record, which returns to its page. Constructed by the viewset."""

    permission_required = "change"
    model: Any = None
    index_url_name = ""
    inspect_url_name = ""
    template_name = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not self.user_has_permission(self.permission_required):
            raise PermissionDenied
        self.record = get_object_or_404(self.records(), pk=kwargs["pk"])
        self.record_url = reverse(self.inspect_url_name, args=[self.record.pk])

    def records(self) -> QuerySet:
        return visible_to(self.request.user, self.model, [self.permission_required])

    def get_page_subtitle(self) -> str:
        return str(self.record)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        all_of_them = capfirst(self.model._meta.verbose_name_plural)
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": all_of_them},
            {"url": self.record_url, "label": self.get_page_subtitle()},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(record=self.record, record_url=self.record_url, **kwargs)


class LimitedViewSet(ModelViewSet):
    """Lets group administrators grant only the permissions in ``actions``."""

    add_to_reference_index = False  # Keep private records out of usage lists.
    copy_view_enabled = False
    actions: tuple[str, ...] = ()

    @cached_property
    def url_finder_class(self):
        """Prefer the inspect view to the edit form."""
        if not self.inspect_view_enabled:
            return super().url_finder_class
        names = {"edit_url_name": self.get_url_name("inspect")}
        return type(f"{self.model_name}URLFinder", (RecordURLFinder,), names)

    def get_permissions_to_register(self):
        codenames = [f"{action}_{self.model_name}" for action in self.actions]
        return super().get_permissions_to_register().filter(codename__in=codenames)


class RecordIndexView(IndexView):
    any_permission_required = MAY_SEE

    def get_base_queryset(self) -> QuerySet:
        return visible_to(self.request.user, self.model)


class RecordViewSet(LimitedViewSet):
    """Lists and shows records that nobody adds, edits or deletes by hand."""

    actions = tuple(MAY_SEE)
    index_view_class = RecordIndexView
    inspect_view_enabled = True

    def get_common_view_kwargs(self, **kwargs):
        no_such_view = ["add", "edit", "delete", "history", "usage"]
        return super().get_common_view_kwargs(
            **{f"{view}_url_name": None for view in no_such_view}, **kwargs
        )

    def get_urlpatterns(self):
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("<int:pk>/", self.inspect_view, name="inspect"),
        ]
