"""Commitments with what the rooms above need of them."""

from collections.abc import Iterable

from django.db.models import F, QuerySet

from affiliates.core.states import AffiliationState
from affiliates.models import AffiliateProgramPage, Affiliation, Commitment, Requirement
from affiliates.models.requirements import UPDATE

PROGRAM = "affiliation__program"


def asked_commitments() -> QuerySet[Commitment]:
    """Of what programs ask for today, of their present affiliates."""
    return Commitment.objects.filter(
        requirement__retired_at=None, requirement__program=F(PROGRAM)
    ).select_related("requirement", PROGRAM)


def requirements_with_clocks(program: AffiliateProgramPage) -> QuerySet[Requirement]:
    """Updates have requests and a clock of their own."""
    return Requirement.objects.filter(program=program, retired_at=None).exclude(kind=UPDATE)


def active_affiliations(program: AffiliateProgramPage) -> QuerySet[Affiliation]:
    return Affiliation.objects.filter(program=program, state=AffiliationState.ACTIVE)


def held(commitments: Iterable[Commitment]) -> list[Commitment]:
    """As they are now, locked until the transaction ends."""
    keys = [commitment.pk for commitment in commitments]
    rows = asked_commitments().select_for_update(of=("self",), no_key=True)
    return list(rows.filter(pk__in=keys).order_by("pk"))
