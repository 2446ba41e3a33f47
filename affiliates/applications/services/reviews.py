"""Services that stop and end reviews, which are Wagtail workflows on draft pages."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from wagtail.actions.delete_page import DeletePageAction
from wagtail.models import TaskState, WorkflowState

from affiliates.applications.deadlines import REVIEW_START
from affiliates.audit.transitions import actor_of, transition
from affiliates.core.states import Action
from affiliates.models import AffiliatePage, Application
from affiliates.programs.promised_days import calendar_for_application, review_due_on
from affiliates.programs.review_policies import program_review_policy
from affiliates.programs.workflows import end_workflow
from workflows.deadlines.digests import Told, tell
from workflows.deadlines.services import close_deadlines, open_deadline
from workflows.reviews.policy import REVIEWERS


def hold(application: Application) -> None:
    """Lock the application until the transaction ends, and reload it. To avoid deadlocks, all code,
    including Wagtail's reviews, locks in this order: running task, workflow, application.
    """
    found = Application.objects.filter(pk=application.pk)
    page = AffiliatePage.objects.filter(application__in=found).first()
    if page:
        running = WorkflowState.objects.for_instance(page).active()
        keys = list(running.values_list("pk", flat=True))
        tasks = TaskState.objects.filter(
            workflow_state__in=keys, status=TaskState.STATUS_IN_PROGRESS
        )
        list(tasks.select_for_update(no_key=True).values_list("pk", flat=True))
        list(running.select_for_update(no_key=True).values_list("pk", flat=True))
    application.refresh_from_db(from_queryset=Application.objects.select_for_update(no_key=True))


def take_action(
    application: Application,
    action: Action,
    *,
    user: User | None,
    now: datetime,
    reason: str = "",
    is_permitted: bool = True,
) -> None:
    """Record an action of staff, or of the system without ``user``. Raises TransitionNotAllowed.
    ``is_permitted``: Wagtail has already checked the permission.
    """
    actor = actor_of(user)
    transition(
        application,
        action,
        actor=actor,
        user=user,
        reason=reason,
        now=now,
        is_permitted=is_permitted,
    )


def expect_review(*, application: Application, now: datetime) -> None:
    """Effects, in the caller's transaction: opens the deadline "review_start", which notifies staff
    if no review runs.
    """
    due_on = review_due_on(application)
    if due_on:
        due_at = calendar_for_application(application).moment(due_on)
        open_deadline(kind=REVIEW_START, subject=application, due_at=due_at, now=now)


def stop_review(*, application: Application, user: User | None, now: datetime) -> None:
    """Record that a review ended without a decision: workflow canceled, or page deleted.
    Effects, in one transaction: marks the application to be restarted by a person, not a worker;
    drops an open question; ends the workflow; opens "review_start"; adds it to the reviewers'
    daily mail. Raises TransitionNotAllowed.
    """
    with transaction.atomic():
        hold(application)
        take_action(application, Action.STOP_REVIEW, user=user, now=now)
        drop_question(application, now)
        _end_workflow_of(application, user)
        close_deadlines(subject=application, outcome="stopped", now=now)
        application.review_stopped_at = now
        application.save(update_fields=["review_stopped_at", "updated_at"])
        expect_review(application=application, now=now)
        policy = program_review_policy(application.program, region=application.region)
        tell([Told(person, policy.calendar, now) for person in policy.audience(REVIEWERS)], now=now)


def clear_away(application: Application, *, user: User | None, outcome: str, now: datetime) -> None:
    """Effects, in the caller's transaction: ends the application's deadlines, question and
    workflow; deletes its page unless it was ever public.
    """
    drop_question(application, now)
    close_deadlines(subject=application, outcome=outcome, now=now)
    _end_workflow_of(application, user)
    page = application.affiliate
    if page and page.first_published_at is None:
        application.affiliate = None
        application.save(update_fields=["affiliate", "updated_at"])
        DeletePageAction(page, user=user).execute(skip_permission_checks=True)


def drop_question(application: Application, now: datetime) -> None:
    application.information_requests.filter(answered_at=None, dropped_at=None).update(
        dropped_at=now
    )


def _end_workflow_of(application: Application, user: User | None) -> None:
    page = application.affiliate
    end_workflow(page.current_workflow_state if page else None, user)
