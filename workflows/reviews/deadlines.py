"""Deadline policy of the kind "review"."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.utils import get_latest_str, get_user_display_name
from wagtail.models import Page, RevisionMixin, TaskState

from workflows.core.ladders import Ladder
from workflows.core.links import admin_url
from workflows.core.people import Recipient
from workflows.deadlines import policies
from workflows.deadlines.policies import Policy, Waiting
from workflows.models import Deadline, ReviewTask, ReviewTaskState
from workflows.models.deadline import hold_subjects
from workflows.reviews.policy import REVIEW, REVIEWERS, STEP_LABELS, policy_of, prepare
from workflows.reviews.services import reviewers_of


def load(deadlines: Sequence[Deadline]) -> None:
    """Set each deadline's ``subject`` in bulk."""
    hold_subjects(deadlines, reviews([int(deadline.object_id) for deadline in deadlines]))


def reviews(keys: Collection[int]) -> dict[int, ReviewTaskState]:
    """Reviews with their tasks, the reviewed objects and their policies, in few queries."""
    states = ReviewTaskState.objects.select_related(
        "workflow_state", "assigned_to__wagtail_userprofile"
    ).in_bulk(keys)
    tasks = ReviewTask.objects.in_bulk({state.task_id for state in states.values()})
    things = _things_of(states.values())
    for state in states.values():
        state.task = tasks[state.task_id]
        state.reviewed = things.get(_key_of(state))
    prepare(states.values())
    return states


def _things_of(states: Iterable[ReviewTaskState]) -> dict[tuple[int, str], Any]:
    keys: dict[int, set[str]] = {}
    for state in states:
        type_id, key = _key_of(state)
        keys.setdefault(type_id, set()).add(key)
    return {
        (type_id, str(thing.pk)): thing
        for type_id, found in keys.items()
        for thing in _fetch(type_id, found)
    }


def _fetch(type_id: int, keys: set[str]) -> Iterable[Any]:
    model = ContentType.objects.get_for_id(type_id).model_class()
    if model is None:  # Its app is no longer installed.
        return []
    found: Any = model._default_manager.filter(pk__in=keys)
    if issubclass(model, Page):
        found = found.specific()
    elif issubclass(model, RevisionMixin):
        found = found.select_related("latest_revision")
    return found


def _key_of(state: ReviewTaskState) -> tuple[int, str]:
    workflow_state = state.workflow_state
    return workflow_state.base_content_type_id, workflow_state.object_id


def still_owed(deadline: Deadline) -> bool:
    state: Any = deadline.subject
    return (
        state is not None
        and state.status == TaskState.STATUS_IN_PROGRESS
        and state.reviewed is not None
    )


def ladder(deadline: Deadline) -> Ladder:
    state: Any = deadline.subject
    return policy_of(state).ladder


def staff(deadline: Deadline, audience: str) -> list[Recipient]:
    """Remind the assignee of the review, or all reviewers if it has none."""
    state: Any = deadline.subject
    policy = policy_of(state)
    return reviewers_of(state, policy) if audience == REVIEWERS else policy.audience(audience)


def waiting(deadline: Deadline) -> Waiting:
    state: Any = deadline.subject
    note = ""
    if state.assigned_to:
        note = gettext("Assigned to %(name)s.") % {"name": get_user_display_name(state.assigned_to)}
    return Waiting(get_latest_str(state.reviewed), admin_url(state.reviewed), note)


policies.register(
    Policy(
        kind=REVIEW,
        label=_("Review"),
        ladder=ladder,
        still_owed=still_owed,
        staff=staff,
        waiting=waiting,
        holders=REVIEWERS,
        load=load,
        step_labels=STEP_LABELS,
    )
)
