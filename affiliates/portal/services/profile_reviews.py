"""What follows from reviews of proposed changes in Wagtail."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Revision, TaskState, WorkflowState

from affiliates.affiliations.services.lifecycle import hold_affiliation
from affiliates.affiliations.services.notices import notify_staff, tick_off_all
from affiliates.core.batches import do_each
from affiliates.core.states import AffiliationState, NoticeKind
from affiliates.models import AffiliatePage, ProfileChange
from affiliates.portal.mails import (
    profile_change_accepted,
    profile_change_declined,
    profile_change_question,
)
from affiliates.portal.profile import differences, profile_of
from affiliates.portal.queries import open_changes
from affiliates.programs.workflows import end_workflow
from workflows.mail.outbox import queue


def accept_change(
    *, change: ProfileChange, revision: Revision | None = None, now: datetime
) -> ProfileChange:
    """Records that the draft or a later revision was published, and emails the contact.

    A ``revision`` older than the draft leaves the proposal open. So does a newer version that no
    worker has put yet, with what remains of it. Runs in one transaction.
    """
    with transaction.atomic():
        _hold(change)
        if not change.is_open or change.revision_id is None:
            return change
        if revision and revision.pk < change.revision_id:
            return change
        if change.put_at is None and _propose_rest(change):
            return change
        change.accepted_at = now
        change.save(update_fields=["accepted_at"])
        needs_nobody(change, user=None, now=now)
        queue(*profile_change_accepted(change), now=now)
    return change


def decline_change(
    *, change: ProfileChange, user: User | None, reason: str, now: datetime
) -> ProfileChange:
    """Declines, resets the draft to the live page and emails the reason, in one transaction."""
    with transaction.atomic():
        _hold(change)
        if not change.is_open or change.revision_id is None:
            return change
        change.declined_at, change.reason = now, reason
        change.save(update_fields=["declined_at", "reason"])
        needs_nobody(change, user=user, now=now)
        _back_to_public(change, user)
        queue(*profile_change_declined(change), now=now)
    return change


def ask_about_change(*, change: ProfileChange, question: str, now: datetime) -> ProfileChange:
    """Emails the question with the link to change the proposal, in one transaction."""
    with transaction.atomic():
        _hold(change)
        if change.is_open:
            change.question, change.asked_at = question, now
            change.save(update_fields=["question", "asked_at"])
            queue(*profile_change_question(change), now=now)
    return change


def go_on_with_change(*, change: ProfileChange, now: datetime) -> None:
    """Records that the review runs again and no longer waits for an answer."""
    with transaction.atomic():
        _hold(change)
        if change.is_open and (change.asked_at or change.stuck_at):
            change.asked_at = change.stuck_at = None
            change.save(update_fields=["asked_at", "stuck_at"])
            needs_nobody(change, user=None, now=now)


def needs_nobody(change: ProfileChange, *, user: User | None, now: datetime) -> None:
    """Marks staff notices about the proposal as done, in the caller's transaction."""
    tick_off_all(
        affiliation=change.affiliation, user=user, now=now, kinds=[NoticeKind.PROFILE_CHANGE]
    )


def is_gone(change: ProfileChange) -> bool:
    affiliation = change.affiliation
    return affiliation.page_id is None or affiliation.state == AffiliationState.ENDED


def close_for_lack_of_a_page(change: ProfileChange, now: datetime) -> None:
    """Declines, ends the workflow and emails the contact, in the caller's transaction."""
    change.declined_at = now
    change.reason = _("Your group no longer has a public page with us.")
    change.save(update_fields=["declined_at", "reason"])
    needs_nobody(change, user=None, now=now)
    page = change.affiliation.page
    running = page.current_workflow_state if page and change.revision_id else None
    if running:
        end_workflow(running, None)
        _back_to_public(change, None)
    queue(*profile_change_declined(change), now=now)


def hold_page(change: ProfileChange) -> AffiliatePage | None:
    """Locks the task, workflow and page in Wagtail's order, then the affiliation; reloads them."""
    page = AffiliatePage.objects.filter(affiliation=change.affiliation_id).first()
    if page:
        running = WorkflowState.objects.for_instance(page).active()
        keys = list(running.values_list("pk", flat=True))
        tasks = TaskState.objects.filter(
            workflow_state__in=keys, status=TaskState.STATUS_IN_PROGRESS
        )
        list(tasks.select_for_update(no_key=True).values_list("pk", flat=True))
        list(running.select_for_update(no_key=True).values_list("pk", flat=True))
        page = AffiliatePage.objects.select_for_update(no_key=True).filter(pk=page.pk).first()
    hold_affiliation(change.affiliation)
    change.refresh_from_db()
    return page


def note_stuck(change: ProfileChange, why: str, now: datetime) -> None:
    """Tells staff once why the proposal is stuck, in the caller's transaction."""
    if change.stuck_at:
        return
    change.stuck_at = now
    change.save(update_fields=["stuck_at"])
    notify_staff(affiliation=change.affiliation, kind=NoticeKind.PROFILE_CHANGE, text=why, now=now)


def recover_changes(*, now: datetime) -> int:
    """Repairs proposals under review, each in its own transaction; returns how many.

    Closes those without a page or with an ended affiliation, accepts published ones, and tells
    staff once if no review runs. Failures are logged.
    """
    return do_each(
        open_changes().exclude(put_at=None),
        lambda change: _look_after(change, now),
        failure="The proposed change %s could not be looked after.",
    )


def stop_change(*, change: ProfileChange, now: datetime) -> None:
    """Tells staff once that the review was canceled; the draft stays for them to decide."""
    with transaction.atomic():
        hold_page(change)
        if change.is_open and change.revision_id:
            note_stuck(change, _stopped(), now)


def _stopped() -> str:
    return _(
        "The review of a change that the group proposed has ended without a decision. Please open"
        " the page: publish it, or start its workflow again and decide."
    )


def _look_after(change: ProfileChange, now: datetime) -> bool:
    with transaction.atomic():
        page = hold_page(change)
        if not change.is_open or change.put_at is None:
            return False
        if page is None or is_gone(change):
            close_for_lack_of_a_page(change, now)
        elif page.live and (page.live_revision_id or 0) >= (change.revision_id or 0) > 0:
            accept_change(change=change, now=now)
        elif page.workflow_states.active().exists() or page.approved_schedule or change.stuck_at:
            return False
        else:
            note_stuck(change, _stopped(), now)
    return True


def _hold(change: ProfileChange) -> None:
    hold_affiliation(change.affiliation)
    change.refresh_from_db()


def _propose_rest(change: ProfileChange) -> bool:
    """Restarts with what is not public yet; returns whether anything is left."""
    page = AffiliatePage.objects.get(affiliation=change.affiliation_id)
    change.changes = differences(profile_of(page), change.wanted)
    change.revision, change.applied = None, {}
    if change.changes:
        change.save(update_fields=["changes", "revision", "applied"])
    return bool(change.changes)


def _back_to_public(change: ProfileChange, user: User | None) -> None:
    """Makes the live content the newest revision, so nobody publishes the proposal by mistake."""
    public = AffiliatePage.objects.get(affiliation=change.affiliation_id)
    public.save_revision(
        user=user,
        changed=False,
        clean=False,
        log_action=True,
        previous_revision=public.live_revision,
    )
    AffiliatePage.objects.filter(pk=public.pk).update(has_unpublished_changes=False)
