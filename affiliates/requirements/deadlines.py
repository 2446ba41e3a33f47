"""The deadline "requirement": a group owes the proof that it keeps a promise."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from affiliates.core.states import AffiliationState
from affiliates.models import Commitment
from affiliates.models.requirements import LADDER_FIELDS
from affiliates.programs.deadlines import (
    affiliation_of,
    calendar_of_group,
    register_kind,
    waiting,
)
from affiliates.programs.group_ladder import (
    GroupStep,
    group_ladder,
    notes_for_staff,
    staff_of_group,
)
from affiliates.requirements.mails import asked_of_all, asked_of_first
from workflows.core.due import days_late
from workflows.core.ladders import Ladder, Step
from workflows.deadlines.policies import Waiting
from workflows.mail.outbox import NewMail
from workflows.models import Deadline

BY_MAIL = (GroupStep.ASK, GroupStep.DUE, GroupStep.REMIND)


def ladder(deadline: Deadline) -> Ladder:
    commitment: Any = deadline.subject
    calendar = calendar_of_group(deadline, business_days=False)
    return group_ladder(calendar, *map(commitment.days_of, LADDER_FIELDS))


def is_open(commitment: Commitment) -> bool:
    """Not while nobody knows whether it is kept. A group that moves to another program leaves its
    requirements behind.
    """
    requirement, affiliation = commitment.requirement, commitment.affiliation
    is_asked = requirement.retired_at is None and commitment.unknown_on is None
    is_member = requirement.program_id == affiliation.program_id
    is_due = commitment.due_on is not None
    return is_asked and is_member and is_due and affiliation.state == AffiliationState.ACTIVE


def mails(deadline: Deadline, step: Step) -> Iterable[NewMail]:
    """The day of the step names the mail, so what comes due on one day is asked for once."""
    commitment: Any = deadline.subject
    affiliation = affiliation_of(deadline)
    day = str(commitment.due_on + timedelta(days=step.offset))
    if step.name == GroupStep.ALTERNATE:
        return asked_of_all(affiliation, occurrence=day)
    return asked_of_first(affiliation, occurrence=day) if step.name in BY_MAIL else ()


def waiting_of(deadline: Deadline) -> Waiting:
    commitment: Any = deadline.subject
    calendar = calendar_of_group(deadline, business_days=False)
    notes = notes_for_staff(
        affiliation_of(deadline),
        days_late(deadline.due_at, calendar=calendar, now=timezone.now()),
        call_days=commitment.days_of("call_days"),
        pause_days=commitment.days_of("pause_days"),
    )
    names = {"group": affiliation_of(deadline).name, "requirement": commitment.requirement.name}
    return waiting(commitment, gettext("%(group)s: %(requirement)s") % names, " ".join(notes))


REQUIREMENT = register_kind(
    "requirement",
    Commitment,
    "requirement",
    is_open=is_open,
    label=_("Requirement of an affiliate"),
    ladder=ladder,
    mails=mails,
    staff=staff_of_group,
    waiting=waiting_of,
    step_labels=dict(GroupStep.choices),
)
