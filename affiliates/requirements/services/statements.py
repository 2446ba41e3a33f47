"""What happens when the words of a belief or obligation change."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from affiliates.core.states import AffiliationState, ChangeMeaning
from affiliates.models import AffiliateProgramPage, PublishedStatement, StatementChange
from affiliates.requirements.queries import asked_commitments
from affiliates.requirements.reaffirm import REAFFIRM
from affiliates.requirements.services.proving import bring_forward


def follow_statements(*, program: AffiliateProgramPage, now: datetime) -> list[StatementChange]:
    """Note which words are new since the program was last published; returns those changes. In one
    transaction.
    """
    with transaction.atomic():
        program = AffiliateProgramPage.objects.select_for_update(no_key=True).get(pk=program.pk)
        rows = PublishedStatement.objects.filter(program=program)
        known = {row.statement_id: row for row in rows}
        current = {item.id: (kind, item) for kind, item in program.statements_to_accept()}
        changes = [
            StatementChange(
                program=program,
                kind=kind,
                statement_id=item.id,
                before=known[item.id].text if item.id in known else "",
                before_hash=known[item.id].text_hash if item.id in known else "",
                after=item.text,
                after_hash=item.text_hash,
                changed_at=now,
            )
            for kind, item in current.values()
            if known and (item.id not in known or known[item.id].text_hash != item.text_hash)
        ]
        if changes or known.keys() != current.keys():
            rows.delete()
            PublishedStatement.objects.bulk_create(
                PublishedStatement(
                    program=program,
                    kind=kind,
                    statement_id=item.id,
                    text=item.text,
                    text_hash=item.text_hash,
                )
                for kind, item in current.values()
            )
        return StatementChange.objects.bulk_create(changes)


def undecided(program: AffiliateProgramPage) -> QuerySet[StatementChange]:
    """Nobody is asked about a program that asks nobody to affirm."""
    changes = StatementChange.objects.filter(program=program, meaning="")
    asked = program.requirements.filter(kind=REAFFIRM, retired_at=None)
    return changes if asked.exists() else changes.none()


def decide_changes(
    *,
    changes: Iterable[tuple[StatementChange, ChangeMeaning]],
    program: AffiliateProgramPage,
    user: User,
    now: datetime,
) -> None:
    """Say what groups do about changed words. If they affirm one now, it is due after the first
    days, by the usual emails. In one transaction.
    """
    with transaction.atomic():
        meanings = set()
        for change, meaning in changes:
            own = StatementChange.objects.filter(pk=change.pk, program=program, meaning="")
            own.update(meaning=meaning, decided_at=now, decided_by=user)
            meanings.add(meaning)
        if ChangeMeaning.NOW in meanings:
            asked = asked_commitments().filter(
                requirement__program=program,
                requirement__kind=REAFFIRM,
                affiliation__state=AffiliationState.ACTIVE,
            )
            bring_forward(commitments=asked, now=now)
