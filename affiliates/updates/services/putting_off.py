"""Give groups another day for the update that they owe, and remind them of it."""

from collections.abc import Collection
from datetime import date, datetime

from django.contrib.auth.models import User

from affiliates.affiliations.services.schedule import open_requests_of, waive_all
from affiliates.core.states import AffiliationState
from affiliates.models import Affiliation, UpdateRequest
from affiliates.updates.deadlines import UPDATE
from affiliates.updates.mails.asking import UPDATE_ASK, update_requested
from affiliates.updates.services.asking import start_clocks
from workflows.core.rows import update_rows
from workflows.deadlines.services import close_deadlines_of, reschedule_open
from workflows.mail.outbox import queue

PUT_OFF = "put_off"


def put_off_requests(
    affiliations: Collection[Affiliation], *, due_on: date, reason: str, user: User, now: datetime
) -> set[int]:
    """Make it the due day of each group's newest open request, and waive older ones: one update
    answers all. Its deadline begins anew, and emails that are still queued are not sent. In the
    caller's transaction, which has checked the permission. Returns the keys of the groups that have
    an open request.
    """
    requests = open_requests_of(affiliations)
    newest = {request.affiliation_id: request for request in requests}
    older = [one for one in requests if one is not newest[one.affiliation_id]]
    waive_all(older, user=user, reason=reason, is_permitted=True, now=now)
    moved = list(newest.values())
    for request in moved:
        request.due_on, request.put_off_at = due_on, now
    rows = [(due_on, now, now, request.pk) for request in moved]
    update_rows(UpdateRequest, ["due_on", "put_off_at", "updated_at"], rows)
    if moved:
        close_deadlines_of(moved, kind=UPDATE, outcome=PUT_OFF, now=now)
        start_clocks(moved, now)
    return set(newest)


def remind(affiliations: Collection[Affiliation], *, now: datetime) -> set[int]:
    """Email each group that owes an update once more, at most once a minute, about the request that
    is due first. In the caller's transaction. Returns the keys of the groups that got an email.
    """
    requests = open_requests_of(affiliations)
    owed = [one for one in requests if one.affiliation.state == AffiliationState.ACTIVE]
    by_urgency = sorted(owed, key=lambda one: one.due_on, reverse=True)
    first = {one.affiliation_id: one for one in by_urgency}
    step = f"again-{now:%Y-%m-%dT%H:%M}"
    mails = {
        key: mail
        for key, request in first.items()
        for mail in update_requested(request, UPDATE_ASK, step=step)
    }
    queue(*mails.values(), now=now)
    return set(mails)


def follow_own_days(affiliations: Collection[Affiliation]) -> None:
    """Reschedule open deadlines after a group got days of its own, in the caller's transaction."""
    reschedule_open(kind=UPDATE, subjects=open_requests_of(affiliations))
