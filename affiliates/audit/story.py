"""Entries of the history of an application or affiliation."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.core.states import Actor
from affiliates.models import Transition
from workflows.mail.kinds import get_kind, is_known
from workflows.models import OutgoingMail


@dataclass(frozen=True)
class StoryLine:
    at: datetime
    what: str
    detail: str = ""
    reason: str = ""
    mail: OutgoingMail | None = None


def by_whom(row: Transition) -> str:
    return name_of(row.user) if row.user else str(BY_WHOM.get(row.actor, row.actor))


def name_of(user: User) -> str:
    return by_name(user.get_full_name() or user.get_username())


def by_name(name: str) -> str:
    return _("by %(name)s") % {"name": name}


def mail_line(mail: OutgoingMail) -> StoryLine:
    # An uninstalled app leaves only the name of its kind.
    label = str(get_kind(mail.kind).label) if is_known(mail.kind) else mail.kind
    return StoryLine(
        mail.sent_at or mail.created_at,
        _("Mail: %(kind)s") % {"kind": label},
        _("to %(address)s") % {"address": mail.recipient},
        mail=mail,
    )


BY_WHOM: dict[str, Promise] = {
    Actor.APPLICANT: gettext_lazy("by the applicant"),
    Actor.CONTACT: gettext_lazy("by a contact of the group"),
    Actor.STAFF: gettext_lazy("by staff"),
    Actor.SYSTEM: gettext_lazy("automatically"),
}
