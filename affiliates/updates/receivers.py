"""Receivers of Wagtail's and our signals; each calls one service."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from wagtail import signals
from wagtail.models import TaskState, WorkflowState
from wagtail.search.backends import get_search_backends

from affiliates.models import Affiliation, Contact, ContactUpdate
from affiliates.signals import contact_address_changed, contact_bounced
from affiliates.updates.services import moderation
from affiliates.updates.services.asking import ask_at_new_address, ask_second_contact
from workflows.signals import review_declined


def connect() -> None:
    signals.published.connect(note_published, sender=ContactUpdate)
    signals.unpublished.connect(forget_in_search, sender=ContactUpdate)
    signals.task_submitted.connect(note_review)
    signals.task_rejected.connect(ask_group)
    signals.workflow_cancelled.connect(stop)
    review_declined.connect(decline)
    contact_bounced.connect(ask_someone_else)
    contact_address_changed.connect(ask_again)


def ask_someone_else(affiliation: Affiliation, now: datetime, **_kwargs: Any) -> None:
    ask_second_contact(affiliation=affiliation, now=now)


def ask_again(affiliation: Affiliation, contact: Contact, now: datetime, **_kwargs: Any) -> None:
    ask_at_new_address(affiliation=affiliation, contact=contact, now=now)


def note_published(instance: ContactUpdate, **_kwargs: Any) -> None:
    """Wagtail also sends this signal when publication is scheduled, before it is live."""
    if instance.live:
        moderation.note_published(update=instance, now=timezone.now())


def forget_in_search(instance: ContactUpdate, **_kwargs: Any) -> None:
    """Wagtail removes deleted objects from the search index but not unpublished ones."""
    for backend in get_search_backends(with_auto_update=True):
        backend.delete(instance)


def note_review(instance: TaskState, **_kwargs: Any) -> None:
    update = _update_under(instance.workflow_state)
    if update:
        moderation.note_moderation(update=update, now=timezone.now())


def ask_group(instance: TaskState, **_kwargs: Any) -> None:
    """Other rejections end the workflow and are handled in ``decline`` or ``stop``."""
    update = _update_under(instance.workflow_state)
    if update and instance.workflow_state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        moderation.ask_for_changes(
            update=update,
            words=instance.comment,
            occurrence=f"changes-{instance.pk}",
            now=timezone.now(),
        )


def decline(instance: TaskState, reason: str, **_kwargs: Any) -> None:
    update = _update_under(instance.workflow_state)
    if update:
        moderation.decline_update(update=update, reason=reason, now=timezone.now())


def stop(instance: WorkflowState, **_kwargs: Any) -> None:
    """Also sent for updates that were published, scheduled, declined or made private."""
    update = _update_under(instance)
    if update and not _is_decided(update, instance):
        moderation.stop_moderation(update=update, now=timezone.now())


def _is_decided(update: ContactUpdate, workflow_state: WorkflowState) -> bool:
    last = workflow_state.current_task_state
    waits_for_group = bool(update.asked_changes)
    is_declined = last is not None and last.status == TaskState.STATUS_REJECTED
    return (
        update.live
        or update.approved_schedule
        or not update.is_for_the_public
        or (is_declined and not waits_for_group)
    )


def _update_under(state: WorkflowState) -> ContactUpdate | None:
    if state.base_content_type.model_class() is not ContactUpdate:
        return None
    return ContactUpdate.objects.filter(pk=state.object_id).first()
