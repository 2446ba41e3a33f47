"""The report of open reviews, in Wagtail's Reports menu."""

from typing import Any

import django_filters
from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.reports import ReportView
from wagtail.models import Task, TaskState

from workflows.core import keys
from workflows.core.due import time_in_words
from workflows.models import ReviewTaskState
from workflows.reviews.oversight import (
    OpenReview,
    Spread,
    describe,
    late_reviews,
    may_see_reviews,
    open_reviews,
    pace,
    visible_reviews,
)

LATE = "late"


def listed(request: HttpRequest) -> QuerySet[ReviewTaskState]:
    user: Any = request.user
    return visible_reviews(user).filter(status=TaskState.STATUS_IN_PROGRESS)


def tasks_with_open_reviews(request: HttpRequest) -> QuerySet[Task]:
    return Task.objects.filter(pk__in=listed(request).values("task")).order_by("name")


def holders(request: HttpRequest) -> QuerySet[Any]:
    taken = listed(request)
    users = get_user_model()._default_manager.filter(pk__in=taken.values("assigned_to"))
    return users.order_by(get_user_model().USERNAME_FIELD)


def all_or(label: Any, choice: tuple[str, Any], method: str) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(
        label=label,
        choices=[choice],
        empty_label=_("All"),
        widget=forms.RadioSelect,
        method=method,
    )


class ReviewFilterSet(WagtailFilterSet):
    due = all_or(_("Due"), (LATE, _("Late")), "filter_due")
    task = keys.ModelChoiceFilter(label=_("Task"), queryset=tasks_with_open_reviews)
    holder = keys.ModelChoiceFilter(
        label=_("Assigned to"), field_name="assigned_to", queryset=holders
    )
    free = all_or(_("Show"), ("free", _("Not assigned")), "filter_free")

    class Meta:
        model = ReviewTaskState
        fields: list[str] = []

    def filter_due(self, reviews: QuerySet, name: str, value: str) -> QuerySet:
        return reviews.filter(pk__in=late_reviews(reviews, now=timezone.now()))

    def filter_free(self, reviews: QuerySet, name: str, value: str) -> QuerySet:
        return reviews.filter(assigned_to=None)


class ReviewColumn(Column):
    cell_template_name = "affiliate_workflows/admin/review_cell.html"

    def get_cell_context_data(self, instance: OpenReview, parent_context: Any) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        reviewed = instance.state.workflow_state.content_object
        # Everyone who sees the row may open it: Wagtail lets reviewers into the editor.
        return {**context, "review": instance, "url": AdminURLFinder().get_edit_url(reviewed)}


class DueColumn(Column):
    cell_template_name = "affiliate_workflows/admin/review_due_cell.html"

    def get_cell_context_data(self, instance: OpenReview, parent_context: Any) -> dict[str, Any]:
        return {**super().get_cell_context_data(instance, parent_context), "review": instance}


class HolderColumn(DueColumn):
    cell_template_name = "affiliate_workflows/admin/review_holder_cell.html"


class OpenReviewsView(ReportView):
    page_title = _("Open reviews")
    header_icon = "tasks"
    template_name = "affiliate_workflows/admin/open_reviews.html"
    index_url_name = "workflows_open_reviews"
    index_results_url_name = "workflows_open_reviews_results"
    filterset_class = ReviewFilterSet
    model = ReviewTaskState
    verbose_name_plural = _("open reviews")
    table_classname = "listing review-listing"
    export_filename = "open-reviews"
    columns = [
        ReviewColumn("title", label=_("Review")),
        DueColumn("due_words", label=_("Due"), sort_key="due_at"),
        HolderColumn("taken_by", label=_("With")),
        Column("reached", label=_("Last notified"), classname="review-wide-only"),
        Column(
            "age",
            label=_("Open for"),
            accessor=lambda review: time_in_words(review.open_for),
            sort_key="started_at",
            classname="review-wide-only",
        ),
    ]
    export_headings = {
        "title": _("Review"),
        "kind": _("Type"),
        "place": _("In"),
        "state.task.name": _("Task"),
        "state.started_at": _("Started"),
        "age": _("Days open"),
        "due_on": _("Due"),
        "days_late": _("Days late"),
        "taken_by": _("Assigned to"),
        "groups": _("Groups"),
        "reached": _("Last notified"),
    }
    list_export = list(export_headings)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_see_reviews(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_base_queryset(self) -> QuerySet[ReviewTaskState]:
        return open_reviews(visible_reviews(self.request.user))

    def get_filtered_queryset(self) -> QuerySet[ReviewTaskState]:
        return self.get_queryset()

    def paginate_queryset(self, queryset: QuerySet[ReviewTaskState], page_size: int) -> Any:
        paginator, page, states, has_others = super().paginate_queryset(queryset, page_size)
        return paginator, page, describe(states, now=timezone.now()), has_others

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        """An export has no pages, so its rows are not described yet."""
        return describe(object_list, now=timezone.now()) if self.is_export else object_list

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context if self.results_only or self.is_export else {**context, **self.summary()}

    def summary(self) -> dict[str, Any]:
        now, visible = timezone.now(), visible_reviews(self.request.user)
        times = pace(visible, now=now)
        return {
            "open_count": open_reviews(visible).count(),
            "late_count": len(late_reviews(visible, now=now)),
            "decided_count": times.number,
            "first_answer": in_words(times.first_answer),
            "decision": in_words(times.decision),
        }


def in_words(spread: Spread | None) -> dict[str, str] | None:
    if spread is None:
        return None
    return {"median": time_in_words(spread.median), "worst": time_in_words(spread.worst)}
