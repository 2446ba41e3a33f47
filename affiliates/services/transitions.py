"""The only writer of an application's state."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.models import TaskState, WorkflowState

from affiliates.exceptions import TransitionNotAllowed
from affiliates.models import AffiliatePage, Application, Transition
from affiliates.permissions import may_decide
from affiliates.states import TRANSITIONS, Action, Actor, ApplicationState

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
    by_wagtail: bool = False,
) -> Transition:
    """Move ``record`` by ``action`` to the state that the table says, and write down who did it.

    ``by_wagtail``: it has happened in Wagtail already, which asked whether the user may.
    Effects: the record's state, and one Transition row, together or not at all. The state is only
    changed if it still is what ``record`` says, so of two decisions at once one wins.
    Raises TransitionNotAllowed, also if somebody else was faster or the user lacks permission.
    """
    rule = TRANSITIONS[action]
    source = record.state
    if source not in rule.sources or actor not in rule.actors:
        raise TransitionNotAllowed
    if not _is_permitted(record, actor, user, by_wagtail):
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


def hold(application: Application) -> None:
    """Let nobody else decide on the application until the transaction ends, and read it anew.

    Everybody takes the locks in one order, Wagtail's reviews included, so that two people who act
    at once wait for each other: first the running task of its page, then the workflow, then the
    application.
    """
    found = Application.objects.filter(pk=application.pk)
    page = AffiliatePage.objects.filter(application__in=found).first()
    if page:
        running = WorkflowState.objects.for_instance(page).active()
        keys = list(running.values_list("pk", flat=True))
        tasks = TaskState.objects.filter(
            workflow_state__in=keys, status=TaskState.STATUS_IN_PROGRESS
        )
        list(tasks.select_for_update().values_list("pk", flat=True))
        list(running.select_for_update().values_list("pk", flat=True))
    application.refresh_from_db(from_queryset=Application.objects.select_for_update())


def actor_of(user: "User | None") -> Actor:
    """Staff are known by their user. What nobody pressed, a schedule say, the system did."""
    return Actor.STAFF if user else Actor.SYSTEM


def _is_permitted(record: Application, actor: Actor, user: "User | None", by_wagtail: bool) -> bool:
    """Staff are known by their user; applicants and the system have none."""
    if actor is not Actor.STAFF:
        return user is None
    return user is not None and (by_wagtail or may_decide(user, record))


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
