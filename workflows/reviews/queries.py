"""Permissions on a review, and the messages about it in Wagtail's editor."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name
from wagtail.locks import WorkflowLock
from wagtail.models import Page, TaskState
from wagtail.permissions import policy_registry

from workflows.core.due import days_late, due_in_words, long_date
from workflows.deadlines.services import open_deadlines
from workflows.models import ReviewTask, ReviewTaskState
from workflows.reviews.policy import REVIEW, policy_of


def may_assign(user: User, state: ReviewTaskState) -> bool:
    """Whether the user may decide about the review or publish the reviewed object."""
    reviewed = state.reviewed
    if reviewed is None:
        return False
    return state.task.specific.may_review(reviewed, user) or may_publish(user, reviewed)


def colleagues(task: ReviewTask) -> QuerySet[User]:
    """Active users with admin access in any group of the task."""
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


def may_publish(user: User, reviewed: Any) -> bool:
    if isinstance(reviewed, Page):
        return reviewed.permissions_for_user(user).can_publish()
    policy = policy_registry.get(reviewed)
    return policy.user_has_permission_for_instance(user, "publish", reviewed)


def may_approve(user: User, state: ReviewTaskState) -> bool:
    """Whether the user may approve: at the last task, Wagtail publishes in the user's name."""
    return not state.workflow_state.is_at_final_task or may_publish(user, state.reviewed)


def note_for(state: ReviewTaskState, user: User) -> SafeString:
    parts = (when_due(state), who_has_it(state, user), _take_or_assign(state))
    return format_html_join(" ", "{}", ((part,) for part in parts if part))


def when_due(state: ReviewTaskState) -> str:
    """A sentence, or "" without an open deadline."""
    deadline = open_deadlines(kind=REVIEW, subject=state).first()
    if deadline is None:
        return ""
    calendar = policy_of(state).calendar
    late = days_late(deadline.due_at, calendar=calendar, now=timezone.now())
    names = {"when": due_in_words(late), "date": long_date(calendar.day_of(deadline.due_at))}
    if late > 0:
        return _("This review %(when)s (%(date)s).") % names
    return _("This review is %(when)s (%(date)s).") % names


def who_has_it(state: ReviewTaskState, user: User) -> str:
    if state.assigned_to is None:
        return _("It is not assigned yet.")
    if state.assigned_to == user:
        return _("It is assigned to you.")
    return _("It is assigned to %(name)s.") % {"name": get_user_display_name(state.assigned_to)}


def how_it_ended(state: ReviewTaskState) -> str:
    """Tell a late user the outcome of the review and who decided; "" if it is still open."""
    sentence = {
        TaskState.STATUS_APPROVED: _("This review is over: %(name)s approved."),
        TaskState.STATUS_REJECTED: _("This review is over: %(name)s declined or wants changes."),
        TaskState.STATUS_CANCELLED: _("This review is over: %(name)s canceled it."),
        TaskState.STATUS_SKIPPED: _("This review is over: %(name)s skipped it."),
    }.get(state.status)
    if sentence is None:
        return ""
    name = get_user_display_name(state.finished_by) if state.finished_by else _("Someone")
    return sentence % {"name": name}


def _take_or_assign(state: ReviewTaskState) -> SafeString:
    return format_html(
        '<span class="buttons"><a class="button button-small button-secondary" href="{}">{}</a>'
        "</span>",
        reverse("workflows_assign_review", args=[state.pk]),
        _("Take or assign"),
    )


class ReviewLock(WorkflowLock):
    """Wagtail's workflow lock, which tells reviewers the due date and the assignee instead."""

    def get_message(self, user: User) -> str:
        state = self.object.current_workflow_task_state
        if state is None or self.for_user(user):
            return super().get_message(user)
        return note_for(state, user)
