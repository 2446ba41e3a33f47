"""Telling staff what waits for them: one mail a day at most, which lists all of it.

The mail is one row in the outbox per person and day, whose list is made when it is rendered. What
comes up after the day's mail has been rendered is in the mail of the next day.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models.functions import Now
from django.utils import timezone

from workflows.calendars import Calendar
from workflows.models import Deadline, OutgoingMail
from workflows.people import Recipient, unique
from workflows.policies import Policy, Waiting, get_policy, kinds_of_staff
from workflows.services.outbox import NewMail, queue
from workflows.states import MailState

WAITING_FOR_YOU = "waiting_for_you"


@dataclass(frozen=True)
class Told:
    """``recipient`` has to hear of something that came up at ``at``; ``calendar`` is its own."""

    recipient: Recipient
    calendar: Calendar
    at: datetime


@dataclass(frozen=True)
class Item:
    """A line of the list: what waits, and its deadline."""

    deadline: Deadline
    waiting: Waiting


def tell(told: Iterable[Told], *, now: datetime) -> None:
    """Make sure that each person has a mail to come that lists what they are told of.

    Effects: for each, today's mail if it is not rendered yet; else, unless it was queued after the
    matter came up and so lists it, the mail of the next day that counts. Must run in the
    transaction of the matter itself.
    """
    for matter in _newest_per_person(told):
        if not _is_in_mail_of(now, matter, now=now):
            _is_in_mail_of(_next_mail_at(matter.calendar, now), matter, now=now)


def _newest_per_person(told: Iterable[Told]) -> Iterable[Told]:
    newest: dict[str, Told] = {}
    for matter in told:
        address = matter.recipient.email.lower()
        if address not in newest or newest[address].at < matter.at:
            newest[address] = matter
    return newest.values()


def _is_in_mail_of(day: datetime, matter: Told, *, now: datetime) -> bool:
    """Queue the person's mail of that day, sent at ``day``; say whether it will list the matter.

    A row that is still queued is held until the caller's transaction ends, so that no worker can
    render it before the matter is there to be seen.
    """
    mail = NewMail(
        kind=WAITING_FOR_YOU,
        to=matter.recipient.email,
        to_name=matter.recipient.name,
        subject=None,
        occurrence=timezone.localdate(day).isoformat(),
        language=matter.recipient.language,
        not_before=day if day > now else None,
    )
    (row,) = queue(mail, now=now)
    same = OutgoingMail.objects.filter(pk=row.pk)
    if same.filter(state=MailState.QUEUED).update(kind=WAITING_FOR_YOU):
        return True
    # Nothing was waiting when its turn came; now something is.
    if same.filter(state=MailState.OBSOLETE).update(
        state=MailState.QUEUED, created_at=now, next_attempt_at=mail.not_before or Now()
    ):
        return True
    return row.created_at >= matter.at


def _next_mail_at(calendar: Calendar, now: datetime) -> datetime:
    today = timezone.localdate(now)
    day = calendar.day_of(now)
    while timezone.localdate(calendar.moment(day)) <= today:
        day = max(calendar.add(day, 1), day + timedelta(days=1))
    return calendar.moment(day)


def concerned(deadline: Deadline, *, now: datetime) -> list[Recipient]:
    """The staff for whom this waits: its holders, and those whom a step has told by now."""
    policy = get_policy(deadline.kind)
    return unique(_told_by(deadline, policy, now))


def _told_by(deadline: Deadline, policy: Policy, now: datetime) -> Iterator[Recipient]:
    if policy.holders:
        yield from policy.staff(deadline, policy.holders)
    for audience in policy.ladder(deadline).audiences(deadline.due_at, until=now):
        yield from policy.staff(deadline, audience)


def waiting_for(address: str, *, now: datetime) -> list[Item]:
    """All that waits for the person with this address, what has been due the longest first."""
    return [
        Item(deadline, waiting)
        for deadline in open_for_staff()
        if any(person.email.lower() == address.lower() for person in concerned(deadline, now=now))
        and (waiting := get_policy(deadline.kind).waiting(deadline))
    ]


def open_for_staff() -> list[Deadline]:
    """Every promise that is still owed and may wait for staff, loaded, due first."""
    deadlines = list(
        Deadline.objects.filter(kind__in=kinds_of_staff(), closed_at=None).order_by("due_at", "pk")
    )
    for kind in kinds_of_staff():
        get_policy(kind).load([deadline for deadline in deadlines if deadline.kind == kind])
    return [deadline for deadline in deadlines if get_policy(deadline.kind).still_owed(deadline)]
