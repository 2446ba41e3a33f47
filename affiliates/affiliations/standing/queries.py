"""Standings as the database works them out, to filter and to count thousands of affiliations."""

from datetime import date, datetime
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from affiliates.affiliations.standing.rules import limits_of
from affiliates.core.states import AffiliationState, ContactRole, Standing, UpdateRequestState
from affiliates.models import AffiliateProgramPage, Affiliation, Contact, UpdateRequest
from affiliates.programs.promised_days import today_at

ASKED_FIRST = (ContactRole.PRIMARY, ContactRole.ALTERNATE)


def with_level(affiliations: QuerySet[Affiliation], now: datetime) -> QuerySet[Any]:
    """Each with its ``level``, by the same rule as ``standing.level_of``.

    Costs one query for the programs, whose numbers and time zones make the limits.
    """
    lapsed, late = [], []
    for program in AffiliateProgramPage.objects.all():
        today = today_at(program, now)
        limits = limits_of(program, today)
        lapsed.append(_late(program, today, limits.lapsed))
        late.append(_late(program, today, limits.attention))
    return affiliations.annotate(
        level=Case(
            When(state=AffiliationState.PAUSED, then=Value(Standing.PAUSED)),
            When(state=AffiliationState.ENDED, then=Value(Standing.ENDED)),
            When(_any(lapsed), then=Value(Standing.LAPSED)),
            When(_any(late) | ~Exists(_reachable()), then=Value(Standing.ATTENTION)),
            default=Value(Standing.GOOD),
            output_field=CharField(),
        )
    )


def _late(program: AffiliateProgramPage, today: date, limit: date) -> Any:
    owed = UpdateRequest.objects.filter(
        affiliation=OuterRef("pk"), state=UpdateRequestState.OPEN, due_on__lte=limit
    )
    no_break = Q(reminders_paused_until=None) | Q(reminders_paused_until__lte=today)
    return Q(program=program) & no_break & Exists(owed)


def _reachable() -> QuerySet[Contact]:
    return Contact.objects.filter(affiliation=OuterRef("pk"), role__in=ASKED_FIRST, bounced_at=None)


def _any(conditions: list[Q]) -> Any:
    found = Q(pk__in=[])
    for condition in conditions:
        found |= condition
    return found
