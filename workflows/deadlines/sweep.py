"""Taking the steps of due deadlines. See docs/reliability.md for the guarantees. Each batch is one
transaction, so sweeps may run concurrently and a killed one leaves nothing half done.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction

from workflows.core.conf import settings
from workflows.core.ladders import Scheduled
from workflows.deadlines.digests import Told, tell
from workflows.deadlines.policies import Policy, get_policy
from workflows.deadlines.services import CLOCK, newest_due, resume, schedule
from workflows.mail.outbox import NewMail, queue
from workflows.models import Deadline, TakenStep

logger = logging.getLogger(__name__)

NOT_OWED = "not_owed"
TROUBLE_WAIT = timedelta(hours=1)
"""Wait before retrying a deadline whose policy raises an error."""

MOVED = (*CLOCK, "closed_at", "outcome")


@dataclass
class Swept:
    counts: Counter[str] = field(default_factory=Counter)
    stopped: bool = False

    def __str__(self) -> str:
        done = ", ".join(f"{number} {name}" for name, number in sorted(self.counts.items()))
        return done or "nothing due"


@dataclass
class _Plan:
    taken: list[TakenStep] = field(default_factory=list)
    mails: list[NewMail] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)


def sweep(*, now: datetime, should_stop: Callable[[], bool] = lambda: False) -> Swept:
    """Take the newest due step of each due deadline. Effects, per batch in one transaction: emails
    are queued, steps recorded, deadlines moved on or, if no longer owed, closed. Repeating it
    changes nothing. Must not run in a transaction.
    """
    swept = Swept()
    while not swept.stopped:
        batch: list[Deadline] = []
        try:
            with transaction.atomic(durable=True):
                batch += _claim(now)
                swept.counts.update(_take_steps(batch, now))
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            logger.exception("A batch of %s deadlines failed. Each is tried alone.", len(batch))
            for deadline in batch:
                swept.counts.update(_sweep_alone(deadline.pk, now))
        if not batch:
            break
        swept.stopped = should_stop()
    return swept


def _claim(now: datetime, **only: int) -> list[Deadline]:
    """Lock due deadlines, skipping those locked by another sweep."""
    due = Deadline.objects.filter(next_step_at__lte=now, **only).order_by("next_step_at", "pk")
    return list(due.select_for_update(skip_locked=True, no_key=True)[: settings.SWEEP_BATCH])


def _sweep_alone(key: int, now: datetime) -> Counter[str]:
    """Retry one deadline later if it fails, so that it does not block the others."""
    try:
        with transaction.atomic(durable=True):
            return _take_steps(_claim(now, pk=key), now)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("Deadline %s could not be swept. It is tried again later.", key)
        Deadline.objects.filter(pk=key, closed_at=None).update(next_step_at=now + TROUBLE_WAIT)
        return Counter({"failed": 1})


def _take_steps(deadlines: list[Deadline], now: datetime) -> Counter[str]:
    plan = _Plan()
    counts: Counter[str] = Counter()
    by_kind = sorted(deadlines, key=attrgetter("kind"))
    for kind, group in groupby(by_kind, key=attrgetter("kind")):
        same_kind = list(group)
        policy = get_policy(kind)
        policy.load(same_kind)
        for deadline in same_kind:
            counts[_take_step(deadline, policy, plan, now)] += 1
    _write(deadlines, plan, now)
    return counts


def _take_step(deadline: Deadline, policy: Policy, plan: _Plan, now: datetime) -> str:
    if not policy.still_owed(deadline):
        _close(deadline, now)
        return NOT_OWED
    if deadline.paused_until:
        resume(deadline, max(deadline.paused_until, deadline.paused_at or now))
    ladder = policy.ladder(deadline)
    due = newest_due(deadline, ladder, now)
    if due:
        _note(deadline, policy, due, plan, now)
        deadline.last_step, deadline.counted_from = due.step.name, due.at
    schedule(deadline)
    return due.step.name if due else "moved"


def _note(deadline: Deadline, policy: Policy, due: Scheduled, plan: _Plan, now: datetime) -> None:
    step = due.step
    plan.taken.append(
        TakenStep(
            deadline=deadline,
            name=step.name,
            audience=step.audience,
            scheduled_for=due.at,
            taken_at=now,
        )
    )
    plan.mails += policy.mails(deadline, step)
    for recipient in policy.staff(deadline, step.audience):
        plan.told.append(Told(recipient, policy.ladder(deadline).calendar, due.at))
    policy.effect(deadline, step, now)


def _close(deadline: Deadline, now: datetime) -> None:
    deadline.closed_at, deadline.outcome = now, NOT_OWED
    deadline.next_step, deadline.next_step_at = "", None
    deadline.paused_until = None


def _write(deadlines: Iterable[Deadline], plan: _Plan, now: datetime) -> None:
    TakenStep.objects.bulk_create(plan.taken)
    _move(deadlines)
    queue(*plan.mails, now=now)
    tell(plan.told, now=now)


def _move(deadlines: Iterable[Deadline]) -> None:
    """One update per group of equal values: ``bulk_update`` takes longer than all the rest."""
    alike: dict[tuple[Any, ...], list[int]] = {}
    for deadline in deadlines:
        values = tuple(getattr(deadline, field) for field in MOVED)
        alike.setdefault(values, []).append(deadline.pk)
    for values, keys in alike.items():
        Deadline.objects.filter(pk__in=keys).update(**dict(zip(MOVED, values, strict=True)))
