"""The standing of an affiliation, computed on demand and never stored. A lapsed affiliation only
needs attention: nothing pauses or ends it automatically.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from affiliates.affiliations.standing.queries import LIMITS, Facts, facts_of, limit_of
from affiliates.affiliations.standing.reasons import Reason, reasons_of
from affiliates.affiliations.standing.requirements import (
    RequirementStatus,
    counts,
    has_break,
    statuses_of,
    worst_of,
)
from affiliates.affiliations.update_terms import days_by
from affiliates.core.states import AffiliationState, RequirementState, Standing
from affiliates.mail.contacts import reachable
from affiliates.models import Affiliation, Commitment, ContactUpdate
from affiliates.programs.promised_days import today_at


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

    def __str__(self) -> str:
        """Wagtail's lists ask each value for it; a dataclass would tell all it knows."""
        return self.label

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
    def reasons_on_record(self) -> list[Reason]:
        """What the requirements and updates below do not say."""
        said_below = bool(self.requirements)
        return [one for one in self.reasons if not (said_below and one.on_record)]

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
    reasons = tuple(reasons_of(facts, kept))
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


def _next_due_on(facts: Facts) -> date | None:
    affiliation = facts.affiliation
    if affiliation.state != AffiliationState.ACTIVE:
        return None
    asked_on = affiliation.next_ask_on
    later = asked_on and asked_on + timedelta(days=_update_days(facts, "ask_days"))
    return facts.oldest_due or later
