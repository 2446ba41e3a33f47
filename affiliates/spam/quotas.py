"""Quotas for submissions from a network, and for mails to addresses that anybody can type in."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import connection, transaction

from affiliates.core.conf import settings
from affiliates.core.states import ApplicationState
from affiliates.models import Application
from workflows.core.addresses import address_key
from workflows.core.states import MailState
from workflows.mail.outbox import NewMail
from workflows.models import OutgoingMail

NETWORK_WINDOW = timedelta(hours=1)
ADDRESS_WINDOW = timedelta(days=1)

HELD_BACK = "Held back: strangers caused too many emails to this address within a day."

_kinds: set[str] = set()


def network_is_over_quota(
    *, network_hash: str, submission_key: uuid.UUID, has_proof: bool, now: datetime
) -> bool:
    limit = settings.QUOTA_PER_NETWORK if has_proof else settings.QUOTA_PER_NETWORK_WITHOUT_PROOF
    others = Application.objects.filter(
        network_hash=network_hash, created_at__gt=now - NETWORK_WINDOW
    ).exclude(submission_key=submission_key)
    return others[:limit].count() >= limit


@contextmanager
def one_at_a_time(network_hash: str) -> Iterator[None]:
    """Count and store a network's submissions one after the other, so that two at once are not both
    the last that its quota allows. SQLite has one writer anyway.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                lock = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
                cursor.execute(lock, [f"affiliates.network.{network_hash}"])
        yield


def was_sent(submission_key: uuid.UUID) -> bool:
    """Resending a submitted application counts toward no limit."""
    sent = Application.objects.filter(submission_key=submission_key)
    return sent.exclude(state=ApplicationState.DRAFT).exists()


def counts_toward_quota(*kinds: str) -> None:
    """Register kinds of emails that strangers can cause, to an address that they type."""
    _kinds.update(kinds)


def within_quota(mail: NewMail, *, now: datetime) -> NewMail:
    """Suppress the email if its recipient got too many that strangers can cause, of all kinds
    together, so that nobody can flood a mailbox. What one request causes counts once, and
    addresses count as one mailbox by ``address_key``. The visitor is not told.
    """
    sent = OutgoingMail.objects.filter(
        recipient_key=address_key(mail.to), kind__in=_kinds, created_at__gt=now - ADDRESS_WINDOW
    ).exclude(state=MailState.SUPPRESSED)
    limit = settings.MAILS_PER_ADDRESS
    is_full = sent.values("created_at").distinct()[:limit].count() >= limit
    return replace(mail, suppressed=HELD_BACK) if is_full else mail
