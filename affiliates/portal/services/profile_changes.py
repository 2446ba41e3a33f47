"""A contact's proposed change to the public page, until its review runs."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.affiliations.services.lifecycle import hold_affiliation
from affiliates.applications.services.submission import START_REVIEWS
from affiliates.core.batches import do_each
from affiliates.core.exceptions import ChangeRevised, NothingToChange
from affiliates.models import AffiliatePage, Affiliation, Contact, ProfileChange
from affiliates.portal.profile import Profile, differences, profile_of, write_profile
from affiliates.portal.queries import open_change, open_changes, public_page
from affiliates.portal.services.profile_reviews import (
    close_for_lack_of_a_page,
    hold_page,
    is_gone,
    needs_nobody,
    note_stuck,
)
from affiliates.programs.services import ensure_review_workflow
from affiliates.programs.workflows import has_workflow, run_workflow
from workflows.core.wakeup import wake_after_commit


def propose_change(
    *,
    affiliation: Affiliation,
    contact: Contact | None,
    values: Profile,
    version: int,
    now: datetime,
) -> ProfileChange:
    """Stores a proposal or changes the open one, and wakes the worker after the commit.

    ``version``: of the proposal that the form showed, 0 if none. Raises NothingToChange,
    ChangeRevised and PageNotPublic.
    """
    with transaction.atomic():
        hold_affiliation(affiliation)
        changes = differences(profile_of(public_page(affiliation)), values)
        change = open_change(affiliation)
        if change and change.changes == changes:
            return change
        if version != (change.version if change else 0):
            raise ChangeRevised
        if not changes:
            raise NothingToChange
        change = change or ProfileChange(affiliation=affiliation, version=0)
        change.contact, change.changes, change.sent_at = contact, changes, now
        change.version += 1
        change.put_at = None
        change.save()
        wake_after_commit(START_REVIEWS)
    return change


def put_waiting_changes(*, now: datetime, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Submits all waiting proposals, each in its own transaction; returns the number. Failures are
    logged. Must not run in a transaction.
    """
    return do_each(
        open_changes().filter(put_at=None).order_by("sent_at", "pk"),
        lambda change: put_change(change=change, now=now),
        failure="The proposed change %s could not be put.",
        should_stop=should_stop,
    )


def put_change(*, change: ProfileChange, now: datetime) -> bool:
    """Writes the proposal to a draft and runs the page's workflow; returns whether it did.

    Waits for other unpublished changes or workflows, so that approval does not publish editors'
    work; staff are told once. A newer version keeps what reviewers edited. Without a page, the
    proposal is closed. All in one transaction.
    """
    with transaction.atomic():
        page = hold_page(change)
        if not change.is_open or change.put_at:
            return False
        if page is None or is_gone(change):
            close_for_lack_of_a_page(change, now)
            return False
        ensure_review_workflow(program=change.affiliation.program)
        obstacle = _obstacle(page, change)
        if obstacle:
            note_stuck(change, obstacle, now)
            return False
        _put(page, change, now)
    return True


def _obstacle(page: AffiliatePage, change: ProfileChange) -> str:
    """Returns the reason, for staff, why a worker must not touch the page; empty if it may."""
    if not page.live:
        return _(
            "The group proposes a change to its page, which is not public at the moment. The review"
            " starts once the page is public again."
        )
    if change.revision_id is None and (page.has_unpublished_changes or page.current_workflow_state):
        return _(
            "The group proposes a change to its public page, which has changes that are not"
            " published. Please publish them, or undo them and publish. The review of the proposal"
            " starts by itself then."
        )
    if page.locked:
        return _(
            "The group proposes a change to its public page, which is locked. Please unlock it. The"
            " review of the proposal starts by itself then."
        )
    if not has_workflow(page):
        return _(
            "The group proposes a change to its public page, but the program has no workflow that"
            " could review it. Please assign one. The review starts by itself then."
        )
    return ""


def _put(page: AffiliatePage, change: ProfileChange, now: datetime) -> None:
    wanted = change.wanted
    draft = page.get_latest_revision_as_object() if change.revision_id else page
    write_profile(draft, _news(page, change.applied, wanted))
    change.revision = draft.save_revision(clean=False, log_action=True)
    change.applied, change.put_at = wanted, now
    change.asked_at = change.stuck_at = None
    change.save()
    needs_nobody(change, user=None, now=now)
    current = page.current_workflow_task_state
    if current:  # Nobody may approve a version they have not read.
        current.cancel(resume=True)
    else:
        run_workflow(page, user=None)


def _news(page: AffiliatePage, applied: Profile, wanted: Profile) -> Profile:
    """What the contact changed since the version that is in the draft."""
    public = profile_of(page)
    target = {name: public[name] for name in applied if name in public} | wanted
    return {name: value for name, value in target.items() if applied.get(name) != value}
