"""Log entries about promised days that moved with a closure: which, from when to when, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import User
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import ModelLogEntry

from affiliates.audit.bulk_log import log_all
from affiliates.audit.story import StoryLine, name_of
from affiliates.models import Affiliation, Application
from workflows.core.due import long_date

MOVED = "affiliates.promise_moved"
ACTIONS = {MOVED: (gettext_lazy("Move a promised day"), gettext_lazy("Promised day moved"))}

DECISION, ANSWER, UPDATE, HELP = "decision", "answer", "update", "help"
REQUIREMENT_DAY = "requirement"
WHAT: dict[str, Promise] = {
    DECISION: gettext_lazy("The day of the decision moved"),
    ANSWER: gettext_lazy("The day for the group’s answer moved"),
    UPDATE: gettext_lazy("The day of the update moved"),
    HELP: gettext_lazy("The day of our answer moved"),
    REQUIREMENT_DAY: gettext_lazy("The day of a requirement moved"),
}


@dataclass(frozen=True)
class Move:
    about: Application | Affiliation
    promise: str
    old: date
    new: date
    why: str


def log_moves(moves: Iterable[Move], *, user: User | None, now: datetime) -> None:
    """In one statement."""
    log_all(MOVED, ((move.about, _data(move)) for move in moves), user=user, now=now)


def _data(move: Move) -> dict[str, str]:
    days = {"from": move.old.isoformat(), "to": move.new.isoformat()}
    return {"promise": move.promise, **days, "why": move.why}


def line_of(entry: ModelLogEntry) -> StoryLine:
    days = {name: long_date(date.fromisoformat(entry.data[name])) for name in ("from", "to")}
    by = name_of(entry.user) if entry.user else ""
    detail = _("from %(from)s to %(to)s") % days
    what = str(WHAT[entry.data["promise"]])
    why = entry.data["why"] or _("The days off that we had planned have changed.")
    return StoryLine(entry.timestamp, what, f"{detail} {by}".strip(), why)
