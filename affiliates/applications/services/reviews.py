"""Starting, stopping and ending the review of an application.

The review itself is Wagtail's: a draft page below the program, on which its workflow runs.
"""

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
    """Let nobody else decide on the application until the transaction ends, and read it anew.

    All code takes the locks in one order, Wagtail's reviews included, so that two people who act
    at once wait for each other: first the running task of its page, then the workflow, then the
    application.
    """
    found = Application.objects.filter(pk=application.pk)
    page = AffiliatePage.objects.filter(application__in=found).first()
    if page:
        running = WorkflowState.objects.for_instance(page).active()
        keys = list(running.values_list("pk", flat=True))
        tasks = TaskState.objects.filter(
            workflow_state__in=keys, status=TaskState.STATUS_IN_PROGRESS
        )
        list(tasks.select_for_update().values_list("pk", flat=True))
        list(running.select_for_update().values_list("pk", flat=True))
    application.refresh_from_db(from_queryset=Application.objects.select_for_update())


def take_action(
    application: Application,
    action: Action,
    *,
    user: User | None,
    now: datetime,
    reason: str = "",
    by_wagtail: bool = True,
) -> None:
    """What staff decided, or the system if there is no ``user``. Raises TransitionNotAllowed.

    ``by_wagtail``: it was decided in Wagtail, which asked whether the user may.
    """
    actor = actor_of(user)
    transition(
        application, action, actor=actor, user=user, reason=reason, now=now, by_wagtail=by_wagtail
    )


def expect_review(*, application: Application, now: datetime) -> None:
    """Owe the application a running review, from its submission or a stop on.

    Effects, in the caller's transaction: the deadline "review_start", whose ladder tells staff if
    no review runs. Those who have been told keep it on their list.
    """
    due_on = review_due_on(application)
    if due_on:
        due_at = calendar_of(application.program).moment(due_on)
        open_deadline(kind=REVIEW_START, subject=application, due_at=due_at, now=now)


def start_review(*, application: Application, now: datetime) -> AffiliatePage:
    """Make the draft page of a submitted application, and start the program's workflow on it.

    Effects, all or none: the page, not published; the state; Wagtail's workflow, which tells the
    reviewers; no "review_start" is owed any more. If the review runs already, whoever was faster,
    its page is returned and nothing changes.
    Raises TransitionNotAllowed, NoReviewWorkflow.
    """
    with transaction.atomic():
        hold(application)
        if application.state == ApplicationState.IN_REVIEW and application.affiliate:
            return application.affiliate
        return _start(application, user=None, now=now)


def start_waiting_reviews(*, now: datetime, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Start the review of every application that waits for it; return how many were started.

    Each has a transaction of its own. One that fails is logged and waits for the next look; until
    one succeeds, its deadline "review_start" tells staff. Those that somebody stopped on purpose
    wait for a person. Must not run in a transaction.
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
    """Start a review again that somebody had stopped. The page is the same one if it is left.

    Effects: as ``start_review``. The promised day stays. Raises TransitionNotAllowed,
    NoReviewWorkflow.
    """
    with transaction.atomic():
        hold(application)
        return _start(application, user=user, now=now)


def note_running_review(*, application: Application, user: User | None, now: datetime) -> None:
    """Somebody started the workflow of a stopped application in Wagtail's editor.

    Effects: the state; no "review_start" is owed any more. Raises TransitionNotAllowed.
    """
    with transaction.atomic():
        hold(application)
        _is_under_way(application, user=user, now=now, by_wagtail=True)


def stop_review(*, application: Application, user: User | None, now: datetime) -> None:
    """Note that a review ended without a decision: its workflow was cancelled, or its page deleted.

    Effects: the application is submitted once more, and marked so that a person starts it again,
    not a worker. An open question is dropped; what is left of the workflow ends. "review_start" is
    owed, and the reviewers have it in their mail of the day. Raises TransitionNotAllowed.
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
    """End all that is under way about an application that is decided, or withdrawn.

    Effects, in the caller's transaction: no deadline runs, no question is open, no workflow runs;
    its page is deleted unless it was public.
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
    """No answer is waited for any more."""
    application.information_requests.filter(answered_at=None, dropped_at=None).update(
        dropped_at=now
    )


def _end_workflow_of(application: Application, user: User | None) -> None:
    page = application.affiliate
    end_workflow(page.current_workflow_state if page else None, user)


def _start(application: Application, *, user: User | None, now: datetime) -> AffiliatePage:
    # Two new pages at once below one program would get the same place in the tree.
    program = AffiliateProgramPage.objects.select_for_update().get(pk=application.program_id)
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
    """The application as a page that only editors see. Wagtail makes a free slug of its name."""
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
    program.add_child(instance=page)
    # The log outlives the page: by this, the application's story finds it.
    made_for = {"application": application.pk}
    log(instance=page, action="wagtail.create", data=made_for, content_changed=True)
    page.save_revision()
    return page
