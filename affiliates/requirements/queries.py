"""Commitments with what the rooms above need of them."""

from collections.abc import Iterable

from django.db.models import F, QuerySet

from affiliates.core.states import AffiliationState
from affiliates.models import AffiliateProgramPage, Affiliation, Commitment, Requirement
from affiliates.models.requirements import UPDATE

PROGRAM = "affiliation__program"


def asked_commitments() -> QuerySet[Commitment]:
    """Of what programs ask for today, of their present affiliates, apart from updates: these have
    requests and a clock of their own.
    """
    asked = Commitment.objects.filter(requirement__retired_at=None, requirement__program=F(PROGRAM))
    return asked.exclude(requirement__kind=UPDATE).select_related("requirement", PROGRAM)


def requirements_with_clocks(program: AffiliateProgramPage) -> QuerySet[Requirement]:
    return Requirement.objects.filter(program=program, retired_at=None).exclude(kind=UPDATE)


def commitments_of(
    requirement: Requirement, affiliations: QuerySet[Affiliation]
) -> list[Commitment]:
    """By the names of the groups. Of updates, a row is made with the first decision about a group,
    and is unsaved before.
    """
    found = Commitment.objects.filter(requirement=requirement, requirement__program=F(PROGRAM))
    rows = list(found.filter(affiliation__in=affiliations).select_related(PROGRAM))
    if requirement.is_of_updates:
        others = affiliations.filter(program=requirement.program_id).select_related("program")
        others = others.exclude(pk__in=[row.affiliation_id for row in rows])
        rows += [Commitment(requirement=requirement, affiliation=one) for one in others]
    for row in rows:
        row.requirement = requirement
    return sorted(rows, key=lambda row: (row.affiliation.name, row.affiliation_id))


def active_affiliations(program: AffiliateProgramPage) -> QuerySet[Affiliation]:
    return Affiliation.objects.filter(program=program, state=AffiliationState.ACTIVE)


def held(commitments: Iterable[Commitment]) -> list[Commitment]:
    """As they are now, locked until the transaction ends."""
    keys = [commitment.pk for commitment in commitments]
    rows = asked_commitments().select_for_update(of=("self",), no_key=True)
    return list(rows.filter(pk__in=keys).order_by("pk"))
