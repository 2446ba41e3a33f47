"""Requirements in Wagtail's admin: the list, and the form that first shows what it would do."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import CreateView, EditView, IndexView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.permissions import policy_registry

from affiliates.admin.actions import ServiceView, trail
from affiliates.admin.filters import program_filter
from affiliates.affiliations.forms import PlainForm
from affiliates.audit.permissions import may_manage_all
from affiliates.core.exceptions import UnknownRequirementKind
from affiliates.models import Requirement
from affiliates.requirements.admin.requirement_form import RequirementForm, panels_of
from affiliates.requirements.kinds import RequirementKind, all_kinds, get_kind
from affiliates.requirements.preview import DAYS, look_ahead
from affiliates.requirements.services.committing import retire, save_requirement
from workflows.core.admin import LimitedViewSet, visible_to
from workflows.deadlines.forecast import ExpectedSteps


def kind_label(requirement: Requirement) -> str:
    return str(get_kind(requirement.kind).label)


class RequirementFilterSet(WagtailFilterSet):
    program = program_filter()

    class Meta:
        model = Requirement
        fields: list[str] = []


class RequirementIndexView(IndexView):
    any_permission_required = ["change"]

    def get_base_queryset(self) -> QuerySet[Requirement]:
        found = visible_to(self.request.user, Requirement, ["change"]).filter(retired_at=None)
        return found.select_related("program").order_by("program__title", "sort_order", "pk")


class LookAheadMixin:
    """The first press shows what saving would do, the second saves."""

    kind: RequirementKind
    request: Any
    template_name = "affiliates/requirements/admin/requirement_form.html"

    def get_panel(self) -> Any:
        return panels_of(self.kind)

    def get_form_class(self) -> Any:
        return self.get_panel().get_form_class()

    def form_valid(self, form: RequirementForm) -> HttpResponse:
        if "look_ahead_seen" in self.request.POST or self.kind.form is None:
            return super().form_valid(form)  # type: ignore[misc]
        return self.show_outlook(form)

    def show_outlook(self, form: RequirementForm) -> HttpResponse:
        outlook = look_ahead(form.instance, now=timezone.now())
        steps = ExpectedSteps(outlook.steps)
        context: Any = self.get_context_data(form=form)
        context["media"] = context["media"] + steps.media
        return self.render_to_response(  # type: ignore[attr-defined]
            {**context, "outlook": outlook, "steps": steps, "days": DAYS}
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {
            **context,
            "kind": self.kind,
            "looks_ahead": self.kind.form is not None,
            "action_url": self.request.get_full_path(),
        }

    def save_instance(self) -> Requirement:
        requirement = self.form.save(commit=False)  # type: ignore[attr-defined]
        save_requirement(requirement=requirement, now=timezone.now())
        return requirement


def _index() -> tuple[Any, str]:
    return _("Requirements"), reverse("affiliates_requirement:index")


class ChooseKindView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    page_title = _("New requirement")
    _show_breadcrumbs = True
    header_icon = "list-ul"
    template_name = "affiliates/requirements/admin/kinds.html"
    permission_required = "add"

    @property
    def permission_policy(self) -> Any:
        return policy_registry.get_by_type(Requirement)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return trail(super().get_breadcrumbs_items(), _index(), title=self.page_title)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(kinds=all_kinds(), **kwargs)


class RequirementCreateView(LookAheadMixin, CreateView):
    @cached_property
    def kind(self) -> RequirementKind:  # type: ignore[override]
        try:
            return get_kind(self.kwargs["kind"])
        except UnknownRequirementKind:
            raise Http404 from None

    def get_initial_form_instance(self) -> Requirement:
        last = Requirement.objects.order_by("sort_order").last()
        place = last.sort_order + 1 if last else 0
        defaults = dict(self.kind.defaults)
        return Requirement(
            kind=self.kind.name, name=str(self.kind.label), sort_order=place, **defaults
        )


class RequirementEditView(LookAheadMixin, EditView):
    @cached_property
    def requirement(self) -> Requirement:
        found = visible_to(self.request.user, Requirement, ["change"]).filter(retired_at=None)
        return get_object_or_404(found.select_related("program"), pk=self.kwargs["pk"])

    @cached_property
    def kind(self) -> RequirementKind:  # type: ignore[override]
        return get_kind(self.requirement.kind)

    def get_object(self, queryset: Any = None) -> Requirement:
        return self.requirement

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        url = reverse("affiliates_requirement:retire", args=[self.object.pk])
        return {**context, "retire_url": "" if self.object.is_of_updates else url}


class RetireView(ServiceView):
    page_title = _("No longer ask for it")
    header_icon = "list-ul"
    form_class: Any = PlainForm
    explanation = (
        _("No group is asked for it any more, and it no longer counts for their standing."),
        _("What groups have proved so far stays on record."),
    )
    button = _("Stop asking for it")
    done = _("Nobody is asked for it any more.")
    is_serious = True

    @cached_property
    def requirement(self) -> Requirement:
        found = Requirement.objects.filter(retired_at=None).select_related("program")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        user: Any = request.user
        if self.requirement.is_of_updates or not may_manage_all(user, self.requirement.program):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        retire(requirement=self.requirement, now=timezone.now())

    def get_page_subtitle(self) -> str:
        return self.requirement.name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = super().get_breadcrumbs_items()
        return trail(above, _index(), title=self.page_title, subtitle=self.requirement.name)

    def get_success_url(self) -> str:
        return reverse("affiliates_requirement:index")


class RequirementViewSet(LimitedViewSet):
    model = Requirement
    name = "affiliates_requirement"
    url_prefix = "affiliates/requirements"
    menu_label = _("Requirements")
    icon = "list-ul"
    actions = ()
    index_view_class = RequirementIndexView
    add_view_class = RequirementCreateView
    edit_view_class = RequirementEditView
    filterset_class = RequirementFilterSet
    form_fields = ["name"]  # ``get_panel`` says more, by kind.
    inspect_view_enabled = False
    list_display = [
        "name",
        Column("kind", label=_("Kind"), accessor=kind_label),
        Column("program", label=_("Program"), accessor="program.title"),
        Column("interval_months", label=_("Months between two")),
    ]
    ordering = ("sort_order", "pk")

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        missing = ["delete", "history", "usage", "inspect"]
        return super().get_common_view_kwargs(
            **{f"{view}_url_name": None for view in missing}, **kwargs
        )

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", ChooseKindView.as_view(), name="add"),
            path("new/<slug:kind>/", self.add_view, name="add_kind"),
            path("edit/<int:pk>/", self.edit_view, name="edit"),
            path("edit/<int:pk>/retire/", RetireView.as_view(), name="retire"),
        ]
