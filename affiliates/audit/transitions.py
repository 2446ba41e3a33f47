"""The only writer of states of applications, affiliations and requests."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from affiliates.audit.permissions import may_decide, may_manage
from affiliates.core.exceptions import TransitionNotAllowed
from affiliates.core.states import (
    AFFILIATION_TRANSITIONS,
    SUPPORT_TRANSITIONS,
    TRANSITIONS,
    UPDATE_REQUEST_TRANSITIONS,
    Actor,
    Table,
)
from affiliates.models import (
    Affiliation,
    Application,
    SupportRequest,
    Transition,
    UpdateRequest,
)
from affiliates.signals import record_moved

Record = Application | Affiliation | UpdateRequest | SupportRequest

RULES: dict[type[Record], tuple[Table, Callable[[User, Any], bool]]] = {
    Application: (TRANSITIONS, may_decide),
    Affiliation: (AFFILIATION_TRANSITIONS, may_manage),
    UpdateRequest: (
        UPDATE_REQUEST_TRANSITIONS,
        lambda user, request: may_manage(user, request.affiliation),
    ),
    SupportRequest: (SUPPORT_TRANSITIONS, lambda user, call: may_manage(user, call.affiliation)),
}
"""The transition table of each model, and which staff may use it."""


def transition(
    record: Record,
    action: str,
    *,
    actor: Actor | None = None,
    user: User | None = None,
    reason: str = "",
    now: datetime,
    is_permitted: bool = False,
) -> Transition:
    """Move ``record`` to the action's target state and log a Transition, atomically with the
    receivers of ``record_moved``. The state is updated only if it is still ``record``'s, so one of
    two concurrent decisions wins. ``actor`` defaults to staff with a ``user``, else the system.
    ``is_permitted``: Wagtail, or the caller for many records, has checked that. Raises
    TransitionNotAllowed.
    """
    said: dict[str, Any] = {
        "user": user,
        "reason": reason,
        "now": now,
        "is_permitted": is_permitted,
    }
    [row] = transition_all([record], action, actor=actor, **said)
    return row


def transition_all(
    records: Sequence[Record],
    action: str,
    *,
    actor: Actor | None = None,
    user: User | None = None,
    reason: str = "",
    now: datetime,
    is_permitted: bool = False,
) -> list[Transition]:
    """The same for many records of one model in one state: all of them move, or none."""
    actor = actor or actor_of(user)
    said: dict[str, Any] = {"actor": actor, "user": user, "reason": reason, "now": now}
    rows = [_checked(record, action, is_permitted=is_permitted, **said) for record in records]
    with transaction.atomic():
        _move(records, rows[0].source, rows[0].target, now)
        _log(records, rows)
    return rows


def enter(record: Record, action: str, *, actor: Actor, now: datetime) -> Transition:
    """Put a new, unsaved record into the action's target state and return the unsaved Transition.
    The caller inserts the record, then calls ``log_entry``. Raises TransitionNotAllowed.
    """
    row = _checked(record, action, actor=actor, user=None, reason="", now=now, is_permitted=False)
    record.state, record.updated_at = row.target, now
    return row


def log_entry(record: Record, row: Transition) -> None:
    """Save what ``enter`` returned, and send ``record_moved``, in the caller's transaction."""
    row.object_id = record.pk
    _log([record], [row])


def _checked(
    record: Record,
    action: str,
    *,
    actor: Actor,
    user: User | None,
    reason: str,
    now: datetime,
    is_permitted: bool,
) -> Transition:
    """The unsaved log entry of a permitted move. Raises TransitionNotAllowed."""
    table, may = RULES[type(record)]
    rule = table[action]
    if record.state not in rule.sources or actor not in rule.actors:
        raise TransitionNotAllowed
    if not _is_permitted(actor, user, lambda staff: is_permitted or may(staff, record)):
        raise TransitionNotAllowed
    return Transition(
        content_type=ContentType.objects.get_for_model(record),
        object_id=record.pk,
        action=action,
        source=record.state,
        target=rule.target,
        actor=actor,
        user=user,
        reason=reason,
        at=now,
    )


def actor_of(user: User | None) -> Actor:
    return Actor.STAFF if user else Actor.SYSTEM


def _is_permitted(actor: Actor, user: User | None, may: Callable[[User], bool]) -> bool:
    """Only staff have a user."""
    if actor is not Actor.STAFF:
        return user is None
    return user is not None and may(user)


def _move(records: Sequence[Record], source: str, target: str, now: datetime) -> None:
    keys = [record.pk for record in records]
    rows: Any = type(records[0])._default_manager.filter(pk__in=keys, state=source)
    if rows.update(state=target, updated_at=now) < len(records):
        raise TransitionNotAllowed
    for record in records:
        record.state, record.updated_at = target, now


def _log(records: Sequence[Record], rows: Sequence[Transition]) -> None:
    Transition.objects.bulk_create(rows)
    for record, row in zip(records, rows, strict=True):
        record_moved.send(sender=type(record), record=record, transition=row)
