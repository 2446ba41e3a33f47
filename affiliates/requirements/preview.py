"""What a new or changed requirement would do. Nothing is kept."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Min

from affiliates.affiliations.standing.requirements import state_of
from affiliates.core.states import RequirementState
from affiliates.models import Commitment, Requirement
from affiliates.programs.promised_days import today_at
from affiliates.requirements.queries import asked_commitments
from affiliates.requirements.services.committing import save_requirement
from workflows.deadlines.forecast import ExpectedStep, expected_steps
from workflows.models import Deadline

DAYS = 90


@dataclass(frozen=True)
class Outlook:
    """``states`` counts the groups by how they would stand today; ``steps`` are of the next days,
    ``first_on`` is the day of the first email.
    """

    groups: int
    states: list[tuple[str, int]]
    first_on: date | None
    steps: list[ExpectedStep]


def look_ahead(requirement: Requirement, *, now: datetime) -> Outlook:
    """Saves, looks and rolls back in one transaction."""
    is_new = requirement.pk is None
    with transaction.atomic():
        save_requirement(requirement=requirement, now=now)
        outlook = _outlook(requirement, now)
        transaction.set_rollback(True)
    if is_new:
        requirement.pk = None
        requirement._state.adding = True
    return outlook


def _outlook(requirement: Requirement, now: datetime) -> Outlook:
    today = today_at(requirement.program, now)
    commitments = list(asked_commitments().filter(requirement=requirement))
    states = Counter(state_of(commitment, today) for commitment in commitments)
    deadlines = Deadline.objects.filter(
        content_type=ContentType.objects.get_for_model(Commitment),
        object_id__in=[str(commitment.pk) for commitment in commitments],
        closed_at=None,
    )
    first = deadlines.aggregate(first=Min("next_step_at"))["first"]
    return Outlook(
        groups=len(commitments),
        states=[(str(state.label), states[state]) for state in RequirementState if states[state]],
        first_on=today_at(requirement.program, first) if first else None,
        steps=expected_steps(since=now, until=now + timedelta(days=DAYS), deadlines=deadlines),
    )
