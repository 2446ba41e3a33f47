"""Which affiliate owes which requirement: begun, ended, and adapted to changed numbers."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.core.batches import batches_of
from affiliates.models import AffiliateProgramPage, Affiliation, Commitment, Requirement
from affiliates.models.requirements import UPDATE
from affiliates.programs.promised_days import today_at
from affiliates.requirements.clocks import (
    BATCH,
    first_due,
    next_due,
    run_clocks,
    save_days,
    set_due,
    today_of,
)
from affiliates.requirements.deadlines import REQUIREMENT
from affiliates.requirements.kinds import get_kind
from affiliates.requirements.queries import (
    active_affiliations,
    asked_commitments,
    requirements_with_clocks,
)
from workflows.deadlines.services import (
    close_deadlines_of,
    open_deadlines,
    pause_deadline,
    reschedule_open,
    resume_deadline,
)

RETIRED = "retired"
STOPPED = "stopped"


def ensure_updates(program: AffiliateProgramPage) -> None:
    """Each program asks for updates; editors name the requirement and give it its place."""
    Requirement.objects.get_or_create(
        program=program, kind=UPDATE, defaults={"name": _("Regular update")}
    )


def commit(
    *, affiliations: Sequence[Affiliation], requirements: Iterable[Requirement], now: datetime
) -> None:
    """Begin what affiliates of one program owe, and the clocks. A proof from before counts; others
    have the requirement's first days. What was begun already stays. In the caller's transaction.
    """
    for requirement in requirements:
        for batch in batches_of(affiliations, BATCH):
            _commit(batch, requirement, now)


def _commit(batch: Sequence[Affiliation], requirement: Requirement, now: datetime) -> None:
    keys = [affiliation.pk for affiliation in batch]
    begun = Commitment.objects.filter(requirement=requirement, affiliation__in=keys)
    known = set(begun.values_list("affiliation", flat=True))
    fresh = [affiliation for affiliation in batch if affiliation.pk not in known]
    proved = get_kind(requirement.kind).proved_before(fresh, requirement)
    today = today_at(requirement.program, now)
    commitments = []
    for affiliation in fresh:
        affiliation.program = requirement.program
        commitment = Commitment(requirement=requirement, affiliation=affiliation)
        commitment.proved_on = proved.get(affiliation.pk)
        soonest = first_due(commitment, today)
        due_on = next_due(commitment, commitment.proved_on) if commitment.proved_on else soonest
        set_due(commitment, max(due_on, soonest) if due_on else None)
        commitments.append(commitment)
    created = Commitment.objects.bulk_create(commitments)
    get_kind(requirement.kind).begun(created, now)
    run_clocks(created, outcome=STOPPED, now=now)


def save_requirement(*, requirement: Requirement, now: datetime) -> None:
    """Save what editors said. A new one is asked of all active affiliates; otherwise what is owed
    follows the numbers. In one transaction.
    """
    is_new = requirement.pk is None
    with transaction.atomic():
        requirement.save()
        if requirement.is_of_updates:
            return
        act = introduce if is_new else follow_requirement
        act(requirement=requirement, now=now)


def introduce(*, requirement: Requirement, now: datetime) -> None:
    """Ask all active affiliates of the program for it, in one transaction."""
    with transaction.atomic():
        affiliations = list(active_affiliations(requirement.program))
        commit(affiliations=affiliations, requirements=[requirement], now=now)


def follow_requirement(*, requirement: Requirement, now: datetime) -> None:
    """Adapt what is owed to changed numbers: due days stay, the days around them move. In one
    transaction.
    """
    with transaction.atomic():
        commitments = list(asked_commitments().filter(requirement=requirement))
        for commitment in commitments:
            set_due(commitment, commitment.due_on)
        save_days(commitments)
        reschedule_open(kind=REQUIREMENT, subjects=commitments)


def retire(*, requirement: Requirement, now: datetime) -> None:
    """No longer ask for it; what was proved stays on record. In one transaction."""
    with transaction.atomic():
        requirement.retired_at = now
        requirement.save(update_fields=["retired_at"])
        _close(list(requirement.commitments.all()), RETIRED, now)


def take_up(*, affiliation: Affiliation, now: datetime) -> None:
    """Begin, or begin again after a pause, what an affiliate owes to its program. What fell due
    meanwhile has the first days again. In the caller's transaction.
    """
    commit(
        affiliations=[affiliation],
        requirements=requirements_with_clocks(affiliation.program),
        now=now,
    )
    commitments = list(asked_commitments().filter(affiliation=affiliation))
    for commitment in commitments:
        commitment.affiliation = affiliation
        soonest = first_due(commitment, today_of(commitment, now))
        if commitment.due_on and commitment.due_on < soonest:
            set_due(commitment, soonest)
    save_days(commitments)
    run_clocks(commitments, outcome=STOPPED, now=now)


def stop(*, affiliation: Affiliation, now: datetime) -> None:
    """Ask a paused or ended affiliate for nothing, in the caller's transaction."""
    _close(list(affiliation.commitments.all()), STOPPED, now)


def pause_clocks(*, affiliation: Affiliation, until: datetime, now: datetime) -> None:
    """While the group has a break from reminders, in the caller's transaction."""
    for commitment in asked_commitments().filter(affiliation=affiliation):
        for deadline in open_deadlines(subject=commitment).select_for_update(no_key=True):
            pause_deadline(deadline=deadline, until=until, now=now)


def resume_clocks(*, affiliation: Affiliation, now: datetime) -> None:
    """Due days move by the break, in the caller's transaction."""
    moved = []
    for commitment in asked_commitments().filter(affiliation=affiliation):
        for deadline in open_deadlines(subject=commitment).select_for_update(no_key=True):
            resume_deadline(deadline=deadline, now=now)
            set_due(commitment, today_at(commitment.affiliation.program, deadline.due_at))
            moved.append(commitment)
    save_days(moved)


def _close(commitments: Sequence[Commitment], outcome: str, now: datetime) -> None:
    if commitments:
        close_deadlines_of(commitments, kind=REQUIREMENT, outcome=outcome, now=now)
