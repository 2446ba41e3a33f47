"""Claiming due rows of an outbox under a lease, and recording how each attempt ends.

No transaction is open while a row is sent. If a worker is killed, the row shows how far it got. A
lease is a token and an expiry on the row. Every change checks the token, so a worker whose lease
expired changes nothing. All times are the database's clock, since machines' clocks differ.
"""

import logging
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now

from workflows.core import retry
from workflows.core.conf import settings
from workflows.core.exceptions import LeaseLost
from workflows.core.states import MailState
from workflows.models import LeasedWork, OutgoingMail

logger = logging.getLogger(__name__)

Work = TypeVar("Work", bound=LeasedWork)

FREE: dict[str, Any] = {"lease_token": None, "leased_until": None, "transport_started_at": None}

WAITING_STATE = Case(
    When(uncertain_attempts__gt=0, then=Value(MailState.UNCERTAIN)),
    default=Value(MailState.QUEUED),
)
"""A row that may have arrived stays "uncertain" while it waits."""


def claim(
    *,
    token: uuid.UUID,
    limit: int,
    model: type[Work] = OutgoingMail,  # type: ignore[assignment]
) -> list[Work]:
    """Lease up to ``limit`` due rows to ``token``, most urgent first. Effects: the rows are
    "sending", committed. Rows locked by another worker are skipped, or awaited on databases without
    SKIP LOCKED; no row goes to two workers. Raises RuntimeError in a transaction.
    """
    with transaction.atomic(durable=True):
        due = model.due()
        chosen = list(
            due.order_by(*model.claim_order)
            .select_for_update(skip_locked=True, no_key=True)
            .values_list("pk", flat=True)[:limit]
        )
        if not chosen:
            return []
        due.filter(pk__in=chosen).update(
            state=MailState.SENDING, lease_token=token, leased_until=_lease_end()
        )
    mine = model._default_manager.filter(pk__in=chosen, lease_token=token)
    return list(mine.order_by(*model.claim_order))


def start(work: LeasedWork, *, token: uuid.UUID, **frozen: Any) -> bool:
    """Record the start of transport: count the attempt, renew the lease, save ``frozen``. Returns
    False if another worker has the lease: do not send it.
    """
    work.attempts += 1
    return _change(
        work,
        token,
        transport_started_at=Now(),
        leased_until=_lease_end(),
        attempts=F("attempts") + 1,
        **frozen,
    )


def finish(work: LeasedWork, *, token: uuid.UUID, **fields: Any) -> None:
    """Save ``fields`` and end the lease. Raises LeaseLost."""
    if not _change(work, token, **FREE, **fields):
        raise lost(work)


def lost(work: LeasedWork) -> LeaseLost:
    return LeaseLost(f"{type(work).__name__} {work.pk} was taken over by another worker.")


def release(work: LeasedWork, *, token: uuid.UUID) -> None:
    """End the lease of a row that was not started; its place in the queue stays."""
    _change(work, token, **FREE, state=WAITING_STATE)


def give_back(
    *,
    token: uuid.UUID,
    wait: timedelta = timedelta(0),
    model: type[LeasedWork] = OutgoingMail,
) -> None:
    _free(model, Q(lease_token=token), wait)


def put_back(*, token: uuid.UUID, model: type[LeasedWork] = OutgoingMail) -> None:
    """End the leases of all rows that were not started; their places in the queue stay."""
    held = model._default_manager.filter(lease_token=token, transport_started_at=None)
    held.update(**FREE, state=WAITING_STATE)


def recover(model: type[LeasedWork] = OutgoingMail) -> None:
    _free(model, Q(leased_until__lt=Now()), timedelta(0))


def requeue(work: LeasedWork) -> bool:
    """Queue a finished row again; False if its state no longer allows that."""
    rows = type(work)._default_manager.filter(pk=work.pk, state__in=work.resendable)
    changed = rows.update(
        state=MailState.QUEUED, attempts=0, uncertain_attempts=0, next_attempt_at=Now()
    )
    return bool(changed)


def uncertain(
    wait: timedelta,
    model: type[LeasedWork] = OutgoingMail,
) -> dict[str, Any]:
    """Fields after an attempt without an answer: repeat, up to ``max_uncertain``."""
    too_often = Q(uncertain_attempts__gte=model.max_uncertain - 1)
    return {
        "uncertain_attempts": F("uncertain_attempts") + 1,
        "state": Case(
            When(too_often, then=Value(MailState.FAILED)), default=Value(MailState.UNCERTAIN)
        ),
        "next_attempt_at": Case(
            When(too_often, then=Value(None)),
            default=_after(wait),
            output_field=models.DateTimeField(),
        ),
    }


def _free(model: type[LeasedWork], which: Q, wait: timedelta) -> None:
    held = model._default_manager.filter(which, state=MailState.SENDING)
    held.filter(transport_started_at=None).update(
        **FREE, state=WAITING_STATE, next_attempt_at=_after(wait)
    )
    held.exclude(transport_started_at=None).update(
        **FREE, **uncertain(wait, model), answer=str(model.cut_short)
    )


def _change(work: LeasedWork, token: uuid.UUID, **fields: Any) -> bool:
    rows = type(work)._default_manager.filter(pk=work.pk, lease_token=token)
    return bool(rows.update(**fields))


def _after(wait: timedelta) -> Any:
    """Avoid adding zero: SQLite formats a sum longer, so it would compare as later."""
    return Now() + wait if wait else Now()


def _lease_end() -> Any:
    return Now() + timedelta(seconds=settings.LEASE_SECONDS)


@dataclass
class Delivered:
    counts: Counter[str] = field(default_factory=Counter)
    stopped: bool = False
    unreachable: str = ""

    def __str__(self) -> str:
        counts = ", ".join(f"{number} {name}" for name, number in sorted(self.counts.items()))
        trouble = f"mail server unreachable: {self.unreachable}" if self.unreachable else ""
        return "; ".join(filter(None, [counts, trouble])) or "nothing due"


class Sender:
    """Makes one attempt for each row a worker claimed and records the outcome."""

    def __init__(self, done: Delivered) -> None:
        self.done = done
        self.token = uuid.uuid4()

    def prepare(self, batch: Sequence[Any]) -> None:
        """Fetch what the rows of a batch have in common."""

    def deliver(self, work: Any) -> None:
        """Raises LeaseLost, or ServerUnreachable: rows not yet started keep waiting."""
        raise NotImplementedError

    def settle(self) -> None:
        """Record what is known and not recorded yet."""

    def sound_the_alarm(self, error: LeaseLost) -> None:
        self.done.counts["lease lost"] += 1
        logger.error(
            "%s It may arrive twice. Is LEASE_SECONDS longer than sending one can take?",
            error,
            exc_info=error,
        )

    def start(self, work: LeasedWork, **frozen: Any) -> bool:
        """Return False if another worker has the lease."""
        if start(work, token=self.token, **frozen):
            return True
        self.done.counts["left to another worker"] += 1
        return False

    def finish(self, work: LeasedWork, state: str, **fields: Any) -> None:
        finish(work, token=self.token, state=state, next_attempt_at=None, **fields)
        self.done.counts[str(state)] += 1

    def try_later(self, work: LeasedWork, **fields: Any) -> None:
        """Wait for the next attempt, or fail after the last one."""
        wait = retry.wait_after(work.attempts, work.waits)
        if wait is None:
            self.finish(work, "failed", **fields)
            return
        self.wait(work, wait, **fields)

    def wait(self, work: LeasedWork, wait: Any, **fields: Any) -> None:
        self.done.counts["later"] += 1
        finish(
            work,
            token=self.token,
            state=WAITING_STATE,
            next_attempt_at=Now() + wait,
            **fields,
        )

    def note_uncertain(self, work: LeasedWork, **fields: Any) -> None:
        """No answer: it may have arrived, and is repeated."""
        wait = retry.wait_after(work.attempts, work.waits) or work.waits[-1]
        self.done.counts["uncertain"] += 1
        finish(work, token=self.token, **fields, **uncertain(wait, type(work)))
