"""Plan and waive an affiliate's requests for updates."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from affiliates.audit.transitions import transition
from affiliates.core.periods import Period, period_of, periods_after
from affiliates.core.states import UpdateRequestAction, UpdateRequestState
from affiliates.models import Affiliation, UpdateRequest
from workflows.deadlines.services import close_deadlines

WAIVED = "waived"


def waive_request(*, request: UpdateRequest, user: User, reason: str, now: datetime) -> None:
    """Waive the update of this period. Effects, in one transaction: the state, with the reason; its
    deadline closes and queued emails are not sent. Raises TransitionNotAllowed.
    """
    with transaction.atomic():
        waive(request, user=user, reason=reason, now=now)


def waive_requests(
    affiliation: Affiliation, *, user: User | None, reason: str, now: datetime
) -> None:
    """Waive all open requests, in the caller's transaction."""
    for request in affiliation.update_requests.filter(state=UpdateRequestState.OPEN):
        request.affiliation = affiliation
        waive(request, user=user, reason=reason, now=now)


def plan_next_request(affiliation: Affiliation) -> None:
    """Set the day on which the next request opens, in the caller's transaction."""
    affiliation.next_ask_on = ask_day(affiliation, next_period(affiliation))
    affiliation.save(update_fields=["next_ask_on", "updated_at"])


def next_period(affiliation: Affiliation) -> Period:
    return next(periods_to_come(affiliation))


def ask_day(affiliation: Affiliation, period: Period) -> date:
    return period.end - timedelta(days=affiliation.program.update_ask_days)


def periods_to_come(affiliation: Affiliation) -> Iterator[Period]:
    """Endless: periods after the last request whose request day is not before ``asks_from``."""
    months = affiliation.interval_months
    last = affiliation.update_requests.order_by("period_end").last()
    first = period_of(affiliation.asks_from, months)
    before = last.period_end if last else first.start - timedelta(days=1)
    for period in periods_after(before, months):
        if ask_day(affiliation, period) >= affiliation.asks_from:
            yield period


def waive(request: UpdateRequest, *, user: User | None, reason: str, now: datetime) -> None:
    transition(request, UpdateRequestAction.WAIVE, user=user, reason=reason, now=now)
    close_deadlines(subject=request, outcome=WAIVED, now=now)
