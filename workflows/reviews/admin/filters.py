"""What the report of open reviews can be narrowed to."""

from typing import Any

import django_filters
from django import forms
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.models import Task, TaskState

from workflows.models import ReviewTask, ReviewTaskState
from workflows.reviews.oversight import late_reviews

LATE = "late"


def tasks_with_open_reviews(request: HttpRequest) -> QuerySet[Task]:
    open_states = ReviewTaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS)
    tasks = ReviewTask.objects.filter(pk__in=open_states.values("task"))
    return Task.objects.filter(pk__in=tasks.values("pk")).order_by("name")


def holders(request: HttpRequest) -> QuerySet[Any]:
    """Everybody who has taken a review that is open."""
    taken = ReviewTaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS)
    users = get_user_model()._default_manager.filter(pk__in=taken.values("assigned_to"))
    return users.order_by(get_user_model().USERNAME_FIELD)


class ReviewFilterSet(WagtailFilterSet):
    due = django_filters.ChoiceFilter(
        label=_("Due"),
        choices=[(LATE, _("Late"))],
        empty_label=_("All"),
        widget=forms.RadioSelect,
        method="filter_due",
    )
    task = django_filters.ModelChoiceFilter(
        label=_("Task"), field_name="task", queryset=tasks_with_open_reviews
    )
    holder = django_filters.ModelChoiceFilter(
        label=_("Taken by"), field_name="assigned_to", queryset=holders
    )
    free = django_filters.ChoiceFilter(
        label=_("Show"),
        choices=[("free", _("Taken by nobody"))],
        empty_label=_("All"),
        widget=forms.RadioSelect,
        method="filter_free",
    )

    class Meta:
        model = ReviewTaskState
        fields: list[str] = []

    def filter_due(
        self, queryset: QuerySet[ReviewTaskState], name: str, value: str
    ) -> QuerySet[ReviewTaskState]:
        return queryset.filter(pk__in=late_reviews(queryset, now=timezone.now()))

    def filter_free(
        self, queryset: QuerySet[ReviewTaskState], name: str, value: str
    ) -> QuerySet[ReviewTaskState]:
        return queryset.filter(assigned_to=None)
