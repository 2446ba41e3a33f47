"""Who may pass a review on, and to whom."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet
from wagtail.models import Page
from wagtail.permissions import policy_registry

from workflows.models import ReviewTask, ReviewTaskState

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def may_assign(user: "User", state: ReviewTaskState) -> bool:
    """Whoever may decide about it, or may publish what is reviewed."""
    reviewed = state.reviewed
    if reviewed is None:
        return False
    return state.task.specific.may_review(reviewed, user) or may_publish(user, reviewed)


def colleagues(task: ReviewTask) -> "QuerySet[User]":
    """The people to whom a review of this task can be given, by name.

    They are active, may log in to Wagtail, and are members of a group whose members may decide.
    """
    groups = Group.objects.filter(
        Q(pk__in=task.groups.values("pk"))
        | Q(pk__in=task.escalation_groups.values("pk"))
        | Q(pk__in=task.last_resort_groups.values("pk"))
    )
    users: Any = get_user_model()._default_manager
    found = users.filter(
        pk__in=users.filter(groups__in=groups).values("pk"), is_active=True
    ).filter(pk__in=users.filter(_may_log_in()).values("pk"))
    return found.order_by("last_name", "first_name", "pk")


def _may_log_in() -> Q:
    access = Permission.objects.filter(
        content_type__app_label="wagtailadmin", codename="access_admin"
    )
    by_group = Q(groups__permissions__in=access)
    return Q(is_superuser=True) | by_group | Q(user_permissions__in=access)


def may_publish(user: "User", reviewed: Any) -> bool:
    if isinstance(reviewed, Page):
        return reviewed.permissions_for_user(user).can_publish()
    return policy_registry.get(reviewed).user_has_permission(user, "publish")


def may_approve(user: "User", state: ReviewTaskState) -> bool:
    """Whether Wagtail would let the person approve: the last task publishes in that one's name."""
    return not state.workflow_state.is_at_final_task or may_publish(user, state.reviewed)
