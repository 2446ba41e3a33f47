"""The one mail a day that staff get: the kind "waiting_for_you", listed when it is rendered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from workflows.core.due import due_in_words, long_date
from workflows.core.exceptions import NoLongerOwed
from workflows.core.links import absolute_url
from workflows.core.states import MailState
from workflows.deadlines.digests import WAITING_FOR_YOU, Item, waiting_for
from workflows.deadlines.policies import get_policy
from workflows.mail.kinds import ListItem, MailKind, Placeholder
from workflows.models import OutgoingMail

LONGEST_LIST = 50


def _is_the_newest(mail: OutgoingMail) -> bool:
    """After an outage the mails of several days are due at once; the newest of them lists all."""
    newer = OutgoingMail.objects.filter(
        kind=WAITING_FOR_YOU, recipient__iexact=mail.recipient, pk__gt=mail.pk
    )
    going_out = Q(state__in=(MailState.SENDING, MailState.UNCERTAIN, MailState.SENT))
    due = Q(state=MailState.QUEUED, next_attempt_at__lte=Now())
    return not newer.filter(going_out | due).exists()


def _context(mail: OutgoingMail) -> dict[str, Any]:
    """Raises NoLongerOwed if nothing waits for this person any more."""
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
    due = _("%(what)s: %(when)s (%(date)s)") % {
        "what": get_policy(item.deadline.kind).label,
        "when": due_in_words(item.late(now=now)),
        "date": long_date(item.due_on),
    }
    return ListItem(item.waiting.title, item.waiting.url, (due, item.waiting.note))


def _summary(items: Sequence[Item], now: datetime) -> str:
    number = len(items)
    all_of_it = ngettext("%(count)d task waits for you", "%(count)d tasks wait for you", number)
    late = sum(item.late(now=now) > 0 for item in items)
    if not late:
        return all_of_it % {"count": number}
    return _("%(all)s (%(late)d late)") % {"all": all_of_it % {"count": number}, "late": late}


KIND = MailKind(
    name=WAITING_FOR_YOU,
    templates="affiliate_workflows/mail",
    label=gettext_lazy("What waits for you"),
    sent_when=gettext_lazy(
        "At most once a day, to each person for whom something new or late waits."
    ),
    placeholders=(
        Placeholder(
            "name", help=gettext_lazy("The person’s name."), example=gettext_lazy("Robin Lee")
        ),
        Placeholder(
            "summary",
            help=gettext_lazy("How many tasks wait for the person, and how many are late."),
            example=gettext_lazy("2 tasks wait for you (1 late)"),
        ),
        Placeholder(
            "waiting",
            help=gettext_lazy(
                "The list of the tasks, each with its link. It needs a line of its own. What has "
                "been due the longest comes first."
            ),
            example=gettext_lazy(
                "Ohio Parents. Review: was due 2 days ago\nMaine Parents. Review: due tomorrow"
            ),
            is_list=True,
        ),
        Placeholder(
            "dashboard_url",
            help=gettext_lazy("The link to the person’s first page after logging in."),
            example="https://www.example.org/admin/",
            is_link=True,
        ),
    ),
    context=_context,
    still_owed=_is_the_newest,
    why=gettext_lazy(
        "You get this mail because these tasks wait for you. It comes once a day at most."
    ),
)
