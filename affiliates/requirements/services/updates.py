"""What staff decide about the regular updates of groups: waive, put off, adjust, ask again.

A row that holds it is made with the first decision; what is owed stays with the requests.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction

from affiliates.affiliations.services.schedule import (
    open_requests_of,
    plan_next_requests,
    waive_all,
)
from affiliates.affiliations.update_terms import load_terms, update_commitments
from affiliates.core.states import AffiliationState
from affiliates.models import Affiliation, Commitment
from affiliates.programs.review_policies import load_programs
from affiliates.requirements.clocks import today_of
from affiliates.requirements.services.history import (
    ADJUSTED,
    ASKED,
    PUT_OFF,
    WAIVED,
    check_managed,
    log_decision,
)
from affiliates.signals import requirement_moved
from affiliates.updates.services.putting_off import follow_own_days, put_off_requests, remind
from workflows.core.rows import among, update_rows

DECIDED = ("waived_on", "waived_until", "due_on", "reason", "offsets")


def waive(
    *,
    commitments: Collection[Commitment],
    until: date | None,
    reason: str,
    user: User,
    now: datetime,
) -> int:
    """Ask for no update whose request day lies before that day, or ever again; returns for how
    many. Effects, in one transaction: the days; open requests are waived; the next one is planned;
    log entries with the reason, ``requirement_moved``. Raises TransitionNotAllowed if the user may
    not manage one of the affiliates.
    """
    with transaction.atomic():
        found = _held(commitments, user)
        for one in found:
            _end_waiver(one, now)
            one.waived_on, one.waived_until = today_of(one, now), until
            one.due_on, one.reason = None, reason
        owed = open_requests_of(_groups(found))
        waive_all(owed, user=user, reason=reason, is_permitted=True, now=now)
        _keep(found, WAIVED, user=user, reason=reason, now=now)
    return len(found)


def put_off(
    *, commitments: Collection[Commitment], until: date, reason: str, user: User, now: datetime
) -> int:
    """Make that the due day of the open request or, without one, of the next. It ends a waiver.
    Effects and errors as of ``waive``.
    """
    with transaction.atomic():
        found = _held(commitments, user)
        asked = put_off_requests(_groups(found), due_on=until, reason=reason, user=user, now=now)
        for one in found:
            _end_waiver(one, now)
            one.due_on = None if one.affiliation_id in asked else until
            one.reason = reason
        _keep(found, PUT_OFF, user=user, reason=reason, now=now)
    return len(found)


def adjust(
    *, commitment: Commitment, offsets: Mapping[str, int], user: User, now: datetime
) -> None:
    """Give one group days of its own; due days stay. Effects and errors as of ``waive``."""
    with transaction.atomic():
        found = _held([commitment], user)
        for one in found:
            one.offsets = dict(offsets)
        _keep(found, ADJUSTED, user=user, now=now)
        follow_own_days(_groups(found))


def ask_now(*, commitments: Collection[Commitment], user: User, now: datetime) -> int:
    """Email those who owe an update once more, at most once a minute; returns how many emails.
    Raises TransitionNotAllowed.
    """
    with transaction.atomic():
        groups = _held_groups(commitments, user)
        asked = remind(groups, now=now)
        reminded = [one for one in commitments if one.affiliation_id in asked]
        log_decision(reminded, ASKED, user=user, now=now)
        return len(asked)


def _held(commitments: Collection[Commitment], user: User) -> list[Commitment]:
    """As they are now, with the affiliates locked until the transaction ends."""
    groups = {one.pk: one for one in _held_groups(commitments, user)}
    asked = {one.requirement_id: one.requirement for one in commitments}
    new = [
        Commitment(requirement=one.requirement, affiliation=groups[one.affiliation_id])
        for one in commitments
        if one.pk is None
    ]
    Commitment.objects.bulk_create(new, ignore_conflicts=True)
    rows = update_commitments().filter(affiliation__in=among(groups), requirement__in=asked)
    found = list(rows)
    for one in found:
        one.requirement = asked[one.requirement_id]
        one.affiliation = groups[one.affiliation_id]
    return found


def _held_groups(commitments: Collection[Commitment], user: User) -> list[Affiliation]:
    keys = [one.affiliation_id for one in commitments]
    rows = Affiliation.objects.select_for_update(no_key=True).filter(pk__in=among(keys))
    groups = list(rows.order_by("pk").prefetch_related("contacts"))
    load_programs(groups)
    load_terms(groups)
    check_managed(groups, user)
    return groups


def _groups(commitments: Collection[Commitment]) -> list[Affiliation]:
    return [one.affiliation for one in commitments]


def _end_waiver(commitment: Commitment, now: datetime) -> None:
    """What was not asked for meanwhile never is."""
    if commitment.waived_on is None:
        return
    today, group = today_of(commitment, now), commitment.affiliation
    group.asks_from = max(group.asks_from, min(commitment.waived_until or today, today))
    commitment.waived_on = commitment.waived_until = None


def _keep(
    commitments: list[Commitment], action: str, *, user: User, reason: str = "", now: datetime
) -> None:
    Commitment.objects.bulk_update(commitments, DECIDED, batch_size=1000)
    groups = _groups(commitments)
    update_rows(Affiliation, ["asks_from"], [(one.asks_from, one.pk) for one in groups])
    plan_next_requests([one for one in groups if one.state == AffiliationState.ACTIVE])
    said = {"reason": reason} if reason else {}
    log_decision(commitments, action, user=user, now=now, **said)
    requirement_moved.send(Commitment, commitments=commitments, action=action, now=now)
