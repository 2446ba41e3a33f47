"""The review of news before it is published.

It is Wagtail's: a workflow on the update. Whichever way people act there, what follows for the
group is here: its news is public, it is asked to change it, or told why it was declined.
"""

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
from affiliates.programs.promised_days import calendar_of
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
"""The columns of an update that nobody has decided about."""


def start_waiting_moderations(
    *, now: datetime, should_stop: Callable[[], bool] = lambda: False
) -> int:
    """Start the review of all news that waits for one; return how many were started.

    Each has a transaction of its own. One that fails is logged and tried again; until it succeeds,
    staff are told that it waits. Those that someone stopped on purpose wait for a person.
    """
    return do_each(
        waiting_updates().order_by("sent_at", "pk"),
        lambda update: start_moderation(update=update, now=now),
        failure="The review of the update %s could not start.",
        then=lambda update: _expect_moderation(update, now),
        should_stop=should_stop,
    )


def waiting_updates() -> QuerySet[ContactUpdate]:
    """News that may be published, and about which nobody decides or has decided yet."""
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
    """Start the workflow on news that waits for it; False if someone else has.

    Effects, in one transaction: Wagtail's workflow, which tells the reviewers; see
    ``note_moderation``. Raises NoReviewWorkflow.
    """
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
    """A review runs, whoever started it. Effects: nothing that was said before still counts, no
    other clock runs."""
    with transaction.atomic():
        _write(update, **NOTHING_SAID)
        close_deadlines(kind=MODERATION, subject=update, outcome="started", now=now)
        close_deadlines(kind=CHANGES, subject=update, outcome="went_on", now=now)


def ask_for_changes(*, update: ContactUpdate, words: str, occurrence: str, now: datetime) -> None:
    """A reviewer has requested changes. ``occurrence`` tells this request from others.

    Effects, in one transaction: the words; a mail with them and the link to change the update; the
    deadline "changes", after which reviewers are told that nothing came.
    """
    with transaction.atomic():
        _write(update, asked_changes=words)
        program = update.affiliation.program
        due_at = calendar_of(program, business_days=False).after(now, program.answer_days)
        open_deadline(kind=CHANGES, subject=update, due_at=due_at, now=now)
        queue(*update_changes_asked(update, occurrence=occurrence), now=now)


def decline_update(*, update: ContactUpdate, reason: str, now: datetime) -> None:
    """A reviewer has declined. Effects, in one transaction: it is on record, with the reason, and
    stays unpublished; a mail with the reason; no clock runs."""
    with transaction.atomic():
        _write(update, declined_at=now, decline_reason=reason, moderation_stopped_at=None)
        close_deadlines(subject=update, outcome="declined", now=now)
        queue(*update_declined(update), now=now)


def stop_moderation(*, update: ContactUpdate, now: datetime) -> None:
    """Note that the review ended without a decision: someone canceled the workflow.

    Nobody outside is told. Effects, in one transaction: a person starts it again, not a worker;
    "moderation" is owed, so reviewers have it on their list until someone decides.
    """
    with transaction.atomic():
        _write(update, moderation_stopped_at=now, asked_changes="")
        close_deadlines(subject=update, outcome="stopped", now=now)
        _expect_moderation(update, now)
        policy = program_review_policy(update.affiliation.program)
        tell([Told(person, policy.calendar, now) for person in policy.audience(REVIEWERS)], now=now)


def note_published(*, update: ContactUpdate, now: datetime) -> None:
    """It is public, whichever way it was published in Wagtail.

    Effects, in one transaction: nothing is open about it; the first time an email to the group,
    with the link, if the group is listed.
    """
    with transaction.atomic():
        _write(update, **NOTHING_SAID)
        close_deadlines(subject=update, outcome="published", now=now)
        queue(*update_published(update), now=now)


def hold_review(update: ContactUpdate) -> None:
    """Let nobody decide about the update until the transaction ends: reviewers hold this first."""
    workflows = update.workflow_states.active().values("pk")
    running = TaskState.objects.filter(
        workflow_state__in=workflows, status=TaskState.STATUS_IN_PROGRESS
    )
    list(running.select_for_update().values_list("pk", flat=True))


def follow_change(update: ContactUpdate) -> None:
    """The group has changed its update. Effects, in the caller's transaction: a running review
    starts over with the new text; one that waited for the change goes on; it ends if the update may
    no longer be published. If none runs, a worker starts one."""
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
    """Check what was written since the last time; return how many texts that were.

    Also what an editor has written. Effects: the warnings for the moderator, and when it was
    checked. Nothing is blocked.
    """
    checked = 0
    for update in unchecked_updates():
        if should_stop():
            break
        checked += _check(update, now)
    return checked


def unchecked_updates() -> QuerySet[ContactUpdate]:
    """News whose newest revision has not been checked."""
    news = ContactUpdate.objects.filter(kind=UpdateKind.NEWS, may_publish=True)
    is_new = Q(checked_at=None) | Q(latest_revision__created_at__gt=F("checked_at"))
    return news.filter(is_new).select_related("latest_revision").order_by("pk")


def warnings_for(update: ContactUpdate) -> list[str]:
    """Sentences about the headline and the text, as they are in this instance."""
    return [finding.sentence for finding in find_risks(f"{update.headline}\n\n{update.text}")]


def _write(update: ContactUpdate, **values: object) -> None:
    """Into the row alone: the rest of it is being saved by Wagtail."""
    ContactUpdate.objects.filter(pk=update.pk).update(**values)
    for name, value in values.items():
        setattr(update, name, value)


def _expect_moderation(update: ContactUpdate, now: datetime) -> None:
    program = update.affiliation.program
    due_at = calendar_of(program).after(now, program.review_days)
    open_deadline(kind=MODERATION, subject=update, due_at=due_at, now=now)


def _check(update: ContactUpdate, now: datetime) -> int:
    """A text that is changed at this moment is checked the next time."""
    revision = update.latest_revision
    newest = revision.as_object() if revision else update
    same = ContactUpdate.objects.filter(pk=update.pk, latest_revision=revision)
    return same.update(warnings=warnings_for(newest), checked_at=now)
