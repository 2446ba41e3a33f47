"""The email of open tasks that staff get at most once a day. It is one outbox row per person and
day, with its list made when rendered. Later tasks are in the next day's email. Days follow the
calendar of each task.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from workflows.core.calendars import Calendar
from workflows.core.due import days_late, due_in_words, long_date
from workflows.core.exceptions import NoLongerOwed
from workflows.core.links import absolute_url
from workflows.core.people import Recipient, unique
from workflows.core.states import MailState
from workflows.deadlines.policies import Policy, Waiting, get_policy, kinds_of_staff
from workflows.mail import kinds
from workflows.mail.kinds import ListItem, MailKind, Placeholder
from workflows.mail.outbox import NewMail, queue
from workflows.models import Deadline, OutgoingMail

LONGEST_LIST = 50

NEWS: list[Callable[[str], list[ListItem]]] = []
"""Each returns what a person, by address, should know without having to do anything. Other rooms
add theirs.
"""


@dataclass(frozen=True)
class Item:
    deadline: Deadline
    waiting: Waiting
    calendar: Calendar

    @property
    def due_on(self) -> date:
        return self.calendar.day_of(self.deadline.due_at)

    def late(self, *, now: datetime) -> int:
        return days_late(self.deadline.due_at, calendar=self.calendar, now=now)


def concerned(deadline: Deadline, *, now: datetime) -> list[Recipient]:
    """Staff who own the task, and those a step has notified."""
    policy = get_policy(deadline.kind)
    return unique(_told_by(deadline, policy, now))


def _told_by(deadline: Deadline, policy: Policy, now: datetime) -> Iterator[Recipient]:
    ladder = policy.ladder(deadline)
    if policy.holders:
        yield from policy.staff(deadline, policy.holders)
    for audience in ladder.audiences(deadline.due_at, until=now):
        yield from policy.staff(deadline, audience)


def waiting_for(address: str, *, now: datetime) -> list[Item]:
    wanted = address.lower()
    found = (_item_for(wanted, deadline, now) for deadline in open_for_staff())
    return [item for item in found if item]


def _item_for(address: str, deadline: Deadline, now: datetime) -> Item | None:
    policy = get_policy(deadline.kind)
    if not any(person.email.lower() == address for person in _told_by(deadline, policy, now)):
        return None
    waiting = policy.waiting(deadline)
    return Item(deadline, waiting, policy.ladder(deadline).calendar) if waiting else None


def open_for_staff() -> list[Deadline]:
    """Open deadlines that are still owed by staff, loaded, earliest due first; none that are
    paused.
    """
    of_staff = kinds_of_staff()
    running = Deadline.objects.filter(kind__in=of_staff, closed_at=None, paused_until=None)
    deadlines = list(running.order_by("due_at", "pk"))
    for kind in of_staff:
        if same_kind := [deadline for deadline in deadlines if deadline.kind == kind]:
            get_policy(kind).load(same_kind)
    return [deadline for deadline in deadlines if get_policy(deadline.kind).still_owed(deadline)]


def _is_the_newest(mail: OutgoingMail) -> bool:
    """After an outage several daily emails are due at once; only that of the latest day is sent.
    The key ends with the day: Friday's email for Monday may be older than Saturday's.
    """
    newer = OutgoingMail.objects.filter(
        kind=mail.kind, recipient__iexact=mail.recipient, key__gt=mail.key
    )
    going_out = Q(state__in=(MailState.SENDING, MailState.UNCERTAIN, MailState.SENT))
    due = Q(state=MailState.QUEUED, next_attempt_at__lte=Now())
    return not newer.filter(going_out | due).exists()


def _context(mail: OutgoingMail) -> dict[str, Any]:
    """Raises NoLongerOwed if the person has no open task and there is no news."""
    now = timezone.now()
    items = waiting_for(mail.recipient, now=now)
    news = [item for source in NEWS for item in source(mail.recipient)]
    if not items and not news:
        raise NoLongerOwed
    return {
        "name": mail.recipient_name,
        "summary": _summary(items, now) if items else gettext("No open tasks, but some news"),
        "waiting": [*listed(items, now=now), *news[:LONGEST_LIST]],
        "dashboard_url": absolute_url(reverse("wagtailadmin_home")),
    }


def listed(items: Sequence[Item], *, now: datetime) -> list[ListItem]:
    """The list, cut to LONGEST_LIST items and the number of the others."""
    shown = [_list_item(item, now) for item in items[:LONGEST_LIST]]
    if more := len(items) - len(shown):
        text = ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more}
        shown.append(ListItem(text, absolute_url(reverse("workflows_open_reviews"))))
    return shown


def _list_item(item: Item, now: datetime) -> ListItem:
    due = gettext("%(what)s: %(when)s (%(date)s)") % {
        "what": get_policy(item.deadline.kind).label,
        "when": due_in_words(item.late(now=now)),
        "date": long_date(item.due_on),
    }
    return ListItem(item.waiting.title, item.waiting.url, (due, item.waiting.note))


def _summary(items: Sequence[Item], now: datetime) -> str:
    number = len(items)
    all_of_it = ngettext("You have %(count)d open task", "You have %(count)d open tasks", number)
    late = sum(item.late(now=now) > 0 for item in items)
    if not late:
        return all_of_it % {"count": number}
    return gettext("%(all)s (%(late)d late)") % {"all": all_of_it % {"count": number}, "late": late}


WAITING_FOR_YOU = kinds.register(
    MailKind(
        name="waiting_for_you",
        templates="affiliate_workflows/mail",
        label=_("Your open tasks"),
        is_personal=True,
        sent_when=_("At most once a day, to each person who has a new or late task."),
        placeholders=(
            Placeholder("name", _("The person’s name."), _("Robin Lee")),
            Placeholder(
                "summary",
                _("How many tasks the person has, and how many are late."),
                _("You have 2 open tasks (1 late)"),
            ),
            Placeholder(
                "waiting",
                _(
                    "The list of the tasks, each with its link. It needs a line of its own. What "
                    "has been due the longest comes first. News comes last."
                ),
                _("Ohio Parents. Review: was due 2 days ago\nMaine Parents. Review: due tomorrow"),
                is_list=True,
            ),
            Placeholder(
                "dashboard_url",
                _("The link to the person’s first page after logging in."),
                "https://www.example.org/admin/",
                is_link=True,
            ),
        ),
        context=_context,
        still_owed=_is_the_newest,
        why=_("You get this email because you have open tasks. It comes once a day at most."),
    )
)


@dataclass(frozen=True)
class Told:
    """``recipient`` is to be notified of a task from ``at``, in days of ``calendar``."""

    recipient: Recipient
    calendar: Calendar
    at: datetime


def tell(told: Iterable[Told], *, now: datetime) -> None:
    """Queue daily emails so that each person gets one that lists the task. Effects: today's email,
    or the next day's if today's is rendered without the task or an older one arrived today. Must
    run in the transaction that creates the task.
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
    """After an outage yesterday's email may arrive today, and today's would be a second one."""
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
    """Queue the email of that day; return whether it will list the task. The update locks a queued
    row until the commit, so that no worker renders it without the task.
    """
    mail = _mail_of(matter.calendar.day_of(day), matter, not_before=day if day > now else None)
    (row,) = queue(mail, now=now)
    same = OutgoingMail.objects.filter(pk=row.pk)
    if same.filter(state=MailState.QUEUED, message=None).update(kind=WAITING_FOR_YOU):
        return True
    # It was obsolete because nothing was open; now a task is.
    if same.filter(state=MailState.OBSOLETE).update(
        state=MailState.QUEUED, created_at=now, next_attempt_at=mail.not_before or Now()
    ):
        return True
    # A task of this transaction did not exist when that email was rendered.
    return matter.at < now and row.created_at >= matter.at
