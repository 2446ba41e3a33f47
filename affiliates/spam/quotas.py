"""Quotas for submissions from a network, and for mails to addresses that anybody can type in."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from affiliates.core.conf import settings
from affiliates.core.states import ApplicationState
from affiliates.models import AffiliateProgramPage, Application
from workflows.core.addresses import address_key
from workflows.core.locks import Lock, take
from workflows.core.states import MailState
from workflows.mail.outbox import NewMail
from workflows.models import OutgoingMail

NETWORK_WINDOW = timedelta(hours=1)
ADDRESS_WINDOW = timedelta(days=1)

HELD_BACK = "Held back: strangers caused too many emails to this address within a day."

_kinds: set[str] = set()


@dataclass(frozen=True)
class Tally:
    """``from_network``: other applications and drafts within the window. ``to_mailboxes``: by
    ``address_key``, what strangers caused there within a day. ``was_sent``: the form itself was
    submitted before, so that sending it again counts toward no limit.
    """

    from_network: int
    to_mailboxes: Mapping[str, int]
    was_sent: bool

    def within_quota(self, mail: NewMail) -> NewMail:
        return _unless_full(mail, self.to_mailboxes[address_key(mail.to)])


def take_tally(
    *,
    program: AffiliateProgramPage,
    network_hash: str,
    submission_key: uuid.UUID,
    addresses: Iterable[str] = (),
    now: datetime,
) -> Tally:
    """Count all that limits a form in one statement, which begins after ``one_at_a_time`` has its
    lock and so counts what others sent until then.
    """
    itself = Application.objects.filter(submission_key=submission_key)
    others = Application.objects.filter(
        network_hash=network_hash, created_at__gt=now - NETWORK_WINDOW
    ).exclude(submission_key=submission_key)
    mailboxes = sorted({address_key(address) for address in addresses})
    counts = [_number(_mails_to(key, now), Count("created_at", distinct=True)) for key in mailboxes]
    row = AffiliateProgramPage.objects.filter(pk=program.pk).order_by()
    was_sent, from_network, *to_mailboxes = row.values_list(
        Exists(itself.exclude(state=ApplicationState.DRAFT)), _number(others, Count("pk")), *counts
    ).get()
    return Tally(from_network, dict(zip(mailboxes, to_mailboxes, strict=True)), was_sent)


@contextmanager
def one_at_a_time(network_hash: str, *others: Lock) -> Iterator[None]:
    """Count and store a network's submissions one after the other, so that two at once are not both
    the last that its quota allows. ``others`` are taken by the same statement.
    """
    own = [Lock(f"affiliates.network.{network_hash}")] if network_hash else []
    with transaction.atomic():
        take(*own, *others)
        yield


def counts_toward_quota(*kinds: str) -> None:
    """Register kinds of emails that strangers can cause, to an address that they type."""
    _kinds.update(kinds)


def within_quota(mail: NewMail, *, now: datetime) -> NewMail:
    """Suppress the email if its recipient got too many that strangers can cause, of all kinds
    together, so that nobody can flood a mailbox. What one request causes counts once, and
    addresses count as one mailbox by ``address_key``. The visitor is not told.
    """
    sent = _mails_to(address_key(mail.to), now).values("created_at").distinct()
    return _unless_full(mail, sent[: settings.MAILS_PER_ADDRESS].count())


def _mails_to(mailbox: str, now: datetime) -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(
        recipient_key=mailbox, kind__in=_kinds, created_at__gt=now - ADDRESS_WINDOW
    ).exclude(state=MailState.SUPPRESSED)


def _unless_full(mail: NewMail, sent: int) -> NewMail:
    is_full = sent >= settings.MAILS_PER_ADDRESS
    return replace(mail, suppressed=HELD_BACK) if is_full else mail


def _number(rows: QuerySet[Any], counted: Count) -> Coalesce:
    all_of_them = rows.order_by().annotate(all=Value(1)).values("all")
    return Coalesce(Subquery(all_of_them.annotate(number=counted).values("number")), 0)
