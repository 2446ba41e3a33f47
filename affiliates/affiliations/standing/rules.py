"""The standing of an affiliation and its reasons, computed on demand and never stored. A lapsed
affiliation only needs attention: nothing pauses or ends it automatically.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.utils import get_user_display_name

from affiliates.affiliations.standing.queries import LIMITS, Facts, facts_of, limit_of
from affiliates.affiliations.standing.requirements import (
    RequirementStatus,
    counts,
    statuses_of,
    worst_of,
)
from affiliates.affiliations.update_terms import days_by
from affiliates.core.states import Actor, AffiliationState, RequirementState, Standing
from affiliates.mail.contacts import reachable
from affiliates.models import Affiliation, Commitment, ContactUpdate, UpdateRequest
from affiliates.programs.promised_days import today_at


@dataclass(frozen=True)
class Reason:
    """``for_group`` replaces ``text`` for the group, where staff read more. ``on_checklist``: the
    group reads it there.
    """

    text: str
    is_fault: bool = False
    for_group: str = ""
    on_checklist: bool = False

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class StandingReport:
    """Most important reasons first. ``next_due_on``: of the oldest open update, or the next.
    ``requirements``: how each is kept, in the program's order.
    """

    level: Standing
    reasons: tuple[Reason, ...]
    last_update: ContactUpdate | None = None
    next_due_on: date | None = None
    requirements: tuple[RequirementStatus, ...] = ()

    @property
    def worst(self) -> RequirementState:
        return worst_of(self.requirements)

    @property
    def label(self) -> str:
        return str(self.level.label)

    @property
    def is_good(self) -> bool:
        return self.level == Standing.GOOD

    @property
    def main_reason(self) -> str:
        return self.reasons[0].text if self.reasons else ""

    @property
    def reasons_for_group(self) -> list[str]:
        """Without names of staff and their notes."""
        return [one.for_group or one.text for one in self.reasons if not one.on_checklist]


def standing_of(affiliation: Affiliation, now: datetime) -> StandingReport:
    return standings([affiliation], now)[affiliation.pk]


def standings(affiliations: Iterable[Affiliation], now: datetime) -> dict[int, StandingReport]:
    """By primary key, with a constant query count."""
    return {facts.affiliation.pk: assess(facts) for facts in facts_of(affiliations, now)}


def assess(facts: Facts) -> StandingReport:
    level, kept = level_of(facts), _requirements(facts)
    reasons = (*_state_reasons(facts), *_faults(facts, kept), *_notes(facts, kept))
    return StandingReport(level, reasons, facts.last_update, _next_due_on(facts), kept)


def _requirements(facts: Facts) -> tuple[RequirementStatus, ...]:
    affiliation, last = facts.affiliation, facts.last_update
    if affiliation.state != AffiliationState.ACTIVE:
        return ()
    return statuses_of(
        facts.requirements,
        facts.commitments,
        updates=facts.open_requests,
        last_update_on=today_at(affiliation.program, last.sent_at) if last else None,
        today=facts.today,
        on_break=has_break(affiliation, facts.today),
    )


def level_of(facts: Facts) -> Standing:
    """Keep in step with ``queries.with_level``, the same rule for the database."""
    state = facts.affiliation.state
    if state != AffiliationState.ACTIVE:
        return Standing.PAUSED if state == AffiliationState.PAUSED else Standing.ENDED
    if not has_break(facts.affiliation, facts.today):
        if _has_passed(facts, "pause_days"):
            return Standing.LAPSED
        if _has_passed(facts, "attention_days"):
            return Standing.ATTENTION
    return Standing.GOOD if reachable(facts.affiliation) else Standing.ATTENTION


def _has_passed(facts: Facts, name: str) -> bool:
    """``name``: see ``LIMITS``."""
    limit = limit_of(_update_days(facts, name), facts.today)
    if facts.oldest_due and facts.oldest_due <= limit:
        return True
    days = (getattr(one, LIMITS[name]) for one in _counting(facts))
    return any(day is not None and day <= facts.today for day in days)


def _update_days(facts: Facts, name: str) -> int:
    return days_by(facts.affiliation.program, facts.update_terms, name)


def _counting(facts: Facts) -> Iterator[Commitment]:
    return (one for one in facts.commitments.values() if counts(one, facts.today))


def has_break(affiliation: Affiliation, today: date) -> bool:
    """While reminders are paused, nothing counts as late."""
    until = affiliation.reminders_paused_until
    return until is not None and until > today


def _next_due_on(facts: Facts) -> date | None:
    affiliation = facts.affiliation
    if affiliation.state != AffiliationState.ACTIVE:
        return None
    asked_on = affiliation.next_ask_on
    later = asked_on and asked_on + timedelta(days=_update_days(facts, "ask_days"))
    return facts.oldest_due or later


def _state_reasons(facts: Facts) -> Iterator[Reason]:
    state, moved = facts.affiliation.state, facts.moved
    if state == AffiliationState.ACTIVE:
        return
    if moved is None:
        yield Reason(_("Paused.") if state == AffiliationState.PAUSED else _("Ended."))
        return
    values = {"date": date_format(today_at(facts.affiliation.program, moved.at))}
    if moved.actor == Actor.CONTACT:
        hidden, left = _("Hidden by the group since %(date)s."), _("The group left on %(date)s.")
        plain = (hidden if state == AffiliationState.PAUSED else left) % values
        yield Reason(f"{plain} {moved.reason}".strip(), for_group=plain)
        return
    if state == AffiliationState.PAUSED:
        plain = _("Paused since %(date)s.") % values
        by_staff = _("Paused since %(date)s by %(name)s.")
    else:
        plain = _("Ended on %(date)s.") % values
        by_staff = _("Ended on %(date)s by %(name)s.")
    full = by_staff % {**values, "name": get_user_display_name(moved.user)} if moved.user else plain
    yield Reason(f"{full} {moved.reason}".strip(), for_group=plain)


def _faults(facts: Facts, kept: Iterable[RequirementStatus]) -> Iterator[Reason]:
    if facts.affiliation.state != AffiliationState.ACTIVE:
        return
    on_break = has_break(facts.affiliation, facts.today)
    for request in facts.open_requests:
        if request.due_on < facts.today:
            yield Reason(_how_late(request, facts.today), is_fault=not on_break)
    for status in _apart_from_updates(kept):
        if status.state == RequirementState.LATE:
            yield Reason(_named(status), is_fault=True, on_checklist=True)
    if not reachable(facts.affiliation):
        yield Reason(_why_unreachable(facts.affiliation), is_fault=True)


def _how_late(request: UpdateRequest, today: date) -> str:
    days = (today - request.due_on).days
    return ngettext(
        "The update for %(period)s is %(count)d day late.",
        "The update for %(period)s is %(count)d days late.",
        days,
    ) % {"period": request.period.label, "count": days}


def _why_unreachable(affiliation: Affiliation) -> str:
    if affiliation.primary_contact or affiliation.alternate_contact:
        return _("Nobody can be reached: email to each contact bounced.")
    return _("Nobody can be reached: there is no contact.")


_WORTH_A_NOTE = (RequirementState.DUE, RequirementState.UNKNOWN, RequirementState.WAIVED)


def _apart_from_updates(kept: Iterable[RequirementStatus]) -> Iterator[RequirementStatus]:
    """Of updates there is more to say than of the others, unless they are waived."""
    for status in kept:
        if not status.requirement.is_of_updates or status.state == RequirementState.WAIVED:
            yield status


def _named(status: RequirementStatus) -> str:
    return f"{status.requirement.name}: {status.why}"


def _notes(facts: Facts, kept: Iterable[RequirementStatus]) -> Iterator[Reason]:
    for status in _apart_from_updates(kept):
        if status.state in _WORTH_A_NOTE:
            yield Reason(f"{_named(status)} {status.reason}".strip(), on_checklist=True)
    yield from map(Reason, (*_coming(facts), *_received(facts)))
    yield from _accepted(facts)


def _coming(facts: Facts) -> Iterator[str]:
    affiliation, today = facts.affiliation, facts.today
    if affiliation.state != AffiliationState.ACTIVE:
        return
    until = affiliation.reminders_paused_until
    if until and has_break(affiliation, today):
        day = date_format(until)
        yield _("Reminders are paused until %(date)s.") % {"date": day}
    for request in facts.open_requests:
        if request.due_on >= today:
            values = {"period": request.period.label, "date": date_format(request.due_on)}
            yield _("The update for %(period)s is due on %(date)s.") % values
    if affiliation.next_ask_on and not facts.open_requests:
        day = date_format(max(affiliation.next_ask_on, today))
        is_first = not facts.was_asked and facts.last_update is None
        text = (
            _("We will ask for the first update on %(date)s.")
            if is_first
            else _("We will ask for the next update on %(date)s.")
        )
        yield text % {"date": day}


def _received(facts: Facts) -> Iterator[str]:
    update = facts.last_update
    if update:
        day = today_at(facts.affiliation.program, update.sent_at)
        values = {"date": date_format(day), "kind": update.get_kind_display()}
        yield _("Last update on %(date)s: “%(kind)s”.") % values


def _accepted(facts: Facts) -> Iterator[Reason]:
    if not facts.acceptances:
        yield _asks_nothing(_("We have no record that the group accepted the beliefs."))
        return
    last = max(row.accepted_at for row in facts.acceptances)
    day = date_format(today_at(facts.affiliation.program, last))
    yield Reason(_("Accepted the beliefs as of %(date)s.") % {"date": day})
    known = {row.statement_id: row.text_hash for row in facts.acceptances}
    today = facts.texts
    changed = sum(key in known and known[key] not in counts for key, counts in today.items())
    added = len(today.keys() - known.keys())
    if changed:
        text = ngettext(
            "%(count)d belief or obligation has changed since then.",
            "%(count)d beliefs or obligations have changed since then.",
            changed,
        )
        yield _asks_nothing(text % {"count": changed})
    if added:
        text = ngettext(
            "%(count)d belief or obligation was added since then.",
            "%(count)d beliefs or obligations were added since then.",
            added,
        )
        yield _asks_nothing(text % {"count": added})


def _asks_nothing(text: str) -> Reason:
    return Reason(text, for_group=_("%s You do not need to do anything.") % text)
