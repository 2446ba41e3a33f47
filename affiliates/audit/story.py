"""The story of one application: what happened to it, in order, and who did it.

It is put together from what is written down anyway: the transitions, the questions, the steps that
were taken because a promise was late, Wagtail's log of the page, and the outbox. All of it outlives
the page, which is deleted if the group is declined.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.core.states import Actor
from affiliates.models import Transition
from workflows.core.exceptions import UnknownMailKind
from workflows.mail.kinds import get_kind
from workflows.models import OutgoingMail

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass(frozen=True)
class StoryLine:
    """Something that happened. ``mail`` is set if it was a mail."""

    at: datetime
    what: str
    detail: str = ""
    reason: str = ""
    mail: OutgoingMail | None = None


def by_whom(row: Transition) -> str:
    return name_of(row.user) if row.user else str(BY_WHOM.get(row.actor, row.actor))


def name_of(user: "User") -> str:
    return by_name(user.get_full_name() or user.get_username())


def by_name(name: str) -> str:
    return _("by %(name)s") % {"name": name}


def mail_line(mail: OutgoingMail) -> StoryLine:
    return StoryLine(
        mail.sent_at or mail.created_at,
        _("Mail: %(kind)s") % {"kind": _kind_label(mail.kind)},
        _("to %(address)s") % {"address": mail.recipient},
        mail=mail,
    )


BY_WHOM: dict[str, Promise] = {
    Actor.APPLICANT: gettext_lazy("by the applicant"),
    Actor.STAFF: gettext_lazy("by staff"),
    Actor.SYSTEM: gettext_lazy("automatically"),
}


def _kind_label(name: str) -> str:
    """The kind's label, or its name if the app that had it is gone."""
    try:
        return str(get_kind(name).label)
    except UnknownMailKind:
        return name
