"""Review actions in the editor's action menu, for pages and snippets."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.action_menu import WorkflowMenuItem as PageWorkflowMenuItem
from wagtail.snippets.action_menu import WorkflowMenuItem as SnippetWorkflowMenuItem

from workflows.models import ReviewTaskState
from workflows.reviews.queries import may_assign

WAGTAILS = (PageWorkflowMenuItem, SnippetWorkflowMenuItem)


class DecideMenuItem(ActionMenuItem):
    """Replaces a Wagtail item; its modal can also say that the review is over."""

    template_name = "affiliate_workflows/admin/decide_menu_item.html"

    def __init__(self, item: Any, state: ReviewTaskState) -> None:
        super().__init__(order=item.order)
        self.name, self.label, self.icon_name = item.name, item.label, item.icon_name
        view = "workflows_review_words" if item.launch_modal else "workflows_review_pass"
        self.window_url = reverse(view, args=[state.pk, item.name])

    def get_url(self, parent_context: Any) -> str:
        return self.window_url


class AssignMenuItem(ActionMenuItem):
    name = "review-assign"
    label = _("Take or assign")
    icon_name = "user"

    def __init__(self, state: ReviewTaskState) -> None:
        super().__init__(order=110)
        self.review = state

    def get_url(self, parent_context: Any) -> str:
        return reverse("workflows_assign_review", args=[self.review.pk])


def offer_review(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Put our items after the save button, ahead of the actions that bypass the review."""
    edited = context.get("page") or context.get("instance")
    state = getattr(edited, "current_workflow_task_state", None)
    if context["view"] != "edit" or not isinstance(state, ReviewTaskState):
        return
    user: Any = request.user
    decisions = [DecideMenuItem(one, state) for one in menu_items if isinstance(one, WAGTAILS)]
    assigning = [AssignMenuItem(state)] if may_assign(user, state) else []
    others = [one for one in menu_items if not isinstance(one, WAGTAILS)]
    menu_items[:] = [*others[:1], *decisions, *assigning, *others[1:]]
