"""Telling staff what waits for them: one mail a day at most, which lists all of it.

The mail is one row in the outbox per person and day, whose list is made when it is rendered. What
comes up after the day's mail has been rendered is in the mail of the next day that counts. Days are
those of the matter's own calendar, so that people get one mail on each day where they are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models.functions import Now

from workflows.core.calendars import Calendar
from workflows.core.due import days_late
from workflows.core.ladders import Ladder
from workflows.core.people import Recipient, unique
from workflows.core.states import MailState
from workflows.deadlines.policies import Policy, Waiting, get_policy, kinds_of_staff
from workflows.mail.outbox import NewMail, queue
from workflows.models import Deadline, OutgoingMail

WAITING_FOR_YOU = "waiting_for_you"


@dataclass(frozen=True)
class Told:
    """``recipient`` has to hear of something that came up at ``at``; ``calendar`` is its own."""

    recipient: Recipient
    calendar: Calendar
    at: datetime


@dataclass(frozen=True)
class Item:
    """A line of the list: what waits, and its deadline. ``calendar`` is how its days count."""

    deadline: Deadline
    waiting: Waiting
    calendar: Calendar

    @property
    def due_on(self) -> date:
        return self.calendar.day_of(self.deadline.due_at)

    def late(self, *, now: datetime) -> int:
        """As ``workflows.core.due.days_late``."""
        return days_late(self.deadline.due_at, calendar=self.calendar, now=now)


def tell(told: Iterable[Told], *, now: datetime) -> None:
    """Make sure that each person has a mail to come that lists what they are told of.

    Effects: for each, today's mail if it is not rendered yet; else, unless it was queued after the
    matter came up and so lists it, the mail of the next day that counts. So it is, too, if the mail
    of a day before came as late as today. Must run in the transaction of the matter itself.
    """
    for matter in _newest_per_person(told):
        if _got_an_older_one_today(matter, now) or not _is_in_mail_of(now, matter, now=now):
            _is_in_mail_of(matter.calendar.after(now, 1), matter, now=now)


def _newest_per_person(told: Iterable[Told]) -> Iterable[Told]:
    newest: dict[str, Told] = {}
    for matter in told:
        address = matter.recipient.email.lower()
        if address not in newest or newest[address].at < matter.at:
            newest[address] = matter
    return newest.values()


def _got_an_older_one_today(matter: Told, now: datetime) -> bool:
    """After an outage yesterday's mail may arrive this morning; today's would be the second one."""
    today = matter.calendar.day_of(now)
    sent = OutgoingMail.objects.filter(
        key__startswith=_mail_of(today, matter).key.removesuffix(today.isoformat()),
        sent_at__gt=now - timedelta(days=2),
    ).exclude(key=_mail_of(today, matter).key)
    moments = sent.values_list("sent_at", flat=True)
    return any(at and matter.calendar.day_of(at) == today for at in moments)


def _mail_of(day: date, matter: Told, *, not_before: datetime | None = None) -> NewMail:
    return NewMail(
        kind=WAITING_FOR_YOU,
        to=matter.recipient.email,
        to_name=matter.recipient.name,
        subject=None,
        occurrence=day.isoformat(),
        language=matter.recipient.language,
        not_before=not_before,
    )


def _is_in_mail_of(day: datetime, matter: Told, *, now: datetime) -> bool:
    """Queue the person's mail of that day, sent at ``day``; say whether it will list the matter.

    A row that is still queued is held until the caller's transaction ends, so that no worker can
    render it before the matter is there to be seen.
    """
    mail = _mail_of(matter.calendar.day_of(day), matter, not_before=day if day > now else None)
    (row,) = queue(mail, now=now)
    same = OutgoingMail.objects.filter(pk=row.pk)
    if same.filter(state=MailState.QUEUED, message=None).update(kind=WAITING_FOR_YOU):
        return True
    # Nothing was waiting when its turn came; now something is.
    if same.filter(state=MailState.OBSOLETE).update(
        state=MailState.QUEUED, created_at=now, next_attempt_at=mail.not_before or Now()
    ):
        return True
    # What comes up in this very transaction was not there yet when that mail was rendered.
    return matter.at < now and row.created_at >= matter.at


def concerned(deadline: Deadline, *, now: datetime) -> list[Recipient]:
    """The staff for whom this waits: its holders, and those whom a step has told by now."""
    policy = get_policy(deadline.kind)
    return unique(_told_by(deadline, policy, policy.ladder(deadline), now))


def _told_by(
    deadline: Deadline, policy: Policy, ladder: Ladder, now: datetime
) -> Iterator[Recipient]:
    if policy.holders:
        yield from policy.staff(deadline, policy.holders)
    for audience in ladder.audiences(deadline.due_at, until=now):
        yield from policy.staff(deadline, audience)


def waiting_for(address: str, *, now: datetime) -> list[Item]:
    """All that waits for the person with this address, what has been due the longest first."""
    wanted = address.lower()
    found = (_item_for(wanted, deadline, now) for deadline in open_for_staff())
    return [item for item in found if item]


def _item_for(address: str, deadline: Deadline, now: datetime) -> Item | None:
    policy = get_policy(deadline.kind)
    ladder = policy.ladder(deadline)
    told = _told_by(deadline, policy, ladder, now)
    if not any(person.email.lower() == address for person in told):
        return None
    waiting = policy.waiting(deadline)
    return Item(deadline, waiting, ladder.calendar) if waiting else None


def open_for_staff() -> list[Deadline]:
    """Every promise that is still owed and may wait for staff, loaded, due first.

    One whose clock is paused waits for nobody.
    """
    kinds = kinds_of_staff()
    running = Deadline.objects.filter(kind__in=kinds, closed_at=None, paused_until=None)
    deadlines = list(running.order_by("due_at", "pk"))
    for kind in kinds:
        if same_kind := [deadline for deadline in deadlines if deadline.kind == kind]:
            get_policy(kind).load(same_kind)
    return [deadline for deadline in deadlines if get_policy(deadline.kind).still_owed(deadline)]
