"""Take a proof, and what staff decide about one group: waive, put off, adjust, ask again."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from affiliates.affiliations.standing.requirements import is_waived, state_of
from affiliates.core.exceptions import AffiliationEnded, RequirementGone
from affiliates.core.states import Actor, AffiliationState, RequirementState, StatementKind
from affiliates.models import Acceptance, Affiliation, Commitment, Contact, Document, Proof
from affiliates.models.fields import Statement
from affiliates.requirements.clocks import (
    days_after,
    due_after_waiver,
    first_due,
    next_due,
    run_clocks,
    save_days,
    set_due,
    today_of,
)
from affiliates.requirements.documents import NewDocument
from affiliates.requirements.kinds import get_kind
from affiliates.requirements.mails import asked_of_first
from affiliates.requirements.queries import asked_commitments, held
from affiliates.requirements.services.history import (
    ADJUSTED,
    ASKED,
    PROVED,
    PUT_OFF,
    UNKNOWN,
    WAIVED,
    check_managed,
    log_decision,
)
from affiliates.signals import requirement_moved
from workflows.mail.outbox import queue

STATE_FIELDS = ("proved_on", "waived_on", "waived_until", "unknown_on", "reason")


def prove(
    *,
    commitment: Commitment,
    actor: Actor,
    user: User | None = None,
    contact: Contact | None = None,
    note: str = "",
    data: Mapping[str, Any] | None = None,
    document: NewDocument | None = None,
    accepted: Iterable[tuple[StatementKind, Statement]] = (),
    kept_until: date | None = None,
    now: datetime,
) -> Proof:
    """Record that it is kept from today. ``kept_until`` replaces the interval. Effects, in one
    transaction: the proof and a log entry; the next due day with its clock; no more reminders of
    the one before; ``requirement_moved`` is sent. Raises AffiliationEnded and
    RequirementGone.
    """
    with transaction.atomic():
        commitment = _held(commitment)
        if commitment.affiliation.state == AffiliationState.ENDED:
            raise AffiliationEnded
        today = today_of(commitment, now)
        proof = Proof.objects.create(
            commitment=commitment,
            proved_on=today,
            actor=actor,
            user=user,
            contact=contact,
            note=note,
            data=dict(data or {}),
            at=now,
        )
        if document:
            _keep(document, proof)
        _accept(accepted, proof)
        commitment.proved_on = today
        commitment.waived_on = commitment.waived_until = commitment.unknown_on = None
        commitment.reason = ""
        set_due(commitment, kept_until or next_due(commitment, today))
        get_kind(commitment.requirement.kind).received(proof)
        _move([commitment], PROVED, user=user, by=contact.name if contact else "", now=now)
    return proof


def _accept(accepted: Iterable[tuple[StatementKind, Statement]], proof: Proof) -> None:
    Acceptance.objects.bulk_create(
        Acceptance(
            proof=proof,
            kind=kind,
            statement_id=statement.id,
            text=statement.text,
            text_hash=statement.text_hash,
            accepted_at=proof.at,
        )
        for kind, statement in accepted
    )


def _keep(document: NewDocument, proof: Proof) -> None:
    Document.objects.create(
        proof=proof,
        name=document.name,
        content_type=document.content_type,
        size=len(document.content),
        content=document.content,
    )


def waive(
    *,
    commitments: Collection[Commitment],
    until: date | None,
    reason: str,
    user: User,
    now: datetime,
) -> int:
    """Do not ask for it before that day, or ever again; returns for how many. Effects, in one
    transaction: the days and clocks, log entries with the reason, ``requirement_moved``. Raises
    TransitionNotAllowed if the user may not manage one of the affiliates.
    """
    with transaction.atomic():
        found = _managed(commitments, user)
        for commitment in found:
            commitment.waived_on, commitment.waived_until = today_of(commitment, now), until
            commitment.reason = reason
            set_due(commitment, due_after_waiver(commitment, until))
        _move(found, WAIVED, user=user, reason=reason, now=now)
    return len(found)


def put_off(
    *, commitments: Collection[Commitment], until: date, reason: str, user: User, now: datetime
) -> int:
    """Make that the due day, whatever it was before. Effects and errors as of ``waive``."""
    with transaction.atomic():
        found = _managed(commitments, user)
        for commitment in found:
            commitment.waived_on = commitment.waived_until = commitment.unknown_on = None
            commitment.reason = reason
            set_due(commitment, until)
        _move(found, PUT_OFF, user=user, reason=reason, now=now)
    return len(found)


def adjust(
    *,
    commitment: Commitment,
    interval_months: int | None,
    offsets: Mapping[str, int],
    user: User,
    now: datetime,
) -> None:
    """Give one group an interval and days of its own. Effects and errors as of ``waive``, and
    RequirementGone.
    """
    with transaction.atomic():
        found = _only(_managed([commitment], user))
        moved = found.interval_months != interval_months
        found.interval_months, found.offsets = interval_months, dict(offsets)
        proved_on = found.proved_on
        set_due(found, next_due(found, proved_on) if moved and proved_on else found.due_on)
        Commitment.objects.filter(pk=found.pk).update(
            interval_months=interval_months, offsets=found.offsets
        )
        _move([found], ADJUSTED, user=user, now=now)


def ask_now(*, commitments: Collection[Commitment], user: User, now: datetime) -> int:
    """Email those who owe it once more, at most once a minute; returns how many emails. Raises
    TransitionNotAllowed.
    """
    with transaction.atomic():
        owed = [one for one in _managed(commitments, user) if _is_owed(one, now)]
        groups = {one.affiliation_id: one.affiliation for one in owed}
        minute = f"again-{now:%Y-%m-%dT%H:%M}"
        mails = [
            mail for group in groups.values() for mail in asked_of_first(group, occurrence=minute)
        ]
        log_decision(owed, ASKED, user=user, now=now)
        return len(queue(*mails, now=now))


def _is_owed(commitment: Commitment, now: datetime) -> bool:
    if commitment.affiliation.state != AffiliationState.ACTIVE:
        return False
    state = state_of(commitment, today_of(commitment, now))
    return state in (RequirementState.DUE, RequirementState.LATE)


def fall_due(
    *, commitments: Iterable[Commitment], reason: str, with_notice: bool = False, now: datetime
) -> None:
    """Something shows that it is no longer kept: owed today, or asked for today with the usual days
    of notice. What is waived stays so. In the caller's transaction.
    """
    found = _not_waived(commitments, now)
    for commitment in found:
        due_on = today_of(commitment, now)
        if with_notice:
            due_on = _with_notice(commitment, due_on)
        commitment.proved_on, commitment.unknown_on, commitment.reason = None, None, reason
        set_due(commitment, due_on)
    _move(found, ASKED, now=now)


def bring_forward(*, commitments: Iterable[Commitment], now: datetime) -> None:
    """Due after the first days, unless it is due sooner or waived, in the caller's transaction."""
    found = []
    for commitment in _not_waived(commitments, now):
        soonest = first_due(commitment, today_of(commitment, now))
        if commitment.due_on is None or commitment.due_on > soonest:
            set_due(commitment, soonest)
            found.append(commitment)
    _move(found, ASKED, now=now)


def _not_waived(commitments: Iterable[Commitment], now: datetime) -> list[Commitment]:
    return [one for one in held(commitments) if not is_waived(one, today_of(one, now))]


def _with_notice(commitment: Commitment, today: date) -> date:
    """The first days of a new requirement stay."""
    soonest = days_after(commitment, today, commitment.days_of("ask_days"))
    promised = commitment.due_on if commitment.proved_on is None else None
    return max(soonest, promised or soonest)


def cannot_tell(*, commitment: Commitment, reason: str, now: datetime) -> None:
    """Nobody knows whether it is kept: it is not asked for until that changes. In the caller's
    transaction.
    """
    found = held([commitment])
    for one in found:
        one.unknown_on, one.reason = today_of(one, now), reason
    _move(found, UNKNOWN, now=now)


def confirm_by_use(*, affiliation: Affiliation, contact: Contact | None, now: datetime) -> None:
    """Somebody has used a private link: whoever owes a confirmed contact has given it. At most one
    proof a day. In the caller's transaction.
    """
    owed = asked_commitments().filter(affiliation=affiliation, requirement__kind="contact")
    for commitment in owed:
        if commitment.proved_on != today_of(commitment, now):
            prove(commitment=commitment, actor=Actor.CONTACT, contact=contact, now=now)


def _held(commitment: Commitment) -> Commitment:
    return _only(held([commitment]))


def _only(commitments: Collection[Commitment]) -> Commitment:
    """Raises RequirementGone where the requirement was retired, or the group moved, meanwhile."""
    for commitment in commitments:
        return commitment
    raise RequirementGone


def _managed(commitments: Collection[Commitment], user: User) -> list[Commitment]:
    found = held(commitments)
    check_managed([one.affiliation for one in found], user)
    return found


def _move(commitments: list[Commitment], action: str, *, now: datetime, **said: Any) -> None:
    save_days(commitments, *STATE_FIELDS)
    run_clocks(commitments, outcome=action.rpartition("_")[2], now=now)
    log_decision(commitments, action, now=now, **said)
    requirement_moved.send(Commitment, commitments=commitments, action=action, now=now)
