"""The one mail a day at most that staff get: it lists all that waits for them.

The mail is one row in the outbox per person and day, whose list is made when it is rendered. What
comes up after the day's mail has been rendered is in the mail of the next day that counts. Days are
those of the matter's own calendar, so that people get one mail on each day where they are.
"""

from collections.abc import Iterable, Iterator, Sequence
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


def concerned(deadline: Deadline, *, now: datetime) -> list[Recipient]:
    """The staff for whom this waits: its holders, and those whom a step has told by now."""
    policy = get_policy(deadline.kind)
    return unique(_told_by(deadline, policy, now))


def _told_by(deadline: Deadline, policy: Policy, now: datetime) -> Iterator[Recipient]:
    ladder = policy.ladder(deadline)
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
    if not any(person.email.lower() == address for person in _told_by(deadline, policy, now)):
        return None
    waiting = policy.waiting(deadline)
    return Item(deadline, waiting, policy.ladder(deadline).calendar) if waiting else None


def open_for_staff() -> list[Deadline]:
    """Every promise that is still owed and may wait for staff, loaded, due first.

    One whose clock is paused waits for nobody.
    """
    of_staff = kinds_of_staff()
    running = Deadline.objects.filter(kind__in=of_staff, closed_at=None, paused_until=None)
    deadlines = list(running.order_by("due_at", "pk"))
    for kind in of_staff:
        if same_kind := [deadline for deadline in deadlines if deadline.kind == kind]:
            get_policy(kind).load(same_kind)
    return [deadline for deadline in deadlines if get_policy(deadline.kind).still_owed(deadline)]


def _is_the_newest(mail: OutgoingMail) -> bool:
    """After an outage the mails of several days are due at once; the newest of them lists all."""
    newer = OutgoingMail.objects.filter(
        kind=mail.kind, recipient__iexact=mail.recipient, pk__gt=mail.pk
    )
    going_out = Q(state__in=(MailState.SENDING, MailState.UNCERTAIN, MailState.SENT))
    due = Q(state=MailState.QUEUED, next_attempt_at__lte=Now())
    return not newer.filter(going_out | due).exists()


def _context(mail: OutgoingMail) -> dict[str, Any]:
    """Raises NoLongerOwed if nothing waits for this person anymore."""
    now = timezone.now()
    items = waiting_for(mail.recipient, now=now)
    if not items:
        raise NoLongerOwed
    return {
        "name": mail.recipient_name,
        "summary": _summary(items, now),
        "waiting": listed(items, now=now),
        "dashboard_url": absolute_url(reverse("wagtailadmin_home")),
    }


def listed(items: Sequence[Item], *, now: datetime) -> list[ListItem]:
    """The list as it stands in the mail: of many, the first ones and how many more there are."""
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
                    "has been due the longest comes first."
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
    """``recipient`` has to hear about something that came up at ``at``; ``calendar`` is its own."""

    recipient: Recipient
    calendar: Calendar
    at: datetime


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
