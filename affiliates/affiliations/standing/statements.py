"""Which words of its program's statements a group has accepted, and which of them still count."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set

from django.db.models import F
from django.db.models.functions import Coalesce

from affiliates.core.states import ChangeMeaning
from affiliates.models import Acceptance, AffiliateProgramPage, Affiliation, StatementChange


def counting_hashes(
    programs: Iterable[AffiliateProgramPage],
) -> dict[int, Mapping[str, Set[str]]]:
    """By program and statement: the hash of its words, and of those that were only corrected."""
    by_key = {program.pk: program for program in programs}
    corrected: dict[int, list[StatementChange]] = defaultdict(list)
    rows = StatementChange.objects.filter(program__in=by_key, meaning=ChangeMeaning.CORRECTION)
    for row in rows.order_by("-changed_at", "-pk"):
        corrected[row.program_id].append(row)
    return {key: _hashes_of(program, corrected[key]) for key, program in by_key.items()}


def _hashes_of(
    program: AffiliateProgramPage, corrections: Iterable[StatementChange]
) -> dict[str, set[str]]:
    """``corrections``: newest first, so that a chain of them is followed in one pass."""
    found = {item.id: {item.text_hash} for _kind, item in program.statements_to_accept()}
    for row in corrections:
        counting = found.get(row.statement_id, set())
        if row.after_hash in counting:
            counting.add(row.before_hash)
    return found


def acceptances_of(affiliations: Iterable[Affiliation]) -> dict[object, list[Acceptance]]:
    """By ``group_key``, oldest first: when the group applied, and later as proofs."""
    found: dict[object, list[Acceptance]] = defaultdict(list)
    groups = [affiliation.group_key for affiliation in affiliations]
    at_first = Acceptance.objects.filter(application__affiliate__translation_key__in=groups)
    later = Acceptance.objects.filter(proof__commitment__affiliation__group_key__in=groups)
    rows = (at_first | later).annotate(
        group=Coalesce(
            F("proof__commitment__affiliation__group_key"),
            F("application__affiliate__translation_key"),
        )
    )
    for row in rows.defer("text").order_by("accepted_at", "pk"):
        found[row.group].append(row)
    return found
