"""Shared parts of deadlines about affiliates."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import models

from affiliates.models import AffiliateProgramPage, Affiliation
from affiliates.models.fields import know
from affiliates.programs.days_off import calendar_for
from affiliates.programs.owners import load_owners, owner_of
from affiliates.programs.review_policies import load_programs, policy_of_program
from workflows.core.calendars import Calendar
from workflows.core.links import admin_url
from workflows.core.people import Recipient
from workflows.deadlines import policies
from workflows.deadlines.policies import Policy, Waiting
from workflows.models import Deadline
from workflows.models.deadline import hold_subjects, subject_keys
from workflows.reviews.policy import REVIEWERS, ReviewPolicy


def loader(model: type[models.Model], *related: str) -> Callable[[Sequence[Deadline]], None]:
    """Returns a function that loads the subjects of deadlines with affiliations and programs."""

    def load(deadlines: Sequence[Deadline]) -> None:
        manager: Any = model._default_manager
        records = manager.select_related("affiliation", *related)
        found = {record.pk: record for record in records.filter(pk__in=subject_keys(deadlines))}
        affiliations = {record.affiliation_id: record.affiliation for record in found.values()}
        for record in found.values():
            record.affiliation = affiliations[record.affiliation_id]
        know(Affiliation, affiliations, "contacts")
        load_programs(affiliations.values())
        load_owners(affiliations.values())
        hold_subjects(deadlines, found)

    return load


def affiliation_of(deadline: Deadline) -> Affiliation:
    record: Any = deadline.subject
    return record.affiliation


def program_of(deadline: Deadline) -> AffiliateProgramPage:
    return affiliation_of(deadline).program


def policy_of(deadline: Deadline) -> ReviewPolicy:
    affiliation = affiliation_of(deadline)
    return policy_of_program(affiliation.program, affiliation.region)


def calendar_of_group(deadline: Deadline, *, business_days: bool = True) -> Calendar:
    return calendar_for(affiliation_of(deadline), business_days=business_days)


def staff(deadline: Deadline, audience: str) -> Sequence[Recipient]:
    return policy_of(deadline).audience(audience)


def staff_of_affiliate(deadline: Deadline, audience: str) -> Sequence[Recipient]:
    """The owner instead of all who look after affiliates; escalations stay as they are."""
    owner = owner_of(affiliation_of(deadline)) if audience == REVIEWERS else ()
    return owner or staff(deadline, audience)


def waiting(record: Any, title: str, note: str) -> Waiting:
    return Waiting(title, admin_url(record, record.affiliation), note)


def register_kind(
    kind: str,
    model: type[models.Model],
    *related: str,
    is_open: Callable[[Any], bool],
    **others: Any,
) -> str:
    """Registers a deadline that is owed while the record exists and ``is_open``.

    ``related``: relations to load; ``others``: arguments of ``Policy``.
    """

    def still_owed(deadline: Deadline) -> bool:
        return deadline.subject is not None and is_open(deadline.subject)

    usual = {"staff": staff_of_affiliate, "load": loader(model, *related), "still_owed": still_owed}
    return policies.register(Policy(kind, **{**usual, **others}))
