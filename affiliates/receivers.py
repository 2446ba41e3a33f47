"""What Wagtail tells about pages and workflows, each passed on to one service.

People decide in Wagtail, where they work anyway. Whatever way they take there, it ends here.
"""

from typing import Any

from django.db.models.signals import post_save, pre_delete
from django.utils import timezone
from wagtail import signals
from wagtail.log_actions import get_active_log_context
from wagtail.models import Task, TaskState, WorkflowState

from affiliates import update_receivers
from affiliates.base_page import Page
from affiliates.models import AffiliatePage, AffiliateProgramPage, Application, ContactUpdate
from affiliates.services.affiliations import ensure_affiliation
from affiliates.services.bounces import note_bounce
from affiliates.services.decisions import approve_application, decline_application
from affiliates.services.endings import (
    follow_deleted_page,
    follow_published_page,
)
from affiliates.services.information import go_on, request_information
from affiliates.services.lost_reviews import stop_reviews_at
from affiliates.services.moves import follow_moved_page
from affiliates.services.page_bulk import is_settled
from affiliates.services.policies import follow_policy, follow_update_policy
from affiliates.services.program_reviews import ensure_review_workflow
from affiliates.services.reviews import note_running_review, stop_review
from affiliates.services.telling import tell_of_hidden_page, tell_of_published_update
from affiliates.states import OPEN, UNDER_REVIEW, ApplicationState
from workflows.signals import mail_bounced, review_declined


def connect() -> None:
    """Called once, when the app is ready."""
    signals.page_published.connect(prepare_reviews, sender=AffiliateProgramPage)
    signals.page_published.connect(approve, sender=AffiliatePage)
    signals.page_published.connect(keep_affiliation, sender=AffiliatePage)
    signals.page_unpublished.connect(tell_of_hiding, sender=AffiliatePage)
    signals.published.connect(tell_of_update, sender=ContactUpdate)
    signals.task_rejected.connect(ask_group)
    signals.task_submitted.connect(note_review)
    signals.workflow_cancelled.connect(stop)
    pre_delete.connect(stop_without_page, sender=AffiliatePage)
    pre_delete.connect(end_without_page, sender=AffiliatePage)
    pre_delete.connect(tell_of_hiding, sender=AffiliatePage)
    signals.post_page_move.connect(follow_move)
    post_save.connect(stop_at_task)
    review_declined.connect(decline)
    mail_bounced.connect(note_bounced_mail)
    update_receivers.connect()


def prepare_reviews(instance: AffiliateProgramPage, **_kwargs: Any) -> None:
    if instance.live:
        ensure_review_workflow(program=instance)
        follow_policy(program=instance)
        follow_update_policy(program=instance, now=timezone.now())


def approve(instance: AffiliatePage, **_kwargs: Any) -> None:
    """Sent for scheduled pages, too, when they are scheduled (not live yet) and again later."""
    if is_settled(instance):
        return
    application = _application_of(instance)
    if instance.live and application and application.state in OPEN:
        approve_application(
            application=application, user=_publisher_of(instance), now=timezone.now()
        )


def keep_affiliation(instance: AffiliatePage, **_kwargs: Any) -> None:
    """After ``approve``, which says since when the group is an affiliate."""
    if instance.live and not is_settled(instance):
        affiliation = ensure_affiliation(page=instance, now=timezone.now())
        follow_published_page(
            affiliation=affiliation, user=_person_behind(instance), now=timezone.now()
        )


def end_without_page(instance: AffiliatePage, **_kwargs: Any) -> None:
    user = get_active_log_context().user
    follow_deleted_page(page=instance, user=user, now=timezone.now())


def follow_move(instance: Page, **_kwargs: Any) -> None:
    page = instance.specific
    if isinstance(page, AffiliatePage):
        follow_moved_page(page=page, now=timezone.now())


def tell_of_hiding(instance: AffiliatePage, **_kwargs: Any) -> None:
    tell_of_hidden_page(page=instance, now=timezone.now())


def tell_of_update(instance: ContactUpdate, **_kwargs: Any) -> None:
    tell_of_published_update(update=instance, now=timezone.now())


def note_bounced_mail(address: str, **_kwargs: Any) -> None:
    note_bounce(address=address, now=timezone.now())


def decline(instance: TaskState, user: Any, reason: str, **_kwargs: Any) -> None:
    application = _application_under(instance.workflow_state)
    if application and application.state in OPEN:
        decline_application(
            application=application, user=user, reason=reason, now=timezone.now(), by_wagtail=True
        )


def ask_group(instance: TaskState, user: Any, **_kwargs: Any) -> None:
    """Changes were requested. A task that is rejected in another way ends its workflow."""
    application = _application_under(instance.workflow_state)
    waits = instance.workflow_state.status == WorkflowState.STATUS_NEEDS_CHANGES
    if waits and application and application.state == ApplicationState.IN_REVIEW:
        request_information(
            application=application, question=instance.comment, user=user, now=timezone.now()
        )


def note_review(instance: TaskState, user: Any, **_kwargs: Any) -> None:
    """A review runs. If it is not us who started it, somebody did in Wagtail's editor."""
    application = _application_under(instance.workflow_state)
    if application is None:
        return
    if application.state == ApplicationState.INFORMATION_NEEDED:
        go_on(application=application, user=user, now=timezone.now())
    elif application.state == ApplicationState.SUBMITTED:
        note_running_review(application=application, user=user, now=timezone.now())


def stop(instance: WorkflowState, user: Any, **_kwargs: Any) -> None:
    """A decline cancels the workflow, too, after its task; what follows then is ``decline``."""
    application = _application_under(instance)
    if (
        application
        and application.state in UNDER_REVIEW
        and not _is_declined(instance, application)
    ):
        stop_review(application=application, user=user, now=timezone.now())


def stop_without_page(instance: AffiliatePage, **_kwargs: Any) -> None:
    application = _application_of(instance)
    if application and application.state in UNDER_REVIEW:
        stop_review(application=application, user=get_active_log_context().user, now=timezone.now())


def stop_at_task(instance: Any, **_kwargs: Any) -> None:
    """Wagtail's admin saves a task as what it is in general, not as its own type."""
    if isinstance(instance, Task) and not instance.active:
        stop_reviews_at(task=instance, user=get_active_log_context().user)


def _application_of(page: AffiliatePage) -> Application | None:
    return Application.objects.filter(affiliate=page).first()


def _application_under(state: WorkflowState) -> Application | None:
    """The application whose page this workflow runs on, if it is one of ours."""
    page = state.content_object
    if not isinstance(page, Page) or page.specific_class is not AffiliatePage:
        return None
    return Application.objects.filter(affiliate=page.pk).first()


def _is_declined(state: WorkflowState, application: Application) -> bool:
    """The last task was rejected, and not to ask the group, which would wait for its answer."""
    last = state.current_task_state
    rejected = last is not None and last.status == TaskState.STATUS_REJECTED
    return rejected and application.state == ApplicationState.IN_REVIEW


def _publisher_of(page: AffiliatePage) -> Any:
    """Who pressed the button; else whose approval ended the workflow; None for a schedule."""
    workflow = WorkflowState.objects.for_instance(page).order_by("-created_at", "-pk").first()
    user = get_active_log_context().user
    if user is None and workflow and workflow.status == WorkflowState.STATUS_APPROVED:
        last = workflow.current_task_state
        user = last.finished_by if last else None
    return user


def _person_behind(page: AffiliatePage) -> Any:
    """As ``_publisher_of``; of a schedule, whoever wrote what it publishes."""
    return _publisher_of(page) or (page.live_revision and page.live_revision.user)
