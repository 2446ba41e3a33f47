"""What a contact proposes to change on the group's public page, until a review of it runs.

The contact's transaction only writes down what is wanted. A worker puts it on a draft of the page
and starts the page's workflow, as it does for applications.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import TaskState, WorkflowState

from affiliates.affiliations.services.lifecycle import hold_affiliation
from affiliates.affiliations.services.notices import notify_staff
from affiliates.applications.services.submission import START_REVIEWS
from affiliates.core.exceptions import ChangeRevised, NothingToChange, PageNotPublic
from affiliates.core.states import AffiliationState, NoticeKind
from affiliates.models import AffiliatePage, Affiliation, Contact, ProfileChange
from affiliates.portal.profile import Profile, profile_of, write_profile
from affiliates.portal.services.profile_reviews import (
    close_for_lack_of_a_page,
    is_gone,
    needs_nobody,
)
from affiliates.programs.services import ensure_review_workflow
from affiliates.programs.workflows import has_workflow, run_workflow
from workflows.core.wakeup import wake_after_commit

logger = logging.getLogger(__name__)


def propose_change(
    *,
    affiliation: Affiliation,
    contact: Contact | None,
    values: Profile,
    version: int,
    now: datetime,
) -> ProfileChange:
    """Take down how the contact would like the public page to be; it changes an open proposal.

    ``version``: of the proposal that the form was shown with, 0 if none was open. Effects, in one
    transaction: the row, with before and after of each fact that differs from what is public. After
    the commit a worker is woken, which puts it before the reviewers. The same again is the same
    proposal. Raises NothingToChange, ChangeRevised, PageNotPublic.
    """
    with transaction.atomic():
        hold_affiliation(affiliation)
        changes = _differences(profile_of(public_page(affiliation)), values)
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


def open_change(affiliation: Affiliation) -> ProfileChange | None:
    """The proposal about which nothing is decided yet."""
    return affiliation.profile_changes.filter(accepted_at=None, declined_at=None).first()


def public_page(affiliation: Affiliation) -> AffiliatePage:
    """Raises PageNotPublic."""
    page = affiliation.page
    if page is None or not page.live or affiliation.state == AffiliationState.ENDED:
        raise PageNotPublic
    return page


def wanted_profile(affiliation: Affiliation, change: ProfileChange | None) -> Profile:
    """What is public, with what an open proposal would make of it. Raises PageNotPublic."""
    public = profile_of(public_page(affiliation))
    wanted = {name: values["after"] for name, values in change.changes.items()} if change else {}
    return {name: wanted.get(name, value) for name, value in public.items()}


def put_waiting_changes(*, now: datetime, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Put every proposal that waits for it before the reviewers; return how many were put.

    Each has a transaction of its own, and one that fails is logged. Must not run in a transaction.
    """
    waiting = ProfileChange.objects.filter(accepted_at=None, declined_at=None, put_at=None)
    put = 0
    for change in waiting.select_related("affiliation__program").order_by("sent_at", "pk"):
        if should_stop():
            break
        put += _try_to_put(change, now)
    return put


def put_change(*, change: ProfileChange, now: datetime) -> bool:
    """Put the proposal on a draft of the page, and let the page's workflow run; return whether.

    A page with unpublished changes, or with a workflow of its own, is left alone until editors are
    done with it: so neither is their work lost, nor does approving the proposal publish it. Staff
    are told, once. A newer version changes in the draft what the contact changed, and leaves what
    reviewers changed. Effects, all or none: a revision of the page, and the workflow, started,
    resumed, or at its task anew; or a notice to staff; or, without a page, the proposal closed.
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


def hold_page(change: ProfileChange) -> AffiliatePage | None:
    """Let nobody else act on the page, its review and the affiliation; read them and the proposal.

    In the order in which Wagtail takes its locks: the task, the workflow, the page.
    """
    page = AffiliatePage.objects.filter(affiliation=change.affiliation_id).first()
    if page:
        running = WorkflowState.objects.for_instance(page).active()
        keys = list(running.values_list("pk", flat=True))
        tasks = TaskState.objects.filter(
            workflow_state__in=keys, status=TaskState.STATUS_IN_PROGRESS
        )
        list(tasks.select_for_update().values_list("pk", flat=True))
        list(running.select_for_update().values_list("pk", flat=True))
        page = AffiliatePage.objects.select_for_update().filter(pk=page.pk).first()
    hold_affiliation(change.affiliation)
    change.refresh_from_db()
    return page


def note_stuck(change: ProfileChange, why: str, now: datetime) -> None:
    """Effects, in the caller's transaction: staff are told why it does not go on, once."""
    if change.stuck_at:
        return
    change.stuck_at = now
    change.save(update_fields=["stuck_at"])
    notify_staff(affiliation=change.affiliation, kind=NoticeKind.PROFILE_CHANGE, text=why, now=now)


def _differences(public: Profile, wanted: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {
        name: {"before": before, "after": wanted[name]}
        for name, before in public.items()
        if name in wanted and wanted[name] != before
    }


def _try_to_put(change: ProfileChange, now: datetime) -> bool:
    try:
        return put_change(change=change, now=now)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        # Whatever is wrong with one proposal, the next one has to come before the reviewers.
        logger.exception("The change proposed by %s could not be put.", change.affiliation)
        return False


def _obstacle(page: AffiliatePage, change: ProfileChange) -> str:
    """Why a worker must not touch the page now, for staff to read; nothing if it may."""
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
    wanted = {name: values["after"] for name, values in change.changes.items()}
    draft = page.get_latest_revision_as_object() if change.revision_id else page
    write_profile(draft, _news(page, change.applied, wanted))
    change.revision = draft.save_revision(clean=False, log_action=True)
    change.applied, change.put_at = wanted, now
    change.asked_at = change.stuck_at = None
    change.save()
    needs_nobody(change, user=None, now=now)
    current = page.current_workflow_task_state
    if current:  # Nobody is to approve what they have not read.
        current.cancel(resume=True)
    else:
        run_workflow(page, user=None)


def _news(page: AffiliatePage, applied: Profile, wanted: Profile) -> Profile:
    """What to write into the draft: what the contact changed since the version that is in it."""
    public = profile_of(page)
    target = {name: public[name] for name in applied if name in public} | wanted
    return {name: value for name, value in target.items() if applied.get(name) != value}
