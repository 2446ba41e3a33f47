"""Quotas for submissions from a network, and for mails to addresses that anybody can type in."""

import uuid
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Q
from django.db.models.functions import Cast

from affiliates.core.conf import settings
from affiliates.core.states import ApplicationState
from affiliates.models import Application
from workflows.core.states import MailState
from workflows.mail.outbox import NewMail
from workflows.models import OutgoingMail

NETWORK_WINDOW = timedelta(hours=1)
ADDRESS_WINDOW = timedelta(days=1)

HELD_BACK = "Held back: this address was typed into the form too often within a day."


def network_is_over_quota(
    *, network_hash: str, submission_key: uuid.UUID, has_proof: bool, now: datetime
) -> bool:
    limit = settings.QUOTA_PER_NETWORK if has_proof else settings.QUOTA_PER_NETWORK_WITHOUT_PROOF
    others = Application.objects.filter(
        network_hash=network_hash, created_at__gt=now - NETWORK_WINDOW
    ).exclude(submission_key=submission_key)
    return bool(network_hash) and others[:limit].count() >= limit


def was_sent(submission_key: uuid.UUID) -> bool:
    """Resending a submitted application counts toward no limit."""
    sent = Application.objects.filter(submission_key=submission_key)
    return sent.exclude(state=ApplicationState.DRAFT).exists()


def within_address_quota(
    mail: NewMail, *, kinds: Collection[str], address_key: str, now: datetime
) -> NewMail:
    """Suppress the mail if its address got too many, so that nobody can flood a mailbox.
    ``kinds`` count together, across all applications of the address. The visitor is not told.
    """
    applications = Application.objects.filter(address_key=address_key)
    keys = applications.annotate(text=Cast("pk", CharField())).values("text")
    content_type = ContentType.objects.get_for_model(Application)
    about = Q(content_type=content_type, object_id__in=keys)
    return _held_back_beyond(about, mail, kinds, now)


def within_recipient_quota(mail: NewMail, *, kinds: Collection[str], now: datetime) -> NewMail:
    """As ``within_address_quota``, but counts all mails of these kinds to the recipient."""
    return _held_back_beyond(Q(recipient__iexact=mail.to), mail, kinds, now)


def _held_back_beyond(mails: Q, mail: NewMail, kinds: Collection[str], now: datetime) -> NewMail:
    since = now - ADDRESS_WINDOW
    sent = OutgoingMail.objects.filter(mails, kind__in=kinds, created_at__gt=since)
    limit = settings.MAILS_PER_ADDRESS
    is_full = sent.exclude(state=MailState.SUPPRESSED)[:limit].count() >= limit
    return replace(mail, suppressed=HELD_BACK) if is_full else mail
