"""Moves what is promised to and by closed groups, and announces the new days."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import chain
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from affiliates.audit.promise_log import log_moves
from affiliates.core.states import SupportState, UpdateRequestState
from affiliates.models import (
    AffiliatePage,
    AffiliateProgramPage,
    Affiliation,
    Application,
    Closure,
    Commitment,
    SupportRequest,
    UpdateRequest,
)
from affiliates.policies.moved_promises import (
    Begun,
    Change,
    MovedDeadline,
    answers,
    move_calls,
    move_commitments,
    move_decisions,
    move_updates,
)
from affiliates.policies.services import (
    affiliate_subjects_of,
    held,
    news_reviews_of,
    open_applications,
    subjects_of,
)
from affiliates.programs.days_off import closures_lock, closures_of, in_regions
from affiliates.programs.review_policies import region_of_reviewed
from workflows.core.locks import take
from workflows.deadlines.policies import get_policy
from workflows.deadlines.services import recount, save_clocks
from workflows.mail.outbox import queue_many
from workflows.models import Deadline, ReviewTaskState


@contextmanager
def followed(program: AffiliateProgramPage, *, user: User | None, now: datetime) -> Iterator[None]:
    """Add, change or delete closures of the program inside. Effects, in one transaction: open
    deadlines and promised days of the groups concerned keep the days they had left; histories say
    what moved; who was told of a day is told of the new one. A constant number of statements.
    """
    with transaction.atomic():
        AffiliateProgramPage.objects.select_for_update(of=("self",), no_key=True).get(pk=program.pk)
        take(closures_lock(program, to_change=True))
        before = list(Closure.objects.filter(program=program))
        yield
        # Another instance, since this one may have read its closures.
        program = AffiliateProgramPage.objects.get(pk=program.pk)
        changed = set(map(_days_and_places, before)) ^ set(
            map(_days_and_places, closures_of(program))
        )
        if changed:
            regions = [places for _first, _last, places in changed]
            concerned = frozenset(chain(*regions)) if all(regions) else frozenset()
            _follow(Change(program, before, concerned, now), user)


def _days_and_places(closure: Closure) -> tuple[date, date, tuple[str, ...]]:
    return closure.first_day, closure.last_day, tuple(closure.regions)


def _follow(change: Change, user: User | None) -> None:
    _hold(change)
    moved, begun = _move_deadlines(change)
    moves, mails = move_decisions(change, begun)
    for move, new_mails in chain(
        answers(moved, change),
        move_updates(moved, change),
        move_calls(moved, change),
        move_commitments(moved, change),
    ):
        moves.append(move)
        mails += new_mails
    log_moves(moves, user=user, now=change.now)
    queue_many(mails, now=change.now)


def _hold(change: Change) -> None:
    """Lock the records before their deadlines, as everything does that decides about them."""
    group = Q(program=change.program) & in_regions(change.regions)
    of_group = Q(affiliation__program=change.program)
    of_group &= in_regions(change.regions, "affiliation__region")
    for records in (
        open_applications(change.program, change.regions),
        Affiliation.objects.filter(group),
        UpdateRequest.objects.filter(of_group, state=UpdateRequestState.OPEN),
        SupportRequest.objects.filter(of_group, state=SupportState.OPEN),
        Commitment.objects.filter(of_group).exclude(due_on=None),
    ):
        held_rows = records.select_for_update(of=("self",), no_key=True).order_by("pk")
        list(held_rows.values_list("pk", flat=True))


def _move_deadlines(change: Change) -> tuple[list[MovedDeadline], Begun]:
    moved: list[MovedDeadline] = []
    begun: Begun = {}
    for kind, keys in chain(
        subjects_of(change.program, change.regions),
        [news_reviews_of(change.program, change.regions)],
        affiliate_subjects_of(change.program, change.regions),
    ):
        deadlines = [deadline for deadline in held(kind, keys) if _is_there(deadline)]
        for deadline in deadlines:
            subject = _subject_of(deadline)
            begun[_key_of(subject)] = deadline.opened_at
            moved += _recounted(deadline, subject, change)
        save_clocks(deadlines)
    return moved, begun


def _is_there(deadline: Deadline) -> bool:
    subject: Any = deadline.subject
    return subject is not None and getattr(subject, "reviewed", subject) is not None


def _subject_of(deadline: Deadline) -> Any:
    subject: Any = deadline.subject
    return subject.reviewed if isinstance(subject, ReviewTaskState) else subject


def _key_of(thing: Any) -> tuple[type[Any], Any]:
    return AffiliatePage if isinstance(thing, AffiliatePage) else type(thing), thing.pk


def _region_of(thing: Any) -> str:
    if isinstance(thing, AffiliatePage):
        return region_of_reviewed(thing)
    return thing.region if isinstance(thing, Application) else thing.affiliation.region


def _recounted(deadline: Deadline, subject: Any, change: Change) -> Iterator[MovedDeadline]:
    calendar = get_policy(deadline.kind).ladder(deadline).calendar
    before = change.was(calendar, _region_of(subject))
    old, last_step = calendar.day_of(deadline.due_at), deadline.last_step
    if recount(deadline, before=before, now=change.now):
        yield MovedDeadline(deadline, subject, old, calendar.day_of(deadline.due_at), last_step)
