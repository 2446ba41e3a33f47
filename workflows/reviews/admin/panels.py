"""Panels about reviews on the admin home page."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.components import Component
from wagtail.admin.views.home import WorkflowObjectsToModeratePanel

from workflows.models import ReviewTaskState
from workflows.reviews.admin.reports import LATE
from workflows.reviews.oversight import (
    describe,
    late_reviews,
    may_see_reviews,
    open_reviews,
    visible_reviews,
)

LAST = float("inf")


class ReviewsPanel(WorkflowObjectsToModeratePanel):
    """Wagtail's list of tasks awaiting the user's review, sorted by due date."""

    template_name = "affiliate_workflows/admin/reviews_panel.html"

    class Media:
        css = {"all": ["affiliate_workflows/reviews_admin.css"]}

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        context = super().get_context_data(parent_context)
        rows = context["states"]
        keys = [row["task_state"].pk for row in rows]
        states = open_reviews(ReviewTaskState.objects.filter(pk__in=keys)) if keys else ()
        reviews = {review.state.pk: review for review in describe(states, now=timezone.now())}
        for row in rows:
            state = row["task_state"]
            row["review"] = reviews.get(state.pk)
            row["place"] = [task.pk for task in row["workflow_tasks"]].index(state.task_id) + 1
        rows.sort(key=_how_late)
        return context


def _how_late(row: dict[str, Any]) -> float:
    review = row["review"]
    return LAST if review is None or review.late is None else -review.late


class LateReviewsPanel(Component):
    name = "late_reviews"
    order = 215
    template_name = "affiliate_workflows/admin/late_reviews.html"

    class Media:
        css = {"all": ["affiliate_workflows/reviews_admin.css"]}

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        user = parent_context["request"].user
        if not may_see_reviews(user):
            return {}
        now, visible = timezone.now(), visible_reviews(user)
        late = late_reviews(visible, now=now)
        if not late:
            return {}
        longest = describe(open_reviews(visible.filter(pk__in=late))[:1], now=now)
        return {
            "number": len(late),
            "longest": longest[0] if longest else None,
            "url": f"{reverse('workflows_open_reviews')}?due={LATE}",
        }


def replace_panels(panels: list[Component]) -> None:
    panels[:] = [
        ReviewsPanel() if type(panel) is WorkflowObjectsToModeratePanel else panel
        for panel in panels
    ]
    panels.append(LateReviewsPanel())
