"""Facts that standings derive from, and standings computed by the database."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import (
    Case,
    CharField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    prefetch_related_objects,
)

from affiliates.affiliations.standing.requirements import counting
from affiliates.affiliations.standing.statements import acceptances_of, counting_hashes
from affiliates.core.states import AffiliationState, ContactRole, Standing, UpdateRequestState
from affiliates.models import (
    Acceptance,
    AffiliateProgramPage,
    Affiliation,
    Commitment,
    Contact,
    ContactUpdate,
    Requirement,
    Transition,
    UpdateRequest,
)
from affiliates.programs.promised_days import today_at

ASKED_FIRST = (ContactRole.PRIMARY, ContactRole.ALTERNATE)


@dataclass(frozen=True)
class Facts:
    """What one affiliation's standing derives from. ``open_requests``: oldest first. ``moved``: its
    last transition, if any. ``texts``: the hashes that count as the current words of each statement
    of the program, by the statement's id. ``requirements`` are the program's, ``commitments`` by
    requirement.
    """

    affiliation: Affiliation
    today: date
    open_requests: Sequence[UpdateRequest] = ()
    was_asked: bool = False
    last_update: ContactUpdate | None = None
    moved: Transition | None = None
    acceptances: Sequence[Acceptance] = ()
    texts: Mapping[str, Set[str]] = field(default_factory=dict)
    requirements: Sequence[Requirement] = ()
    commitments: Mapping[int, Commitment] = field(default_factory=dict)

    @property
    def oldest_due(self) -> date | None:
        return self.open_requests[0].due_on if self.open_requests else None


@dataclass(frozen=True)
class Limits:
    """An update due on or before these days counts against the affiliate."""

    attention: date
    lapsed: date


def limits_of(program: AffiliateProgramPage, today: date) -> Limits:
    """An update due today is never late, whatever the program's numbers."""
    return Limits(
        attention=today - timedelta(days=max(program.update_attention_days, 1)),
        lapsed=today - timedelta(days=max(program.update_pause_days, 1)),
    )


def facts_of(affiliations: Iterable[Affiliation], now: datetime) -> list[Facts]:
    """In the given order; constant query count. Sets ``program``, prefetches ``contacts``."""
    all_of_them = list(affiliations)
    keys = [affiliation.pk for affiliation in all_of_them]
    prefetch_related_objects(all_of_them, "contacts")
    programs = AffiliateProgramPage.objects.in_bulk({item.program_id for item in all_of_them})
    texts = counting_hashes(programs.values())
    requests, asked, updates = _open_requests(keys), _asked(keys), _last_updates(keys)
    moved, acceptances = _moves(all_of_them), acceptances_of(all_of_them)
    requirements = requirements_of(programs)
    commitments = _commitments(keys, requirements) if any(requirements.values()) else {}
    found = []
    for item in all_of_them:
        item.program = programs[item.program_id]
        found.append(
            Facts(
                affiliation=item,
                today=today_at(item.program, now),
                open_requests=requests[item.pk],
                was_asked=item.pk in asked,
                last_update=updates.get(item.pk),
                moved=moved.get(item.pk),
                acceptances=acceptances[item.group_key],
                texts=texts[item.program_id],
                requirements=requirements[item.program_id],
                commitments=commitments.get(item.pk, {}),
            )
        )
    return found


def requirements_of(programs: Iterable[int]) -> dict[int, list[Requirement]]:
    """What each program asks for today, by its key and in its order."""
    found: dict[int, list[Requirement]] = {key: [] for key in programs}
    for requirement in Requirement.objects.filter(program__in=list(found), retired_at=None):
        found[requirement.program_id].append(requirement)
    return found


def _commitments(
    keys: list[int], requirements: Mapping[int, list[Requirement]]
) -> dict[int, dict[int, Commitment]]:
    asked = {one.pk: one for some in requirements.values() for one in some}
    found: dict[int, dict[int, Commitment]] = defaultdict(dict)
    rows = Commitment.objects.filter(affiliation__in=keys, requirement__in=asked).order_by()
    for row in rows:
        row.requirement = asked[row.requirement_id]
        found[row.affiliation_id][row.requirement_id] = row
    return found


def _open_requests(keys: list[int]) -> dict[int, list[UpdateRequest]]:
    found: dict[int, list[UpdateRequest]] = defaultdict(list)
    rows = UpdateRequest.objects.filter(affiliation__in=keys, state=UpdateRequestState.OPEN)
    for request in rows.order_by("due_on", "pk"):
        found[request.affiliation_id].append(request)
    return found


def _asked(keys: list[int]) -> set[int]:
    rows = UpdateRequest.objects.filter(affiliation__in=keys).order_by()
    return set(rows.values_list("affiliation", flat=True).distinct())


def _last_updates(keys: list[int]) -> dict[int, ContactUpdate]:
    of_one = ContactUpdate.objects.filter(affiliation=OuterRef("affiliation"))
    newest = of_one.order_by("-sent_at", "-pk").values("pk")[:1]
    rows = ContactUpdate.objects.filter(affiliation__in=keys, pk=Subquery(newest))
    return {update.affiliation_id: update for update in rows.only("affiliation", "kind", "sent_at")}


def _moves(affiliations: list[Affiliation]) -> dict[int, Transition]:
    keys = [item.pk for item in affiliations if item.state != AffiliationState.ACTIVE]
    rows = Transition.objects.filter(
        content_type=ContentType.objects.get_for_model(Affiliation), object_id__in=keys
    )
    return {row.object_id: row for row in rows.select_related("user")}


def with_level(affiliations: QuerySet[Affiliation], now: datetime) -> QuerySet[Any]:
    """Annotate ``level`` by the rule of ``rules.level_of``, to filter and count thousands."""
    lapsed = late = Q(pk__in=[])
    for program in AffiliateProgramPage.objects.all():
        today = today_at(program, now)
        limits = limits_of(program, today)
        lapsed |= _late(program, today, limits.lapsed, "lapsed_on")
        late |= _late(program, today, limits.attention, "attention_on")
    reachable = Contact.objects.filter(
        affiliation=OuterRef("pk"), role__in=ASKED_FIRST, bounced_at=None
    )
    return affiliations.annotate(
        level=Case(
            When(state=AffiliationState.PAUSED, then=Value(Standing.PAUSED)),
            When(state=AffiliationState.ENDED, then=Value(Standing.ENDED)),
            When(lapsed, then=Value(Standing.LAPSED)),
            When(late | ~Exists(reachable), then=Value(Standing.ATTENTION)),
            default=Value(Standing.GOOD),
            output_field=CharField(),
        )
    )


def _late(program: AffiliateProgramPage, today: date, limit: date, passed: str) -> Any:
    """``passed``: the day of a commitment on which it begins to count."""
    owed = UpdateRequest.objects.filter(
        affiliation=OuterRef("pk"), state=UpdateRequestState.OPEN, due_on__lte=limit
    )
    commitments = Commitment.objects.filter(
        counting(today),
        affiliation=OuterRef("pk"),
        requirement__program=program.pk,
        requirement__retired_at=None,
        **{f"{passed}__lte": today},
    )
    no_break = Q(reminders_paused_until=None) | Q(reminders_paused_until__lte=today)
    return Q(program=program) & no_break & (Exists(owed) | Exists(commitments))
