"""Receivers of signals; each sends one webhook event."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models.signals import pre_delete
from django.utils import timezone
from wagtail import signals as wagtail_signals

from affiliates import signals
from affiliates.models import (
    AffiliatePage,
    Affiliation,
    Commitment,
    ContactUpdate,
    Transition,
)
from affiliates.webhooks.events import (
    emit_changed_page,
    emit_hidden_page,
    emit_listed,
    emit_move,
    emit_published_update,
    emit_requirements,
)


def connect() -> None:
    """Must run after the receivers that handle deletions have connected."""
    signals.record_moved.connect(tell_of_transition)
    signals.affiliates_listed.connect(tell_of_new_affiliates)
    signals.affiliate_page_published.connect(tell_of_page)
    wagtail_signals.page_unpublished.connect(tell_of_hiding, sender=AffiliatePage)
    wagtail_signals.published.connect(tell_of_update, sender=ContactUpdate)
    pre_delete.connect(tell_of_hiding, sender=AffiliatePage)
    signals.requirement_moved.connect(tell_of_requirements)


def tell_of_transition(record: Any, transition: Transition, **_kwargs: Any) -> None:
    emit_move(record, transition.action, now=transition.at)


def tell_of_new_affiliates(
    affiliations: Sequence[Affiliation], now: datetime, **_kwargs: Any
) -> None:
    emit_listed(affiliations, now=now)


def tell_of_page(
    affiliation: Affiliation, page: AffiliatePage, now: datetime, **_kwargs: Any
) -> None:
    emit_changed_page(affiliation, page, now=now)


def tell_of_hiding(instance: AffiliatePage, **_kwargs: Any) -> None:
    emit_hidden_page(page=instance, now=timezone.now())


def tell_of_update(instance: ContactUpdate, **_kwargs: Any) -> None:
    emit_published_update(update=instance, now=timezone.now())


def tell_of_requirements(commitments: Sequence[Commitment], now: datetime, **_kwargs: Any) -> None:
    emit_requirements(commitments, now=now)
