"""Closures in Wagtail's admin: list, add, change and delete."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import CreateView, DeleteView, EditView

from affiliates.models import Closure
from affiliates.policies.closure_form import ClosureForm
from affiliates.policies.closures import followed
from workflows.core.admin import LimitedViewSet, RecordIndexView, visible_to


class _TheirsOnly:
    """Closures of other people's programs are not found."""

    request: Any

    def get_queryset(self) -> QuerySet[Closure]:
        return visible_to(self.request.user, Closure, ["change"])


class ClosureCreateView(CreateView):
    success_message = _(
        "Saved. What was promised in these days moves, and everyone who was told a day gets an "
        "email with the new one."
    )

    def save_instance(self) -> Any:
        program = self.form.instance.program
        with followed(program, user=self.request.user, now=timezone.now()):
            return super().save_instance()


class ClosureEditView(_TheirsOnly, EditView):
    success_message = ClosureCreateView.success_message

    def save_instance(self) -> Any:
        program = self.form.instance.program
        with followed(program, user=self.request.user, now=timezone.now()):
            return super().save_instance()


class ClosureDeleteView(_TheirsOnly, DeleteView):
    def delete_action(self) -> None:
        with followed(self.object.program, user=self.request.user, now=timezone.now()):
            super().delete_action()


class ClosureIndexView(RecordIndexView):
    any_permission_required = ["view", "change"]
    page_title = _("Closures")

    def get_base_queryset(self) -> QuerySet[Closure]:
        return super().get_base_queryset().select_related("program")


def _day_column(name: str, label: Any) -> Column:
    """The day itself: Wagtail's own column would say "just now" of it."""

    def in_words(closure: Closure) -> str:
        return date_format(getattr(closure, name), "DATE_FORMAT")

    return Column(name, label=label, accessor=in_words, sort_key=name)


class ClosureViewSet(LimitedViewSet):
    model = Closure
    name = "affiliates_closure"
    url_prefix = "affiliates/closures"
    menu_label = _("Closures")
    icon = "calendar"
    index_view_class = ClosureIndexView
    add_view_class = ClosureCreateView
    edit_view_class = ClosureEditView
    delete_view_class = ClosureDeleteView
    list_display: Sequence[Any] = [
        TitleColumn("reason", label=_("Why"), url_name="affiliates_closure:edit"),
        _day_column("first_day", _("First day")),
        _day_column("last_day", _("Last day")),
        Column("place", label=_("Where")),
        Column("program", label=_("Program")),
    ]

    def get_form_class(self, for_update: bool = False) -> type[ClosureForm]:
        return ClosureForm

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Without the views that would show closures of all programs."""
        return super().get_common_view_kwargs(history_url_name=None, usage_url_name=None, **kwargs)

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", self.add_view, name="add"),
            path("edit/<int:pk>/", self.edit_view, name="edit"),
            path("delete/<int:pk>/", self.delete_view, name="delete"),
        ]
