"""Moderation of news by a Wagtail workflow, and its effects for the group."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from wagtail.models import Revision, TaskState, WorkflowState

from affiliates.affiliations.services.lifecycle import hold_affiliation
from affiliates.core.batches import do_each
from affiliates.core.states import AffiliationState, UpdateKind
from affiliates.models import AffiliateProgramPage, ContactUpdate
from affiliates.programs.days_off import calendar_for
from affiliates.programs.review_policies import program_review_policy
from affiliates.programs.services import ensure_review_workflow
from affiliates.programs.workflows import run_workflow
from affiliates.updates.child_safety import find_risks
from affiliates.updates.deadlines import CHANGES, MODERATION
from affiliates.updates.mails.received import (
    update_changes_asked,
    update_declined,
    update_published,
)
from workflows.deadlines.digests import Told, tell
from workflows.deadlines.services import close_deadlines, open_deadline
from workflows.mail.outbox import queue
from workflows.models import ReviewTaskState
from workflows.reviews.policy import REVIEWERS
from workflows.reviews.services import renew_review

NOTHING_SAID: dict[str, Any] = {
    "asked_changes": "",
    "declined_at": None,
    "decline_reason": "",
    "moderation_stopped_at": None,
}


def start_waiting_moderations(
    *, now: datetime, should_stop: Callable[[], bool] = lambda: False
) -> int:
    """Starts the review of all waiting news, each in its own transaction; returns the number.

    Failures are logged, retried and open the deadline "moderation". A review that someone stopped
    is left to a person.
    """
    return do_each(
        waiting_updates().order_by("sent_at", "pk"),
        lambda update: start_moderation(update=update, now=now),
        failure="The review of the update %s could not start.",
        then=lambda update: _expect_moderation(update, now),
        should_stop=should_stop,
    )


def waiting_updates() -> QuerySet[ContactUpdate]:
    of_update = {
        "base_content_type": ContentType.objects.get_for_model(ContactUpdate),
        "object_id": Cast(OuterRef("pk"), CharField()),
    }
    running = WorkflowState.objects.active().filter(**of_update, current_task_state__isnull=False)
    scheduled = Revision.objects.filter(**of_update, approved_go_live_at__isnull=False)
    news = ContactUpdate.objects.filter(
        kind=UpdateKind.NEWS,
        may_publish=True,
        first_published_at=None,
        declined_at=None,
        moderation_stopped_at=None,
        affiliation__state=AffiliationState.ACTIVE,
    ).exclude(text="")
    return news.exclude(Exists(running)).exclude(Exists(scheduled))


def start_moderation(*, update: ContactUpdate, now: datetime) -> bool:
    """Returns False if another worker was faster. One transaction. Raises NoReviewWorkflow."""
    with transaction.atomic():
        hold_affiliation(update.affiliation)
        if not waiting_updates().filter(pk=update.pk).exists():
            return False
        update.refresh_from_db()
        if update.get_default_workflow() is None:
            program = AffiliateProgramPage.objects.get(pk=update.affiliation.program_id)
            ensure_review_workflow(program=program)
        run_workflow(update, None)
    return True


def note_moderation(*, update: ContactUpdate, now: datetime) -> None:
    """Records that a review runs: clears earlier outcomes and closes its deadlines."""
    with transaction.atomic():
        _write(update, **NOTHING_SAID)
        close_deadlines(kind=MODERATION, subject=update, outcome="started", now=now)
        close_deadlines(kind=CHANGES, subject=update, outcome="went_on", now=now)


def ask_for_changes(*, update: ContactUpdate, words: str, occurrence: str, now: datetime) -> None:
    """Emails the request for changes and opens the deadline "changes", in one transaction."""
    with transaction.atomic():
        _write(update, asked_changes=words)
        program = update.affiliation.program
        calendar = calendar_for(update.affiliation, business_days=False)
        due_at = calendar.after(now, program.answer_days)
        open_deadline(kind=CHANGES, subject=update, due_at=due_at, now=now)
        queue(*update_changes_asked(update, occurrence=occurrence), now=now)


def decline_update(*, update: ContactUpdate, reason: str, now: datetime) -> None:
    """Records the decline, closes all deadlines and emails the reason, in one transaction."""
    with transaction.atomic():
        _write(update, declined_at=now, decline_reason=reason, moderation_stopped_at=None)
        close_deadlines(subject=update, outcome="declined", now=now)
        queue(*update_declined(update), now=now)


def stop_moderation(*, update: ContactUpdate, now: datetime) -> None:
    """A workflow was canceled without a decision. Effects, in one transaction: the deadline
    "moderation" opens; reviewers are told, the group is not; no worker restarts the review.
    """
    with transaction.atomic():
        _write(update, moderation_stopped_at=now, asked_changes="")
        close_deadlines(subject=update, outcome="stopped", now=now)
        _expect_moderation(update, now)
        affiliation = update.affiliation
        policy = program_review_policy(affiliation.program, region=affiliation.region)
        tell([Told(person, policy.calendar, now) for person in policy.audience(REVIEWERS)], now=now)


def note_published(*, update: ContactUpdate, now: datetime) -> None:
    """Closes all deadlines and emails the link to a listed group once, in one transaction."""
    with transaction.atomic():
        _write(update, **NOTHING_SAID)
        close_deadlines(subject=update, outcome="published", now=now)
        queue(*update_published(update), now=now)


def hold_review(update: ContactUpdate) -> None:
    """Locks the running tasks first, as reviewers do, so that nobody can decide meanwhile."""
    workflows = update.workflow_states.active().values("pk")
    running = TaskState.objects.filter(
        workflow_state__in=workflows, status=TaskState.STATUS_IN_PROGRESS
    )
    list(running.select_for_update(no_key=True).values_list("pk", flat=True))


def follow_change(update: ContactUpdate) -> None:
    """Restarts or resumes a running review after the group changed its update, or cancels it if the
    update may not be published. Runs in the caller's transaction.
    """
    running = update.current_workflow_state
    if running is None or running.current_task_state is None:
        return
    state = running.current_task_state.specific
    if not update.is_for_the_public:
        running.cancel()
    elif running.status == WorkflowState.STATUS_NEEDS_CHANGES:
        running.resume()
    elif isinstance(state, ReviewTaskState):
        renew_review(state=state)
    else:
        state.cancel(resume=True)


def check_texts(*, now: datetime, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Stores warnings for moderators about new or changed texts; returns how many it checked."""
    checked = 0
    for update in unchecked_updates():
        if should_stop():
            break
        checked += _check(update, now)
    return checked


def unchecked_updates() -> QuerySet[ContactUpdate]:
    news = ContactUpdate.objects.filter(kind=UpdateKind.NEWS, may_publish=True)
    is_new = Q(checked_at=None) | Q(latest_revision__created_at__gt=F("checked_at"))
    return news.filter(is_new).select_related("latest_revision").order_by("pk")


def warnings_for(update: ContactUpdate) -> list[str]:
    return [finding.sentence for finding in find_risks(f"{update.headline}\n\n{update.text}")]


def _write(update: ContactUpdate, **values: object) -> None:
    """Writes only these columns, since Wagtail may be saving the others."""
    ContactUpdate.objects.filter(pk=update.pk).update(**values)
    for name, value in values.items():
        setattr(update, name, value)


def _expect_moderation(update: ContactUpdate, now: datetime) -> None:
    program = update.affiliation.program
    due_at = calendar_for(update.affiliation).after(now, program.review_days)
    open_deadline(kind=MODERATION, subject=update, due_at=due_at, now=now)


def _check(update: ContactUpdate, now: datetime) -> int:
    """Skips a text that changes meanwhile; the next run checks it."""
    revision = update.latest_revision
    newest = revision.as_object() if revision else update
    same = ContactUpdate.objects.filter(pk=update.pk, latest_revision=revision)
    return same.update(warnings=warnings_for(newest), checked_at=now)
