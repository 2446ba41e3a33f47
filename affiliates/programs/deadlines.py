"""Shared parts of deadlines about affiliates."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import models

from affiliates.models import AffiliateProgramPage, Affiliation
from affiliates.programs.review_policies import load_programs, program_review_policy
from workflows.core.links import admin_url
from workflows.core.people import Recipient
from workflows.deadlines import policies
from workflows.deadlines.policies import Policy, Waiting
from workflows.models import Deadline
from workflows.reviews.policy import ReviewPolicy


def loader(model: type[models.Model], *related: str) -> Callable[[Sequence[Deadline]], None]:
    """Returns a function that loads the subjects of deadlines with affiliations and programs."""

    def load(deadlines: Sequence[Deadline]) -> None:
        keys = {int(deadline.object_id) for deadline in deadlines}
        manager: Any = model._default_manager
        found = manager.select_related("affiliation", *related).in_bulk(keys)
        affiliations = [record.affiliation for record in found.values()]
        models.prefetch_related_objects(affiliations, "contacts")
        load_programs(affiliations)
        for deadline in deadlines:
            deadline.subject = found.get(int(deadline.object_id))

    return load


def affiliation_of(deadline: Deadline) -> Affiliation:
    record: Any = deadline.subject
    return record.affiliation


def program_of(deadline: Deadline) -> AffiliateProgramPage:
    return affiliation_of(deadline).program


def policy_of(deadline: Deadline) -> ReviewPolicy:
    known = program_of(deadline).__dict__
    if "_review_policy" not in known:
        known["_review_policy"] = program_review_policy(program_of(deadline))
    return known["_review_policy"]


def staff(deadline: Deadline, audience: str) -> Sequence[Recipient]:
    return policy_of(deadline).audience(audience)


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

    usual = {"staff": staff, "load": loader(model, *related), "still_owed": still_owed}
    return policies.register(Policy(kind, **{**usual, **others}))
