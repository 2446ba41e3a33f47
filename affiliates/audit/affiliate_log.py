"""Log entries of many affiliates by one statement."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from wagtail.models import ModelLogEntry

from affiliates.models import Affiliation


def log_all(
    affiliations: Iterable[Affiliation],
    action: str,
    *,
    user: User | None,
    now: datetime,
    **data: Any,
) -> None:
    content_type = ContentType.objects.get_for_model(Affiliation)
    ModelLogEntry.objects.bulk_create(
        ModelLogEntry(
            content_type=content_type,
            object_id=str(affiliation.pk),
            label=affiliation.name,
            action=action,
            user=user,
            data=data,
            timestamp=now,
        )
        for affiliation in affiliations
    )
