"""Services that start, stop and end reviews, which are Wagtail workflows on draft pages."""

from collections.abc import Callable
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.text import slugify
from wagtail.actions.delete_page import DeletePageAction
from wagtail.log_actions import log
from wagtail.models import TaskState, WorkflowState

from affiliates.applications.deadlines import REVIEW_START
from affiliates.audit.transitions import actor_of, transition
from affiliates.core.batches import do_each
from affiliates.core.states import Action, ApplicationState
from affiliates.models import AffiliateLink, AffiliatePage, AffiliateProgramPage, Application
from affiliates.models.base_page import Page
from affiliates.models.page_checks import RESERVED_FOR_ROUTES
from affiliates.programs.promised_days import calendar_of, review_due_date, review_due_on
from affiliates.programs.review_policies import program_review_policy
from affiliates.programs.services import ensure_review_workflow
from affiliates.programs.workflows import end_workflow, run_workflow
from workflows.deadlines.digests import Told, tell
from workflows.deadlines.services import close_deadlines, open_deadline
from workflows.reviews.policy import REVIEWERS

STARTED = "started"


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
    by_wagtail: bool = True,
) -> None:
    """Record an action of staff, or of the system without ``user``. Raises TransitionNotAllowed.
    ``by_wagtail``: Wagtail has already checked the permission.
    """
    actor = actor_of(user)
    transition(
        application, action, actor=actor, user=user, reason=reason, now=now, by_wagtail=by_wagtail
    )


def expect_review(*, application: Application, now: datetime) -> None:
    """Effects, in the caller's transaction: opens the deadline "review_start", which notifies staff
    if no review runs.
    """
    due_on = review_due_on(application)
    if due_on:
        due_at = calendar_of(application.program).moment(due_on)
        open_deadline(kind=REVIEW_START, subject=application, due_at=due_at, now=now)


def start_review(*, application: Application, now: datetime) -> AffiliatePage:
    """Create the draft page of a submitted application and start the workflow on it.
    Effects, in one transaction: creates the page; sets the state; starts the workflow, which
    notifies the reviewers; closes "review_start". If the review runs already, only returns its
    page. Raises TransitionNotAllowed, NoReviewWorkflow.
    """
    with transaction.atomic():
        hold(application)
        if application.state == ApplicationState.IN_REVIEW and application.affiliate:
            return application.affiliate
        return _start(application, user=None, now=now)


def start_waiting_reviews(*, now: datetime, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Start the review of every waiting application that nobody stopped; return how many started.
    Each has its own transaction. Failures are logged and retried on the next run; until then, the
    deadline "review_start" notifies staff. Must not run in a transaction.
    """
    waiting = Application.objects.filter(state=ApplicationState.SUBMITTED, review_stopped_at=None)
    return do_each(
        waiting.order_by("submitted_at", "pk"),
        lambda application: bool(start_review(application=application, now=now)),
        failure="The review of %s could not start.",
        then=lambda application: expect_review(application=application, now=now),
        should_stop=should_stop,
    )


def restart_review(*, application: Application, user: User, now: datetime) -> AffiliatePage:
    """Restart a stopped review. Effects: as ``start_review``, with the same page if it still exists
    and the same due date. Raises TransitionNotAllowed, NoReviewWorkflow.
    """
    with transaction.atomic():
        hold(application)
        return _start(application, user=user, now=now)


def note_running_review(*, application: Application, user: User | None, now: datetime) -> None:
    """Record that someone started the workflow of a stopped application in Wagtail's editor.
    Effects, in one transaction: sets the state; closes "review_start". Raises TransitionNotAllowed.
    """
    with transaction.atomic():
        hold(application)
        _is_under_way(application, user=user, now=now, by_wagtail=True)


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
        policy = program_review_policy(application.program)
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


def _start(application: Application, *, user: User | None, now: datetime) -> AffiliatePage:
    # Adding two pages below one program concurrently would give them the same tree path.
    program = AffiliateProgramPage.objects.select_for_update(no_key=True).get(
        pk=application.program_id
    )
    ensure_review_workflow(program=program)
    page = application.affiliate or _add_draft_page(application, program)
    application.affiliate = page
    _is_under_way(application, user=user, now=now)
    run_workflow(page, user)
    return page


def _is_under_way(
    application: Application, *, user: User | None, now: datetime, by_wagtail: bool = False
) -> None:
    take_action(application, Action.START_REVIEW, user=user, now=now, by_wagtail=by_wagtail)
    submitted_at = application.submitted_at or now
    due_on = application.decision_due_on or review_due_date(submitted_at, application.program)
    application.decision_due_on = due_on
    application.review_stopped_at = None
    application.save(
        update_fields=["affiliate", "decision_due_on", "review_stopped_at", "updated_at"]
    )
    close_deadlines(kind=REVIEW_START, subject=application, outcome=STARTED, now=now)


def _add_draft_page(application: Application, program: AffiliateProgramPage) -> AffiliatePage:
    """Wagtail makes a unique slug from the title."""
    makes_a_slug = slugify(application.name) not in {"", *RESERVED_FOR_ROUTES}
    page = AffiliatePage(
        title=application.name,
        slug="" if makes_a_slug else f"group-{application.pk}",
        region=application.region,
        scope=application.scope,
        locality=application.locality,
        summary=application.summary,
        live=False,
    )
    page.links.set([AffiliateLink(**link) for link in application.links])
    # By the program itself, its row would be locked, and new applications would wait for it.
    Page.objects.get(pk=program.pk).add_child(instance=page)
    # Applications find the log of their pages by this entry, even after deletion.
    made_for = {"application": application.pk}
    log(instance=page, action="wagtail.create", data=made_for, content_changed=True)
    page.save_revision()
    return page
