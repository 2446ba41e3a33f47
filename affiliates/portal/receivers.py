"""Receivers of Wagtail's signals about pages with a proposed change."""

from typing import Any

from django.utils import timezone
from wagtail import signals
from wagtail.models import Revision, TaskState, WorkflowState

from affiliates.models import AffiliatePage, ProfileChange
from affiliates.models.base_page import Page
from affiliates.portal.queries import open_changes
from affiliates.portal.services.profile_reviews import (
    accept_change,
    ask_about_change,
    decline_change,
    go_on_with_change,
    stop_change,
)
from affiliates.programs.publishing import is_settled
from workflows.signals import review_declined


def connect() -> None:
    """Must run after ``affiliations`` connects, so that the affiliation exists."""
    signals.page_published.connect(accept, sender=AffiliatePage)
    signals.task_rejected.connect(ask)
    signals.task_submitted.connect(go_on)
    signals.workflow_cancelled.connect(stop)
    review_declined.connect(decline)


def accept(instance: AffiliatePage, revision: Revision | None = None, **_kwargs: Any) -> None:
    if is_settled(instance):
        return
    change = _change_on(instance.pk) if instance.live else None
    if change:
        accept_change(change=change, revision=revision, now=timezone.now())


def decline(instance: TaskState, user: Any, reason: str, **_kwargs: Any) -> None:
    change = _change_under(instance.workflow_state)
    if change:
        decline_change(change=change, user=user, reason=reason, now=timezone.now())


def ask(instance: TaskState, **_kwargs: Any) -> None:
    """Other rejections end the workflow and are handled in ``decline`` or ``stop``."""
    change = _change_under(instance.workflow_state)
    if change and instance.workflow_state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        ask_about_change(change=change, question=instance.comment, now=timezone.now())


def go_on(instance: TaskState, **_kwargs: Any) -> None:
    change = _change_under(instance.workflow_state)
    if change:
        go_on_with_change(change=change, now=timezone.now())


def stop(instance: WorkflowState, **_kwargs: Any) -> None:
    """A decline also cancels the workflow and is handled in ``decline``."""
    change = _change_under(instance)
    last = instance.current_task_state
    is_declined = last is not None and last.status == TaskState.STATUS_REJECTED
    if change and (change.asked_at or not is_declined):
        stop_change(change=change, now=timezone.now())


def _change_under(state: WorkflowState) -> ProfileChange | None:
    page = state.content_object
    if not isinstance(page, Page) or page.specific_class is not AffiliatePage:
        return None
    return _change_on(page.pk)


def _change_on(page_pk: int) -> ProfileChange | None:
    return open_changes().filter(affiliation__page=page_pk, revision__isnull=False).first()
