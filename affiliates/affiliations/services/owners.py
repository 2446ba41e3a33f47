"""Who among the staff looks after which affiliates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name

from affiliates.audit.affiliate_log import log_all
from affiliates.audit.permissions import managers_of, may_manage_all
from affiliates.core.exceptions import TransitionNotAllowed
from affiliates.core.states import SupportState
from affiliates.models import AffiliateProgramPage, Affiliation, SupportRequest
from affiliates.programs.days_off import calendar_of
from affiliates.signals import work_handed_over
from workflows.core.admin import visible_to
from workflows.core.people import recipients
from workflows.deadlines.digests import Told, tell

OWNER_SET = "affiliates.owner_set"  # log actions of the affiliation
BACKUP_SET = "affiliates.backup_set"

ROLES = {"owner": OWNER_SET, "backup": BACKUP_SET}


def set_owners(
    *, affiliations: Iterable[Affiliation], user: User, now: datetime, **people: User | None
) -> int:
    """Set ``owner``, ``backup`` or both; returns how many affiliates changed. Whoever gets one role
    loses the other. Effects, in one transaction: the rows, log entries, the daily mail of the
    people. Raises TransitionNotAllowed if the user or a person may not manage one of them.
    """
    with transaction.atomic():
        found = _held(affiliations)
        programs = _programs_of(found)
        _refuse_strangers(programs, user, people.values())
        changed = {
            affiliation.pk
            for role, person in people.items()
            for affiliation in _set(found, role, person, user=user, now=now)
        }
        Affiliation.objects.bulk_update(found, ["owner", "backup"], batch_size=500)
        _tell(programs, people.values(), user=user, now=now)
    return len(changed)


@dataclass(frozen=True)
class Work:
    """What one member of staff looks after in one program."""

    program: AffiliateProgramPage
    owned: int
    backed: int
    calls: int


def work_of(person: User, *, user: User) -> list[Work]:
    """By program, as far as ``user`` may manage the program's affiliates."""
    own = _theirs(person, user).order_by().values_list("program")
    counts = own.annotate(owned=_number("owner", person), backed=_number("backup", person))
    calls = _calls(person, user).order_by().values_list("affiliation__program")
    affiliates = {key: (owned, backed) for key, owned, backed in counts}
    waiting = dict(calls.annotate(number=Count("pk")))
    programs = AffiliateProgramPage.objects.filter(pk__in=affiliates.keys() | waiting.keys())
    return [
        Work(program, *affiliates.get(program.pk, (0, 0)), waiting.get(program.pk, 0))
        for program in programs.order_by("title", "pk")
    ]


def hand_over_all(*, of: User, to: User, user: User, now: datetime) -> int:
    """Everything in ``work_of`` goes to ``to``; returns for how many affiliates. Effects and errors
    as of ``set_owners``; ``work_handed_over`` is sent, so that calls for help follow.
    """
    with transaction.atomic():
        programs = [work.program for work in work_of(of, user=user)]
        _refuse_strangers(programs, user, [to])
        found = _held(_theirs(of, user))
        for role in ROLES:
            theirs = [one for one in found if getattr(one, f"{role}_id") == of.pk]
            _set(theirs, role, to, user=user, now=now)
        Affiliation.objects.bulk_update(found, ["owner", "backup"], batch_size=500)
        work_handed_over.send(Affiliation, of=of, to=to, user=user, now=now)
        _tell(programs, [to], user=user, now=now)
    return len(found)


def _theirs(person: User, user: User) -> QuerySet[Affiliation]:
    manageable: Any = visible_to(user, Affiliation, ["change"])
    return manageable.filter(Q(owner=person) | Q(backup=person))


def _calls(person: User, user: User) -> QuerySet[SupportRequest]:
    manageable: Any = visible_to(user, SupportRequest, ["change"])
    return manageable.filter(assigned_to=person, state=SupportState.OPEN)


def _number(role: str, person: User) -> Count:
    return Count("pk", filter=Q(**{role: person}))


def _held(affiliations: Iterable[Affiliation]) -> list[Affiliation]:
    keys = [affiliation.pk for affiliation in affiliations]
    rows = Affiliation.objects.select_for_update(of=("self",), no_key=True)
    return list(rows.select_related("program").filter(pk__in=keys).order_by("pk"))


def _programs_of(affiliations: Iterable[Affiliation]) -> list[AffiliateProgramPage]:
    return list({one.program_id: one.program for one in affiliations}.values())


def _refuse_strangers(
    programs: Sequence[AffiliateProgramPage], user: User, people: Iterable[User | None]
) -> None:
    keys = {person.pk for person in people if person}
    permitted = managers_of(programs).filter(pk__in=keys).count() == len(keys)
    if not permitted or not all(may_manage_all(user, program) for program in programs):
        raise TransitionNotAllowed


def _set(
    affiliations: Iterable[Affiliation],
    role: str,
    person: User | None,
    *,
    user: User,
    now: datetime,
) -> list[Affiliation]:
    key = person.pk if person else None
    (other,) = ROLES.keys() - {role}
    changed = [one for one in affiliations if getattr(one, f"{role}_id") != key]
    for affiliation in changed:
        setattr(affiliation, role, person)
        if person and getattr(affiliation, f"{other}_id") == key:
            setattr(affiliation, other, None)
    about = get_user_display_name(person) if person else _("nobody")
    log_all(changed, ROLES[role], user=user, now=now, about=about)
    return changed


def _tell(
    programs: Iterable[AffiliateProgramPage],
    people: Iterable[User | None],
    *,
    user: User,
    now: datetime,
) -> None:
    others = recipients(person for person in people if person and person != user)
    tell([Told(one, calendar_of(program), now) for program in programs for one in others], now=now)
