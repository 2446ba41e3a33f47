"""Receivers of Wagtail's signals about reviews. Each passes the event on to one service."""

from collections.abc import Collection
from typing import Any

from django.db.models.signals import post_save, pre_delete
from django.utils import timezone
from wagtail import signals
from wagtail.log_actions import get_active_log_context
from wagtail.models import Task, TaskState, WorkflowState

from affiliates.applications.services.decisions import approve_application, decline_application
from affiliates.applications.services.information import go_on, request_information
from affiliates.applications.services.recovery import stop_reviews_at
from affiliates.applications.services.reviews import stop_review
from affiliates.applications.services.starting import note_running_review
from affiliates.core.states import OPEN, UNDER_REVIEW, ApplicationState
from affiliates.models import AffiliatePage, Application
from affiliates.models.base_page import Page
from affiliates.programs.publishing import is_settled, publisher_of
from workflows.signals import review_declined


def connect() -> None:
    signals.page_published.connect(approve, sender=AffiliatePage)
    signals.task_rejected.connect(ask_group)
    signals.task_submitted.connect(note_review)
    signals.workflow_cancelled.connect(stop)
    pre_delete.connect(stop_without_page, sender=AffiliatePage)
    post_save.connect(stop_at_task)
    review_declined.connect(decline)


def approve(instance: AffiliatePage, **_kwargs: Any) -> None:
    """Ignores pages that are only scheduled: Wagtail sends the signal for them, too."""
    if is_settled(instance) or not instance.live:
        return
    if application := _application_of(instance, OPEN):
        approve_application(
            application=application, user=publisher_of(instance), now=timezone.now()
        )


def decline(instance: TaskState, user: Any, reason: str, **_kwargs: Any) -> None:
    if application := _application_under(instance.workflow_state, OPEN):
        decline_application(
            application=application, user=user, reason=reason, now=timezone.now(), is_permitted=True
        )


def ask_group(instance: TaskState, user: Any, **_kwargs: Any) -> None:
    """Changes were requested. Tasks that are rejected in other ways end their workflow."""
    state = instance.workflow_state
    application = _application_under(state, {ApplicationState.IN_REVIEW})
    if application and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        request_information(
            application=application, question=instance.comment, user=user, now=timezone.now()
        )


def note_review(instance: TaskState, user: Any, **_kwargs: Any) -> None:
    waiting = {ApplicationState.INFORMATION_NEEDED, ApplicationState.SUBMITTED}
    if application := _application_under(instance.workflow_state, waiting):
        is_asked = application.state == ApplicationState.INFORMATION_NEEDED
        note = go_on if is_asked else note_running_review
        note(application=application, user=user, now=timezone.now())


def stop(instance: WorkflowState, user: Any, **_kwargs: Any) -> None:
    """Declining cancels the workflow as well; ``decline`` handles that."""
    application = _application_under(instance, UNDER_REVIEW)
    if application and not _is_declined(instance, application):
        stop_review(application=application, user=user, now=timezone.now())


def stop_without_page(instance: AffiliatePage, **_kwargs: Any) -> None:
    if application := _application_of(instance, UNDER_REVIEW):
        stop_review(application=application, user=get_active_log_context().user, now=timezone.now())


def stop_at_task(instance: Any, **_kwargs: Any) -> None:
    """Connected without a sender, since Wagtail's admin saves tasks as plain ``Task``."""
    if isinstance(instance, Task) and not instance.active:
        stop_reviews_at(task=instance, user=get_active_log_context().user)


def _application_of(page: Page, states: Collection[str]) -> Application | None:
    return Application.objects.filter(affiliate=page.pk, state__in=states).first()


def _application_under(state: WorkflowState, states: Collection[str]) -> Application | None:
    page = state.content_object
    is_ours = isinstance(page, Page) and page.specific_class is AffiliatePage
    return _application_of(page, states) if is_ours else None


def _is_declined(state: WorkflowState, application: Application) -> bool:
    """Whether the last task was rejected, other than to request changes."""
    last = state.current_task_state
    rejected = last is not None and last.status == TaskState.STATUS_REJECTED
    return rejected and application.state == ApplicationState.IN_REVIEW
