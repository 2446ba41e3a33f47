"""The days of a commitment, and the clock of its deadline."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from affiliates.models import Commitment
from affiliates.models.requirements import LADDER_FIELDS
from affiliates.programs.days_off import calendar_for
from affiliates.programs.promised_days import months_after, today_at
from affiliates.requirements.deadlines import REQUIREMENT, is_open
from workflows.deadlines.services import begin_deadlines, close_deadlines_of

DAYS = ("due_on", "ask_on", "late_on", "attention_on", "lapsed_on")
BATCH = 1000


def set_due(commitment: Commitment, due_on: date | None) -> None:
    """Set the five days, without saving. What is due today is never late."""
    days = {name: commitment.days_of(name) for name in ("grace_days", *LADDER_FIELDS)}
    after = {
        "due_on": 0,
        "ask_on": -days["ask_days"],
        "late_on": days["grace_days"] + 1,
        "attention_on": max(days["attention_days"], 1),
        "lapsed_on": max(days["pause_days"], 1),
    }
    for name, count in after.items():
        setattr(commitment, name, due_on + timedelta(days=count) if due_on else None)


def next_due(commitment: Commitment, proved_on: date) -> date | None:
    """None if once is enough."""
    months = commitment.interval_months or commitment.requirement.interval_months
    return months_after(proved_on, months) if months else None


def days_after(commitment: Commitment, day: date, count: int) -> date:
    """Closures do not count."""
    return _calendar(commitment).add(day, count)


def first_due(commitment: Commitment, today: date) -> date:
    """If it is asked for from today, and was not before."""
    return days_after(commitment, today, commitment.requirement.first_days)


def due_after_waiver(commitment: Commitment, until: date | None) -> date | None:
    """The first request comes on the day on which the waiver ends."""
    if until is None:
        return None
    soonest = days_after(commitment, until, commitment.days_of("ask_days"))
    return max(commitment.due_on or soonest, soonest)


def run_clocks(commitments: Sequence[Commitment], *, outcome: str, now: datetime) -> None:
    """Close the open deadlines and begin those that the days ask for, in the caller's transaction.
    A step that is past already comes with the next sweep, the newest one only.
    """
    if not commitments:
        return
    close_deadlines_of(commitments, kind=REQUIREMENT, outcome=outcome, now=now)
    owed = [one for one in commitments if is_open(one)]
    due = [(one, _calendar(one).moment(one.due_on)) for one in owed if one.due_on]
    begin_deadlines(kind=REQUIREMENT, due_at=due, now=now, since=_before_the_first(owed, now))


def save_days(commitments: Iterable[Commitment], *others: str) -> None:
    Commitment.objects.bulk_update(commitments, [*DAYS, *others], batch_size=BATCH)


def today_of(commitment: Commitment, now: datetime) -> date:
    return today_at(commitment.affiliation.program, now)


def _before_the_first(commitments: Sequence[Commitment], now: datetime) -> datetime:
    asked = (_calendar(one).moment(one.ask_on) for one in commitments if one.ask_on)
    return min(now, min(asked, default=now)) - timedelta(seconds=1)


def _calendar(commitment: Commitment):
    return calendar_for(commitment.affiliation, business_days=False)
