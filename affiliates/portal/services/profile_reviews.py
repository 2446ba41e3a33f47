"""What becomes of a proposed change: people decide in Wagtail, and whatever they do ends here."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.affiliations.services.lifecycle import hold_affiliation
from affiliates.affiliations.services.notices import tick_off_all
from affiliates.core.states import AffiliationState, NoticeKind
from affiliates.models import AffiliatePage, ProfileChange
from affiliates.portal.mails import (
    profile_change_accepted,
    profile_change_declined,
    profile_change_question,
)
from affiliates.portal.profile import profile_of
from affiliates.programs.workflows import end_workflow
from workflows.mail.outbox import queue

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from wagtail.models import Revision


def accept_change(
    *, change: ProfileChange, revision: "Revision | None" = None, now: datetime
) -> ProfileChange:
    """The page was published, in whichever way, with the draft of the proposal or a later one.

    ``revision`` is what was published; an older one leaves the proposal open. If the contact has
    sent a newer version that no worker has put yet, what is left of that is proposed anew. Effects,
    in one transaction: when it was accepted; a mail to the contact.
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
    *, change: ProfileChange, user: "User | None", reason: str, now: datetime
) -> ProfileChange:
    """A reviewer said no. The page's draft is again what is public.

    Effects, in one transaction: when it was declined, and why; a revision of the page as it is
    live; a mail with the reason to the contact.
    """
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
    """A reviewer requested changes. The contact's next version lets the review go on.

    Effects, in one transaction: the question; a mail with it and the link to change the proposal.
    """
    with transaction.atomic():
        _hold(change)
        if change.is_open:
            change.question, change.asked_at = question, now
            change.save(update_fields=["question", "asked_at"])
            queue(*profile_change_question(change), now=now)
    return change


def go_on_with_change(*, change: ProfileChange, now: datetime) -> None:
    """Its review runs: a reviewer started or resumed it in Wagtail, and waits for no answer."""
    with transaction.atomic():
        _hold(change)
        if change.is_open and (change.asked_at or change.stuck_at):
            change.asked_at = change.stuck_at = None
            change.save(update_fields=["asked_at", "stuck_at"])
            needs_nobody(change, user=None, now=now)


def needs_nobody(change: ProfileChange, *, user: "User | None", now: datetime) -> None:
    """Effects, in the caller's transaction: notices that it waits for staff are ticked off."""
    tick_off_all(
        affiliation=change.affiliation, user=user, now=now, kinds=[NoticeKind.PROFILE_CHANGE]
    )


def is_gone(change: ProfileChange) -> bool:
    """Whether there is nothing any more that the proposal could change."""
    affiliation = change.affiliation
    return affiliation.page_id is None or affiliation.state == AffiliationState.ENDED


def close_for_lack_of_a_page(change: ProfileChange, now: datetime) -> None:
    """Effects, in the caller's transaction: it is declined, its workflow ends, the contact hears
    of it."""
    change.declined_at = now
    change.reason = _("Your group has no public page with us any more.")
    change.save(update_fields=["declined_at", "reason"])
    needs_nobody(change, user=None, now=now)
    page = change.affiliation.page
    running = page.current_workflow_state if page and change.revision_id else None
    if running:
        end_workflow(running, None)
        _back_to_public(change, None)
    queue(*profile_change_declined(change), now=now)


def _hold(change: ProfileChange) -> None:
    hold_affiliation(change.affiliation)
    change.refresh_from_db()


def _propose_rest(change: ProfileChange) -> bool:
    """Begin anew with what is not public yet; return whether anything is left."""
    page = AffiliatePage.objects.get(affiliation=change.affiliation_id)
    public = profile_of(page)
    change.changes = {
        name: {"before": public[name], "after": values["after"]}
        for name, values in change.changes.items()
        if name in public and values["after"] != public[name]
    }
    change.revision, change.applied = None, {}
    if change.changes:
        change.save(update_fields=["changes", "revision", "applied"])
    return bool(change.changes)


def _back_to_public(change: ProfileChange, user: "User | None") -> None:
    """The newest revision is what is live, so that nobody publishes the proposal by mistake."""
    public = AffiliatePage.objects.get(affiliation=change.affiliation_id)
    public.save_revision(
        user=user,
        changed=False,
        clean=False,
        log_action=True,
        previous_revision=public.live_revision,
    )
    AffiliatePage.objects.filter(pk=public.pk).update(has_unpublished_changes=False)
