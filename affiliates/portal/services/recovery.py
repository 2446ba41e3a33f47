"""Proposed changes whose review ended without a word: no signal of Wagtail told."""

import logging
from datetime import datetime

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.models import ProfileChange
from affiliates.portal.services.profile_changes import hold_page, note_stuck
from affiliates.portal.services.profile_reviews import (
    accept_change,
    close_for_lack_of_a_page,
    is_gone,
)

logger = logging.getLogger(__name__)


def recover_changes(*, now: datetime) -> int:
    """Look after each proposal that is before the reviewers; return of how many something came.

    Effects: if the page is gone or the affiliation ended, it is closed; if the page was published
    since, it is accepted; if nothing runs on the page, staff are told, once. Each has a transaction
    of its own, and one that fails is logged.
    """
    put = ProfileChange.objects.filter(accepted_at=None, declined_at=None).exclude(put_at=None)
    return sum(_try(change, now) for change in put.select_related("affiliation__program"))


def stop_change(*, change: ProfileChange, now: datetime) -> None:
    """Somebody cancelled the review. Its draft stays, and a person has to go on.

    Effects, in one transaction: staff are told, once.
    """
    with transaction.atomic():
        hold_page(change)
        if change.is_open and change.revision_id:
            note_stuck(change, _stopped(), now)


def _stopped() -> str:
    return _(
        "The review of a change that the group proposed has ended without a decision. Please open"
        " the page: publish it, or start its workflow again and decide."
    )


def _try(change: ProfileChange, now: datetime) -> bool:
    try:
        return _look_after(change, now)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("The change proposed by %s could not be looked after.", change.affiliation)
        return False


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
