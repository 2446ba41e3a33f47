"""The only writer of states of applications, affiliations and requests."""

from collections.abc import Callable
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
    by_wagtail: bool = False,
) -> Transition:
    """Move ``record`` to the action's target state and log a Transition, atomically with the
    receivers of ``record_moved``. The state is updated only if it is still ``record``'s, so one of
    two concurrent decisions wins. ``actor`` defaults to staff with a ``user``, else the system.
    ``by_wagtail``: Wagtail has already checked permissions. Raises TransitionNotAllowed.
    """
    actor = actor or actor_of(user)
    table, may = RULES[type(record)]
    rule = table[action]
    source = record.state
    if source not in rule.sources or actor not in rule.actors:
        raise TransitionNotAllowed
    if not _is_permitted(actor, user, lambda staff: by_wagtail or may(staff, record)):
        raise TransitionNotAllowed
    with transaction.atomic():
        _move(record, source, rule.target, now)
        row = Transition.objects.create(
            content_type=ContentType.objects.get_for_model(record),
            object_id=record.pk,
            action=action,
            source=source,
            target=rule.target,
            actor=actor,
            user=user,
            reason=reason,
            at=now,
        )
        record_moved.send(sender=type(record), record=record, transition=row)
    return row


def actor_of(user: User | None) -> Actor:
    return Actor.STAFF if user else Actor.SYSTEM


def _is_permitted(actor: Actor, user: User | None, may: Callable[[User], bool]) -> bool:
    """Only staff have a user."""
    if actor is not Actor.STAFF:
        return user is None
    return user is not None and may(user)


def _move(record: Record, source: str, target: str, now: datetime) -> None:
    rows: Any = type(record)._default_manager.filter(pk=record.pk, state=source)
    if not rows.update(state=target, updated_at=now):
        raise TransitionNotAllowed
    record.state = target
    record.updated_at = now
