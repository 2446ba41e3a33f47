"""Wagtail's log entries for many records at once."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from wagtail.log_actions import get_active_log_context
from wagtail.models import ModelLogEntry


def log_all(
    action: str,
    entries: Iterable[tuple[Model, Mapping[str, Any]]],
    *,
    user: User | None,
    now: datetime,
) -> None:
    """As ``wagtail.log_actions.log`` for each record with its data, in one statement."""
    context = get_active_log_context()
    ModelLogEntry.objects.bulk_create(
        ModelLogEntry(
            action=action,
            timestamp=now,
            user=user or context.user,
            uuid=context.uuid,
            content_type=ContentType.objects.get_for_model(record),
            object_id=str(record.pk),
            label=str(record),
            data=dict(data),
        )
        for record, data in entries
    )
