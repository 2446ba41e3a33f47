"""Facts that standings derive from, and standings computed by the database."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
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
from affiliates.affiliations.update_terms import days_by, terms_among, update_commitments
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
    def update_terms(self) -> Commitment | None:
        return terms_among(self.commitments.values(), self.affiliation)

    @property
    def oldest_due(self) -> date | None:
        return self.open_requests[0].due_on if self.open_requests else None


LIMITS = {"attention_days": "attention_on", "pause_days": "lapsed_on"}
"""From how many days on a late update counts, and the day of a commitment on which it counts."""


def limit_of(days: int, today: date) -> date:
    """An update due on or before this day counts against the affiliate. One that is due today is
    never late, whatever the number of days.
    """
    return today - timedelta(days=max(days, 1))


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
    for row in rows.filter(requirement__program=F("affiliation__program")):
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
    """Annotate ``level`` by the rule of ``rules.level_of``, to filter and count thousands.

    What few groups have, and so is found once for all of them, is asked by ``IN``; what most have,
    by ``EXISTS``.
    """
    lapsed = late = Q(pk__in=[])
    own = _own_limits()
    for program in AffiliateProgramPage.objects.all():
        today = today_at(program, now)
        lapsed |= _late(program, today, "pause_days", own)
        late |= _late(program, today, "attention_days", own)
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


Limits = dict[tuple[int, str], set[int]]


def _own_limits() -> Limits:
    """The different numbers of days that groups have of their own, by program and name."""
    found: Limits = defaultdict(set)
    rows = update_commitments().exclude(offsets={})
    for program, offsets in rows.values_list("requirement__program", "offsets").distinct():
        for name in LIMITS.keys() & offsets.keys():
            found[program, name].add(offsets[name])
    return found


def _late(program: AffiliateProgramPage, today: date, name: str, own: Limits) -> Any:
    """``name``: see ``LIMITS``."""
    commitments = Commitment.objects.filter(
        counting(today),
        requirement__program=program.pk,
        requirement__retired_at=None,
        **{f"{LIMITS[name]}__lte": today},
    )
    no_break = Q(reminders_paused_until=None) | Q(reminders_paused_until__lte=today)
    is_owed = _update_owed(program, today, name, own[program.pk, name])
    return Q(program=program) & no_break & (is_owed | _having(commitments))


def _update_owed(program: AffiliateProgramPage, today: date, name: str, own: Collection[int]) -> Q:
    """A condition for each of the few different numbers, since databases cannot all add days."""
    requests = UpdateRequest.objects.filter(state=UpdateRequestState.OPEN)
    terms = update_commitments()
    usual = limit_of(days_by(program, None, name), today)
    condition = _having(requests.filter(due_on__lte=usual))
    if own:
        condition &= ~_having(terms.filter(offsets__has_key=name))
    for days in own:
        due = requests.filter(due_on__lte=limit_of(days, today))
        condition |= _having(due) & _having(terms.filter(**{f"offsets__{name}": days}))
    return condition


def _having(rows: QuerySet[Any]) -> Q:
    """Affiliations that have one of these rows."""
    return Q(pk__in=rows.values("affiliation"))
