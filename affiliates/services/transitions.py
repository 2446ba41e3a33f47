"""The only writer of an application's state."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from affiliates.exceptions import TransitionNotAllowed
from affiliates.models import Application, Transition
from affiliates.states import STAFF_PERMISSION, TRANSITIONS, Action, Actor, ApplicationState

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def transition(
    record: Application,
    action: Action,
    *,
    actor: Actor,
    user: "User | None" = None,
    reason: str = "",
    now: datetime,
) -> Transition:
    """Move ``record`` by ``action`` to the state that the table says, and write down who did it.

    Effects: the record's state, and one Transition row, together or not at all. The state is only
    changed if it still is what ``record`` says, so of two decisions at once one wins.
    Raises TransitionNotAllowed, also if somebody else was faster or the user lacks permission.
    """
    rule = TRANSITIONS[action]
    source = record.state
    if source not in rule.sources or actor not in rule.actors or not _is_permitted(actor, user):
        raise TransitionNotAllowed
    with transaction.atomic():
        _move(record, ApplicationState(source), rule.target, now)
        return Transition.objects.create(
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


def _is_permitted(actor: Actor, user: "User | None") -> bool:
    """Staff are known by their user; applicants and the system have none."""
    if actor is not Actor.STAFF:
        return user is None
    return user is not None and user.is_active and user.has_perm(STAFF_PERMISSION)


def _move(
    record: Application, source: ApplicationState, target: ApplicationState, now: datetime
) -> None:
    changed = Application.objects.filter(pk=record.pk, state=source).update(
        state=target, updated_at=now
    )
    if not changed:
        raise TransitionNotAllowed
    record.state = target
    record.updated_at = now
