"""Looking through news for what may name a child or a school, before a person reads them."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import F, Q, QuerySet

from affiliates.core.states import UpdateKind
from affiliates.models import ContactUpdate
from affiliates.updates.child_safety import find_risks


def check_texts(*, now: datetime, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Look through what was written since the last look; return how many texts that were.

    Also what an editor has written. Effects: the warnings for the moderator, and when it was
    looked through. Nothing is blocked.
    """
    checked = 0
    for update in unchecked_updates():
        if should_stop():
            break
        checked += _check(update, now)
    return checked


def unchecked_updates() -> "QuerySet[ContactUpdate]":
    """News whose newest revision nobody has looked through."""
    news = ContactUpdate.objects.filter(kind=UpdateKind.NEWS, may_publish=True)
    is_new = Q(checked_at=None) | Q(latest_revision__created_at__gt=F("checked_at"))
    return news.filter(is_new).select_related("latest_revision").order_by("pk")


def warnings_for(update: ContactUpdate) -> list[str]:
    """Sentences about the headline and the text, as they are in this instance."""
    return [finding.sentence for finding in find_risks(f"{update.headline}\n\n{update.text}")]


def _check(update: ContactUpdate, now: datetime) -> int:
    """A text that is changed in this moment is looked through at the next look."""
    revision = update.latest_revision
    newest = revision.as_object() if revision else update
    same = ContactUpdate.objects.filter(pk=update.pk, latest_revision=revision)
    return same.update(warnings=warnings_for(newest), checked_at=now)
