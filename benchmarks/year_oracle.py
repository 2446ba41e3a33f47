"""Who has to get which mail on which day, from what the pages for editors promise.

It shares no code with the apps, and counts days one by one on a wall calendar. The promises:

- Each period of the calendar is asked for, some days before it ends. A new group is asked for
  nothing in its first four weeks, a paused one for nothing at all; after a pause it is asked for
  the next update, and for none that was missed.
- The group is written to on the day it is asked, on the last day of the period, and once more when
  the update is late; then its second contact is, too. Then staff hear of it three times.
- When an answer comes, all is answered, and the group is thanked. A group that ends is told; what
  it was to be told besides on that evening is no longer needed.
- When a mail comes back, its address gets no more; the second contact is asked instead, at once.
  Staff hear of it at once, two business days later, and five more later the escalation group does.
- Staff get one mail a day at most, for what is new or late. What comes after it stands in the next:
  of the next day for updates, of the next business day for notices.
"""

import calendar
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

FRIDAY = 4
FIRST_WEEKS = 28
DAYS_TO_SEE, DAYS_TO_ESCALATE = 2, 5
DAY = timedelta(days=1)

Sent = Counter[tuple[str, str, date]]
"""How often a kind of mail goes to an address on a day."""


@dataclass(frozen=True)
class Promises:
    """The numbers of a program's policy, in months and days; two addresses of staff."""

    name: str
    zone: str
    hour: int
    interval: int
    ask: int
    remind: int
    second_contact: int
    attention: int
    call: int
    offer_pause: int
    reviewer: str
    escalation: str


@dataclass(frozen=True)
class Life:
    """What a group does, on days of its program, in the evening. ``answers_after``: days after it
    was asked, or None for never. ``comes_back``: mail to its first contact does, once.
    """

    name: str
    program: str
    joins: date
    contact: str
    second: str = ""
    answers_after: int | None = None
    pauses: date | None = None
    resumes: date | None = None
    ends: date | None = None
    comes_back: bool = False


@dataclass
class _Group:
    life: Life
    asked_from: date
    open: dict[date, date] = field(default_factory=dict)
    """The last days of the periods that were asked for, with the days of asking."""
    state: str = "active"
    has_bounced: bool = False
    notices: list[date] = field(default_factory=list)

    @property
    def reachable(self) -> list[str]:
        first = [] if self.has_bounced else [self.life.contact]
        return [*first, *filter(None, [self.life.second])]


def expected(promises: Promises, lives: list[Life], first: date, last: date) -> Sent:
    """All mails of one program in these days."""
    program = _Program(promises, lives)
    for number in range((last - first).days + 1):
        program.live(first + number * DAY)
    return program.sent


class _Program:
    def __init__(self, promises: Promises, lives: list[Life]) -> None:
        self.promises, self.lives = promises, lives
        self.groups: list[_Group] = []
        self.sent: Sent = Counter()
        self.next_mail: set[tuple[str, date]] = set()
        """Staff who were told too late for a day's mail, with the day of the next one."""

    def live(self, today: date) -> None:
        for group in self.groups:
            self._resume(group, today)
            if group.state == "active":
                self._morning(group, today)
        for address, day in self.next_mail:
            if day == today:
                self._tell_staff(address, today)
        had_mail = bool(self.sent["waiting_for_you", self.promises.reviewer, today])
        for group in self.groups:
            self._evening(group, today, had_mail)
        self.groups += [
            _Group(life, today + FIRST_WEEKS * DAY) for life in self.lives if life.joins == today
        ]

    # Mornings: mails that are due

    def _morning(self, group: _Group, today: date) -> None:
        asked_for = last_day_of_period(today + self.promises.ask * DAY, self.promises.interval)
        is_day_of_asking = asked_for - self.promises.ask * DAY == today
        if is_day_of_asking and today >= group.asked_from:
            group.open[asked_for] = today
        for due in group.open:
            self._step(group, (today - due).days, today)
        for noted in group.notices:
            seen_by = business_days_after(noted, DAYS_TO_SEE)
            if today == seen_by:
                self._tell_staff(self.promises.reviewer, today)
            if today == business_days_after(seen_by, DAYS_TO_ESCALATE):
                self._tell_staff(self.promises.escalation, today)

    def _step(self, group: _Group, late: int, today: date) -> None:
        numbers = self.promises
        one = {-numbers.ask: "update_ask", 0: "update_due", numbers.remind: "update_reminder"}
        if late in one:
            self._write(one[late], group.reachable[:1], today)
        elif late == numbers.second_contact:
            for address in group.reachable:
                is_second = address == group.life.second
                kind = "update_alternate" if is_second else "update_reminder"
                self._write(kind, [address], today)
        elif late in (numbers.attention, numbers.call, numbers.offer_pause):
            self._tell_staff(numbers.reviewer, today)

    # What people do: they resume a group before the mail of the day, all else in the evening

    def _resume(self, group: _Group, today: date) -> None:
        if today == group.life.resumes:
            group.state, group.asked_from = "active", max(group.asked_from, today)

    def _evening(self, group: _Group, today: date, had_mail: bool) -> None:
        life = group.life
        if group.state == "active" and self._comes_back(group, today):
            self._bounce(group, today, had_mail)
        elif group.state == "active" and self._answers(group, today):
            group.open.clear()
            if today != life.ends:
                self._write("update_thanks_quiet", group.reachable[:1], today)
        if today == life.pauses:
            group.state = "paused"
            group.open.clear()
        elif today == life.ends:
            group.state = "ended"
            self._write("affiliation_ended", group.reachable, today)

    def _comes_back(self, group: _Group, today: date) -> bool:
        return group.life.comes_back and not group.has_bounced and today in group.open.values()

    def _answers(self, group: _Group, today: date) -> bool:
        after = group.life.answers_after
        is_time = any((today - asked).days == after for asked in group.open.values())
        return is_time and bool(group.reachable)

    def _bounce(self, group: _Group, today: date, had_mail: bool) -> None:
        group.has_bounced = True
        group.notices.append(today)
        for _period in group.open:
            self._write("update_alternate", group.reachable, today)
        if had_mail:
            self.next_mail.add((self.promises.reviewer, business_days_after(today, 1)))
        else:
            self._tell_staff(self.promises.reviewer, today)

    # Mails

    def _write(self, kind: str, addresses: list[str], today: date) -> None:
        for address in addresses:
            self.sent[kind, address, today] += 1

    def _tell_staff(self, address: str, today: date) -> None:
        self.sent["waiting_for_you", address, today] = 1


def last_day_of_period(day: date, months: int) -> date:
    """Periods are counted from January of the year 0: quarters, halves and years."""
    while (day.year * 12 + day.month) % months:
        day = _first_of_next_month(day)
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _first_of_next_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1]) + DAY


def business_days_after(day: date, number: int) -> date:
    """Monday to Friday count."""
    while number:
        day += DAY
        number -= day.weekday() <= FRIDAY
    return day
