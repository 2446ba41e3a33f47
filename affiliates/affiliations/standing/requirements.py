"""How an affiliate keeps each requirement, worked out from days, in Python and by the database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from affiliates.core.states import RequirementState
from affiliates.models import Affiliation, Commitment, Requirement, UpdateRequest

BEST_FIRST = tuple(RequirementState)


@dataclass(frozen=True)
class RequirementStatus:
    """``since``: the day on which the state began, if known. ``why`` is for anybody, ``reason`` is
    what staff wrote, for staff alone. No ``commitment``: the group has none yet, or staff decided
    nothing about its updates.
    """

    requirement: Requirement
    state: RequirementState
    why: str
    since: date | None = None
    due_on: date | None = None
    reason: str = ""
    commitment: Commitment | None = None

    def __str__(self) -> str:
        return str(self.label)

    @property
    def label(self) -> str | Promise:
        return self.state.label

    @property
    def has_proofs(self) -> bool:
        """Of updates, requests say what was given."""
        return self.commitment is not None and not self.requirement.is_of_updates

    @property
    def is_open(self) -> bool:
        """Whether the group has something to do."""
        return self.state in (RequirementState.DUE, RequirementState.LATE)


def worst_of(statuses: Iterable[RequirementStatus]) -> RequirementState:
    """Kept, if there is none."""
    states = (status.state for status in statuses)
    return max(states, key=BEST_FIRST.index, default=RequirementState.KEPT)


def state_of(commitment: Commitment, today: date, *, on_break: bool = False) -> RequirementState:
    """Keep in step with ``in_state``, the same rule for the database."""
    if is_waived(commitment, today):
        return RequirementState.WAIVED
    if commitment.unknown_on:
        return RequirementState.UNKNOWN
    if commitment.due_on is None or (commitment.proved_on and _is_ahead(commitment.ask_on, today)):
        return RequirementState.KEPT
    is_late = not on_break and not _is_ahead(commitment.late_on, today)
    return RequirementState.LATE if is_late else RequirementState.DUE


def has_break(affiliation: Affiliation, today: date) -> bool:
    """While reminders are paused, nothing counts as late."""
    until = affiliation.reminders_paused_until
    return until is not None and until > today


def is_waived(commitment: Commitment, today: date) -> bool:
    until = commitment.waived_until
    return commitment.waived_on is not None and (until is None or today < until)


def counts(commitment: Commitment, today: date) -> bool:
    """Whether its days count for the standing of the group; see ``counting``."""
    return commitment.unknown_on is None and not is_waived(commitment, today)


def counting(today: date) -> Q:
    return ~waived(today) & Q(unknown_on=None)


def waived(today: date) -> Q:
    return Q(waived_on__isnull=False) & (Q(waived_until=None) | Q(waived_until__gt=today))


def in_state(state: str, today: date) -> Q:
    """Filters commitments of programs where it is ``today``."""
    on_break = Q(affiliation__reminders_paused_until__gt=today)
    kept = Q(due_on=None) | Q(proved_on__isnull=False, ask_on__gt=today)
    late = Q(late_on__lte=today) & ~on_break
    owed = counting(today) & ~kept
    return {
        RequirementState.WAIVED: waived(today),
        RequirementState.UNKNOWN: ~waived(today) & Q(unknown_on__isnull=False),
        RequirementState.KEPT: counting(today) & kept,
        RequirementState.LATE: owed & late,
        RequirementState.DUE: owed & ~late,
    }[RequirementState(state)]


def statuses_of(
    requirements: Sequence[Requirement],
    commitments: Mapping[int, Commitment],
    *,
    updates: Sequence[UpdateRequest],
    last_update_on: date | None,
    today: date,
    on_break: bool,
) -> tuple[RequirementStatus, ...]:
    """In the program's order. ``commitments`` by requirement; ``updates``: the open requests,
    oldest first.
    """
    found = []
    for requirement in requirements:
        commitment = commitments.get(requirement.pk)
        if commitment and (is_waived(commitment, today) or not requirement.is_of_updates):
            found.append(_of(commitment, today, on_break))
        elif requirement.is_of_updates:
            own = commitment, updates, last_update_on
            found.append(_of_updates(requirement, *own, today, on_break))
    return tuple(found)


def _of(commitment: Commitment, today: date, on_break: bool) -> RequirementStatus:
    state = state_of(commitment, today, on_break=on_break)
    since, why = _SAID[state](commitment, today)
    reason = commitment.reason if state in _WITH_REASON else ""
    return RequirementStatus(
        commitment.requirement, state, why, since, commitment.due_on, reason, commitment
    )


_WITH_REASON = (RequirementState.WAIVED, RequirementState.UNKNOWN, RequirementState.DUE)

Said = tuple[date | None, str]


def _kept(commitment: Commitment, today: date) -> Said:
    proved_on, due_on = commitment.proved_on, commitment.due_on
    if proved_on is None:
        return None, _("Nothing is owed.")
    if due_on is None:
        return proved_on, _("Kept since %(date)s.") % {"date": date_format(proved_on)}
    values = {"date": date_format(proved_on), "due": date_format(due_on)}
    return proved_on, _("Kept since %(date)s. Due again on %(due)s.") % values


def _waived(commitment: Commitment, today: date) -> Said:
    until = commitment.waived_until
    text = _("Waived until %(date)s.") % {"date": date_format(until)} if until else _("Waived.")
    return commitment.waived_on, text


def _unknown(commitment: Commitment, today: date) -> Said:
    since: Any = commitment.unknown_on
    return since, _("We could not find out since %(date)s.") % {"date": date_format(since)}


def _due(commitment: Commitment, today: date) -> Said:
    return commitment.ask_on, due_text(commitment.due_on, today)


_SAID = {
    RequirementState.KEPT: _kept,
    RequirementState.WAIVED: _waived,
    RequirementState.UNKNOWN: _unknown,
    RequirementState.DUE: _due,
    RequirementState.LATE: lambda commitment, today: (
        commitment.due_on,
        due_text(commitment.due_on, today),
    ),
}


def due_text(due_on: date | None, today: date) -> str:
    if due_on is None:
        return ""
    days = (today - due_on).days
    values = {"date": date_format(due_on), "count": days}
    if due_on >= today:
        return _("Due on %(date)s.") % values
    return (
        ngettext(
            "Due on %(date)s, %(count)d day ago.",
            "Due on %(date)s, %(count)d days ago.",
            days,
        )
        % values
    )


def _of_updates(
    requirement: Requirement,
    terms: Commitment | None,
    requests: Sequence[UpdateRequest],
    last_update_on: date | None,
    today: date,
    on_break: bool,
) -> RequirementStatus:
    reason = terms.reason if terms and _is_put_off(terms, requests) else ""
    if not requests:
        text, next_on = _no_update_owed(terms, last_update_on), terms.due_on if terms else None
        kept = RequirementState.KEPT
        return RequirementStatus(requirement, kept, text, last_update_on, next_on, reason, terms)
    due_on = requests[0].due_on
    is_late = due_on < today and not on_break
    state = RequirementState.LATE if is_late else RequirementState.DUE
    since, text = due_on if is_late else None, due_text(due_on, today)
    return RequirementStatus(requirement, state, text, since, due_on, reason, terms)


def _is_put_off(terms: Commitment, requests: Sequence[UpdateRequest]) -> bool:
    return requests[0].put_off_at is not None if requests else terms.due_on is not None


def _no_update_owed(terms: Commitment | None, last_update_on: date | None) -> str:
    text = _("Nothing is owed.")
    if last_update_on:
        text = _("Last update on %(date)s.") % {"date": date_format(last_update_on)}
    if terms is None or terms.due_on is None:
        return text
    return f"{text} {_('The next one is due on %(date)s.') % {'date': date_format(terms.due_on)}}"


def _is_ahead(day: date | None, today: date) -> bool:
    return day is not None and today < day
