"""Services that start reviews, which are Wagtail workflows on draft pages, many at once."""

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from itertools import groupby

from celery.exceptions import SoftTimeLimitExceeded
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.text import slugify
from wagtail.models import PageLogEntry

from affiliates.applications.deadlines import REVIEW_START
from affiliates.applications.services.reviews import expect_review, hold
from affiliates.audit.transitions import transition_all
from affiliates.core.batches import do_each
from affiliates.core.states import Action, ApplicationState
from affiliates.models import AffiliateLink, AffiliatePage, AffiliateProgramPage, Application
from affiliates.models.page_checks import RESERVED_FOR_ROUTES
from affiliates.programs.new_pages import FILLED_IN, add_below, log_entry
from affiliates.programs.promised_days import review_due_date
from affiliates.programs.services import ensure_review_workflow
from affiliates.programs.workflows import run_workflow, start_workflows
from workflows.deadlines.services import close_deadlines_of

logger = logging.getLogger(__name__)

STARTED = "started"

BATCH = 50
"""Reviews that start in one transaction, which holds the program's part of the tree."""


def start_review(*, application: Application, now: datetime) -> AffiliatePage:
    """Create the draft page of a submitted application and start the workflow on it.
    Effects, in one transaction: creates the page; sets the state; starts the workflow, which
    notifies the reviewers; closes "review_start". If the review runs already, only returns its
    page. Raises TransitionNotAllowed, NoReviewWorkflow, and ValidationError if the page is invalid.
    """
    with transaction.atomic():
        hold(application)
        if not (application.state == ApplicationState.IN_REVIEW and application.affiliate):
            _start([application], user=None, now=now)
    return application.affiliate


def start_waiting_reviews(*, now: datetime, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Start the review of every waiting application that nobody stopped; return how many started.
    Effects: as ``start_review``, in batches of one transaction each. Those of a batch that fails
    are tried alone; failures are logged and tried again by the next run, and until then, the
    deadline "review_start" notifies staff. Must not run in a transaction.
    """
    started = 0
    tried: set[int] = set()
    while not should_stop():
        batch: list[Application] = []
        try:
            with transaction.atomic():
                batch += _claim(tried)
                for _program, applications in groupby(batch, key=lambda one: one.program_id):
                    _start(list(applications), user=None, now=now)
            started += len(batch)
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:
            logger.warning("%d reviews did not start together: %s", len(batch), error)
            started += _start_alone(batch, now)
        tried.update(application.pk for application in batch)
        if len(batch) < BATCH:
            break
    return started


def restart_review(*, application: Application, user: User, now: datetime) -> AffiliatePage:
    """Restart a stopped review. Effects: as ``start_review``, with the same page if it still exists
    and the same due date. Raises TransitionNotAllowed, NoReviewWorkflow.
    """
    with transaction.atomic():
        hold(application)
        _start([application], user=user, now=now)
    return application.affiliate


def note_running_review(*, application: Application, user: User | None, now: datetime) -> None:
    """Record that someone started the workflow of a stopped application in Wagtail's editor.
    Effects, in one transaction: sets the state; closes "review_start". Raises TransitionNotAllowed.
    """
    with transaction.atomic():
        hold(application)
        _are_under_way([application], user=user, now=now, is_permitted=True)


def _claim(tried: Collection[int]) -> list[Application]:
    """Lock the longest waiting applications, without those of other workers, in the order in which
    their programs are locked.
    """
    waiting = Application.objects.filter(state=ApplicationState.SUBMITTED, review_stopped_at=None)
    found = waiting.exclude(pk__in=tried).order_by("submitted_at", "pk")
    claimed = found.select_for_update(skip_locked=True, no_key=True)[:BATCH]
    return sorted(claimed, key=lambda application: application.program_id)


def _start_alone(applications: Sequence[Application], now: datetime) -> int:
    return do_each(
        applications,
        lambda application: bool(start_review(application=application, now=now)),
        failure="The review of %s could not start.",
        then=lambda application: expect_review(application=application, now=now),
    )


def _start(applications: Sequence[Application], *, user: User | None, now: datetime) -> None:
    """All are of one program. Those that had a review before have their page already."""
    program = ensure_review_workflow(program=applications[0].program)
    for application in applications:
        application.program = program
    new = [application for application in applications if application.affiliate_id is None]
    _add_draft_pages(new, program, now)
    _are_under_way(applications, user=user, now=now)
    if new:
        pages = [application.affiliate for application in new]
        start_workflows(pages, workflow=program.get_workflow(), user=user, now=now)
    for application in applications:
        if application not in new:
            run_workflow(application.affiliate, user)


def _are_under_way(
    applications: Sequence[Application],
    *,
    user: User | None,
    now: datetime,
    is_permitted: bool = False,
) -> None:
    transition_all(applications, Action.START_REVIEW, user=user, now=now, is_permitted=is_permitted)
    for application in applications:
        submitted_at = application.submitted_at or now
        due_on = application.decision_due_on or review_due_date(
            submitted_at, application.program, application.region
        )
        application.decision_due_on = due_on
        application.review_stopped_at = None
    changed = ["affiliate", "decision_due_on", "review_stopped_at"]
    Application.objects.bulk_update(applications, changed)
    close_deadlines_of(applications, kind=REVIEW_START, outcome=STARTED, now=now)


def _add_draft_pages(
    applications: Sequence[Application], program: AffiliateProgramPage, now: datetime
) -> None:
    """Raises ValidationError."""
    if not applications:
        return
    pages = [_draft_page(application) for application in applications]
    add_below(program, pages, by=None, now=now)
    entries = []
    for application, page in zip(applications, pages, strict=True):
        application.affiliate = page
        # Applications find the log of their pages by this entry, even after deletion.
        made_for = {"application": application.pk}
        entries.append(
            log_entry(page, "wagtail.create", by=None, now=now, data=made_for, content_changed=True)
        )
    PageLogEntry.objects.bulk_create(entries)


def _draft_page(application: Application) -> AffiliatePage:
    """The unsaved page; its slug is made from the title where that can be done."""
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
    page.clean_fields(exclude=FILLED_IN)
    page.clean_content()
    return page
