"""Opens update requests, asks again, and asks the second contact."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import takewhile

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from affiliates.affiliations.services.schedule import (
    ask_day,
    periods_to_come,
    plan_next_request,
    waive_all,
)
from affiliates.affiliations.update_terms import (
    load_terms,
    put_off_to,
    spend_put_off,
    update_days,
)
from affiliates.audit.permissions import may_manage
from affiliates.audit.transitions import transition
from affiliates.core.batches import do_each
from affiliates.core.conf import settings
from affiliates.core.exceptions import TransitionNotAllowed
from affiliates.core.periods import Period
from affiliates.core.states import (
    Actor,
    AffiliationState,
    ContactRole,
    UpdateRequestAction,
    UpdateRequestState,
)
from affiliates.models import Affiliation, Contact, UpdateRequest
from affiliates.programs.days_off import calendar_for, closed_groups
from affiliates.programs.promised_days import EASTMOST, today_at
from affiliates.updates.deadlines import UPDATE
from affiliates.updates.mails.asking import (
    UPDATE_ASK,
    update_requested,
    update_requested_of_alternate,
)
from workflows.deadlines.services import begin_deadlines, close_deadlines
from workflows.mail.outbox import queue
from workflows.models import TakenStep

ANSWERED = "answered"
MISSED = "missed: nobody was asked at the time"

BOUNCED = "bounced"


def open_due_requests(*, now: datetime, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Opens all due requests, each in its own transaction, but none of closed groups. Failures are
    logged. Safe to repeat. Returns the number of affiliations with a new request.
    """
    due = Affiliation.objects.filter(
        state=AffiliationState.ACTIVE, next_ask_on__lte=(now + EASTMOST).date()
    )
    return do_each(
        due.exclude(closed_groups(now)).order_by("next_ask_on", "pk"),
        lambda affiliation: bool(open_requests(affiliation=affiliation, now=now)),
        failure="The update of %s could not be asked for.",
        should_stop=should_stop,
    )


def open_requests(*, affiliation: Affiliation, now: datetime) -> list[UpdateRequest]:
    """Opens the request that is due, if any, and plans the next one, in one transaction.

    After an outage, only the newest period is asked for (deadline "update"); the others are waived.
    An unsolicited update of the period counts as its answer. Days of closures do not count, and
    nobody is asked on them. If staff put the next request off, it is due on their day.
    """
    with transaction.atomic():
        affiliation.refresh_from_db(
            from_queryset=Affiliation.objects.select_for_update(no_key=True)
        )
        if not _is_asked(affiliation, now):
            return []
        load_terms([affiliation])
        requests = [
            _create(affiliation, period, _due_on(affiliation, period, now), now)
            for period in _periods_due(affiliation, now)
        ]
        spend_put_off(affiliation)
        _do_without(requests[:-1], now)
        for newest in requests[-1:]:
            _ask(newest, now)
        plan_next_request(affiliation)
    return requests


def _periods_due(affiliation: Affiliation, now: datetime) -> list[Period]:
    """What staff put off may be due before it would be asked for by itself."""
    today = today_at(affiliation.program, now)
    coming = periods_to_come(affiliation)
    first = next(coming)
    others = takewhile(lambda period: ask_day(affiliation, period) <= today, coming)
    is_due = put_off_to(affiliation) is not None or ask_day(affiliation, first) <= today
    return [first, *others] if is_due else []


def _due_on(affiliation: Affiliation, period: Period, now: datetime) -> date:
    """The day that staff gave counts, however soon it is."""
    calendar = calendar_for(affiliation, business_days=False)
    today, put_off = calendar.day_of(now), put_off_to(affiliation)
    if put_off and put_off > today:
        return put_off
    asked_on, days = ask_day(affiliation, period), update_days(affiliation, "ask_days")
    return max(calendar.add(asked_on, days), calendar.add(today, settings.SHORTEST_NOTICE_DAYS))


def ask_for_period(
    *, affiliation: Affiliation, period: Period, due_on: date, now: datetime
) -> UpdateRequest:
    """Opens a request and its deadline "update", and plans the next one, in one transaction."""
    with transaction.atomic():
        request = _create(affiliation, period, due_on, now)
        _ask(request, now)
        plan_next_request(affiliation)
    return request


def answer_requests(
    affiliation: Affiliation, *, actor: Actor, user: User | None = None, now: datetime
) -> list[UpdateRequest]:
    """Answers all open requests and closes their deadlines, in the caller's transaction."""
    waiting = affiliation.update_requests.select_for_update(no_key=True).filter(
        state=UpdateRequestState.OPEN
    )
    requests = list(waiting)
    for request in requests:
        request.affiliation = affiliation
        mark_answered(request, actor=actor, user=user, now=now)
    return requests


def mark_answered(
    request: UpdateRequest, *, actor: Actor, user: User | None = None, now: datetime
) -> None:
    transition(request, UpdateRequestAction.ANSWER, actor=actor, user=user, now=now)
    close_deadlines(kind=UPDATE, subject=request, outcome=ANSWERED, now=now)


def count_unasked(
    affiliation: Affiliation, *, actor: Actor, user: User | None = None, now: datetime
) -> UpdateRequest | None:
    """Counts an unsolicited update for the current period, unless that has a request already.

    Otherwise contacts would be told of a day on which nobody asks. Creates an answered request and
    plans the next one, in the caller's transaction.
    """
    if affiliation.next_ask_on is None:
        return None
    load_terms([affiliation])
    today = today_at(affiliation.program, now)
    begun = takewhile(lambda period: period.start <= today, periods_to_come(affiliation))
    requests = [_create(affiliation, period, period.end, now) for period in begun]
    if not requests:
        return None
    _do_without(requests[:-1], now)
    transition(requests[-1], UpdateRequestAction.ANSWER, actor=actor, user=user, now=now)
    spend_put_off(affiliation)
    plan_next_request(affiliation)
    return requests[-1]


def ask_again(*, request: UpdateRequest, user: User, now: datetime) -> int:
    """Emails the request again, at most once a minute. Raises TransitionNotAllowed if nothing is
    owed or the user lacks permission.
    """
    is_owed = request.state == UpdateRequestState.OPEN
    if not is_owed or not may_manage(user, request.affiliation):
        raise TransitionNotAllowed
    step = f"again-{now:%Y-%m-%dT%H:%M}"
    return len(queue(*update_requested(request, UPDATE_ASK, step=step), now=now))


def ask_second_contact(*, affiliation: Affiliation, now: datetime) -> None:
    """Queues all requests asked so far to the second contact, in the caller's transaction."""
    for request in _asked(affiliation):
        queue(*update_requested_of_alternate(request, step=BOUNCED), now=now)


def ask_at_new_address(*, affiliation: Affiliation, contact: Contact, now: datetime) -> None:
    """Asks the primary contact again at a new address, in the caller's transaction."""
    if contact.role == ContactRole.PRIMARY:
        for request in _asked(affiliation):
            step = f"moved-{contact.link_nonce}"
            queue(*update_requested(request, UPDATE_ASK, step=step), now=now)


def _asked(affiliation: Affiliation) -> Iterator[UpdateRequest]:
    """The open requests for which at least one step was taken."""
    for request in affiliation.update_requests.filter(state=UpdateRequestState.OPEN):
        request.affiliation = affiliation
        taken = TakenStep.objects.filter(
            deadline__kind=UPDATE,
            deadline__closed_at=None,
            deadline__content_type=ContentType.objects.get_for_model(request),
            deadline__object_id=str(request.pk),
        )
        if taken.exists():
            yield request


def _is_asked(affiliation: Affiliation, now: datetime) -> bool:
    today = today_at(affiliation.program, now)
    paused = affiliation.reminders_paused_until
    return (
        affiliation.state == AffiliationState.ACTIVE
        and affiliation.next_ask_on is not None
        and affiliation.next_ask_on <= today
        and (paused is None or paused <= today)
        and not calendar_for(affiliation).is_closed(today)
    )


def _create(affiliation: Affiliation, period: Period, due_on: date, now: datetime) -> UpdateRequest:
    return UpdateRequest.objects.create(
        affiliation=affiliation,
        period_start=period.start,
        period_end=period.end,
        due_on=due_on,
        opened_at=now,
        put_off_at=now if put_off_to(affiliation) else None,
    )


def _ask(request: UpdateRequest, now: datetime) -> None:
    if _came_without_being_asked(request):
        transition(request, UpdateRequestAction.ANSWER, actor=Actor.SYSTEM, now=now)
        return
    start_clocks([request], now)


def start_clocks(requests: Iterable[UpdateRequest], now: datetime) -> None:
    """Begin the deadlines "update" in one statement, in the caller's transaction. Who should have
    been asked already is asked with the next sweep.
    """
    due, asking = [], [now]
    for request in requests:
        calendar = calendar_for(request.affiliation, business_days=False)
        days = update_days(request.affiliation, "ask_days")
        asking.append(calendar.moment(calendar.add(request.due_on, -days)))
        due.append((request, calendar.moment(request.due_on)))
    begin_deadlines(kind=UPDATE, due_at=due, now=now, since=min(asking) - timedelta(seconds=1))


def _came_without_being_asked(request: UpdateRequest) -> bool:
    """Links an unsolicited update from this period to the request; returns whether there is one."""
    begin = calendar_for(request.affiliation).moment(request.period_start)
    sent = request.affiliation.updates.filter(sent_at__gte=begin, request=None)
    update = sent.order_by("sent_at").last()
    if update is None:
        return False
    update.request = request
    type(update).objects.filter(pk=update.pk).update(request=request)
    return True


def _do_without(missed: Sequence[UpdateRequest], now: datetime) -> None:
    waive_all(missed, user=None, reason=MISSED, now=now)
