"""Plan and waive affiliates' requests for updates."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from affiliates.affiliations.update_terms import (
    is_waived_for_good,
    load_terms,
    put_off_to,
    skipped_before,
    update_days,
)
from affiliates.audit.transitions import transition_all
from affiliates.core.periods import Period, period_of, periods_after
from affiliates.core.states import UpdateRequestAction, UpdateRequestState
from affiliates.models import Affiliation, UpdateRequest
from workflows.core.rows import among, update_rows
from workflows.deadlines.services import close_deadlines_of

WAIVED = "waived"


def waive_request(*, request: UpdateRequest, user: User, reason: str, now: datetime) -> None:
    """Waive the update of this period. Effects, in one transaction: the state, with the reason; its
    deadline closes and queued emails are not sent. Raises TransitionNotAllowed.
    """
    with transaction.atomic():
        waive_all([request], user=user, reason=reason, now=now)


def waive_requests(
    affiliation: Affiliation, *, user: User | None, reason: str, now: datetime
) -> None:
    """Waive all open requests, in the caller's transaction."""
    waive_all(open_requests_of([affiliation]), user=user, reason=reason, now=now)


def open_requests_of(affiliations: Collection[Affiliation]) -> list[UpdateRequest]:
    """Each with its affiliation, those of older periods first; locked until the caller's
    transaction ends, so that none is answered meanwhile.
    """
    by_key = {one.pk: one for one in affiliations}
    rows = UpdateRequest.objects.filter(
        affiliation__in=among(by_key), state=UpdateRequestState.OPEN
    )
    found = list(rows.order_by("period_start", "pk").select_for_update(no_key=True))
    for request in found:
        request.affiliation = by_key[request.affiliation_id]
    return found


def waive_all(
    requests: Sequence[UpdateRequest],
    *,
    user: User | None,
    reason: str,
    is_permitted: bool = False,
    now: datetime,
) -> None:
    """In the caller's transaction, which has checked the permission if ``is_permitted``. Raises
    TransitionNotAllowed.
    """
    if requests:
        said: dict[str, Any] = {"user": user, "reason": reason, "now": now}
        transition_all(requests, UpdateRequestAction.WAIVE, is_permitted=is_permitted, **said)
        close_deadlines_of(requests, outcome=WAIVED, now=now)


def plan_next_request(affiliation: Affiliation) -> None:
    """Set the day on which the next request opens, in the caller's transaction."""
    plan_next_requests([affiliation])


def plan_next_requests(affiliations: Sequence[Affiliation]) -> None:
    """The same for many, by as many statements."""
    if not affiliations:
        return
    load_terms(affiliations)
    ends, now = _last_ends(affiliations), timezone.now()
    for one in affiliations:
        one.next_ask_on, one.updated_at = _next_ask_on(one, ends.get(one.pk)), now
    rows = [(one.next_ask_on, one.updated_at, one.pk) for one in affiliations]
    update_rows(Affiliation, ["next_ask_on", "updated_at"], rows)


def next_period(affiliation: Affiliation) -> Period:
    return next(periods_to_come(affiliation))


def next_due_on(affiliation: Affiliation) -> date:
    return put_off_to(affiliation) or next_period(affiliation).end


def ask_day(affiliation: Affiliation, period: Period) -> date:
    return _days_to_ask_before(affiliation, period.end)


def periods_to_come(affiliation: Affiliation) -> Iterator[Period]:
    """Endless: periods after the last request whose request day is not before ``asks_from`` or the
    end of a waiver.
    """
    return _periods_after(affiliation, _last_ends([affiliation]).get(affiliation.pk))


def _last_ends(affiliations: Collection[Affiliation]) -> dict[int, date]:
    rows = UpdateRequest.objects.filter(affiliation__in=among(one.pk for one in affiliations))
    return dict(rows.order_by().values_list("affiliation").annotate(Max("period_end")))


def _periods_after(affiliation: Affiliation, last_end: date | None) -> Iterator[Period]:
    months = affiliation.interval_months
    first = period_of(affiliation.asks_from, months)
    soonest = skipped_before(affiliation)
    for period in periods_after(last_end or first.start - timedelta(days=1), months):
        if ask_day(affiliation, period) >= soonest:
            yield period


def _next_ask_on(affiliation: Affiliation, last_end: date | None) -> date | None:
    if is_waived_for_good(affiliation):
        return None
    if due_on := put_off_to(affiliation):
        return _days_to_ask_before(affiliation, due_on)
    return ask_day(affiliation, next(_periods_after(affiliation, last_end)))


def _days_to_ask_before(affiliation: Affiliation, due_on: date) -> date:
    return due_on - timedelta(days=update_days(affiliation, "ask_days"))
