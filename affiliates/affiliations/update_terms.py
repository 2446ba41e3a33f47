"""What staff decided about the regular updates of one group: waived, put off, days of its own."""

from collections.abc import Collection
from datetime import date

from django.db.models import F, QuerySet

from affiliates.affiliations.standing.requirements import is_waived
from affiliates.models import AffiliateProgramPage, Affiliation, Commitment
from affiliates.models.requirements import UPDATE
from workflows.core.rows import among

_KNOWN = "_known_update_terms"


def update_commitments() -> QuerySet[Commitment]:
    """Of present programs: what an earlier one of the group decided no longer counts."""
    return Commitment.objects.filter(
        requirement__kind=UPDATE, requirement__program=F("affiliation__program")
    ).order_by()


def load_terms(affiliations: Collection[Affiliation]) -> None:
    """As they are now, in one query."""
    rows = update_commitments().filter(affiliation__in=among(one.pk for one in affiliations))
    found = {row.affiliation_id: row for row in rows}
    for one in affiliations:
        know_terms(one, found.get(one.pk))


def know_terms(affiliation: Affiliation, terms: Commitment | None) -> None:
    affiliation.__dict__[_KNOWN] = terms


def terms_of(affiliation: Affiliation) -> Commitment | None:
    """None where staff decided nothing. No query if they are loaded or were prefetched, as
    ``commitments__requirement``.
    """
    if _KNOWN not in affiliation.__dict__:
        _find_terms(affiliation)
    return affiliation.__dict__[_KNOWN]


def _find_terms(affiliation: Affiliation) -> None:
    prefetched = getattr(affiliation, "_prefetched_objects_cache", {}).get("commitments")
    if prefetched is not None:
        know_terms(affiliation, terms_among(prefetched, affiliation))
    elif affiliation.pk is None:
        know_terms(affiliation, None)
    else:
        load_terms([affiliation])


def terms_among(rows: Collection[Commitment], affiliation: Affiliation) -> Commitment | None:
    """``rows`` of the affiliation, with their requirements."""
    own = (row for row in rows if row.requirement.is_of_updates)
    return next((row for row in own if row.requirement.program_id == affiliation.program_id), None)


def update_days(affiliation: Affiliation, name: str) -> int:
    """``name``: one of ``LADDER_FIELDS``."""
    return days_by(affiliation.program, terms_of(affiliation), name)


def days_by(program: AffiliateProgramPage, terms: Commitment | None, name: str) -> int:
    own = terms.offsets.get(name) if terms else None
    return getattr(program, f"update_{name}") if own is None else int(own)


def skipped_before(affiliation: Affiliation) -> date:
    """No update is asked for whose request day comes before."""
    terms = terms_of(affiliation)
    return max(affiliation.asks_from, (terms and terms.waived_until) or affiliation.asks_from)


def is_waived_for_good(affiliation: Affiliation) -> bool:
    terms = terms_of(affiliation)
    return terms is not None and is_waived(terms, date.max)


def put_off_to(affiliation: Affiliation) -> date | None:
    """The due day that staff gave to the next request."""
    terms = terms_of(affiliation)
    return terms.due_on if terms else None


def spend_put_off(affiliation: Affiliation) -> None:
    """The next request has come, so the one after it has its usual day."""
    terms = terms_of(affiliation)
    if terms and terms.due_on:
        Commitment.objects.filter(pk=terms.pk).update(due_on=None)
        terms.due_on = None
