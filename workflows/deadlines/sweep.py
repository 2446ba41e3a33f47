"""Taking the steps of due deadlines. See docs/reliability.md for the guarantees. Each batch is one
transaction, so sweeps may run concurrently and a killed one leaves nothing half done.
"""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction

from workflows.core.conf import settings
from workflows.core.ladders import Ladder, Scheduled
from workflows.core.rows import insert_rows
from workflows.deadlines.digests import Told, tell
from workflows.deadlines.policies import Policy, get_policy
from workflows.deadlines.services import close, look, put_off, resume, save_clocks, set_next
from workflows.mail.outbox import NewMail, queue_many
from workflows.models import Deadline, TakenStep

logger = logging.getLogger(__name__)

NOT_OWED = "not_owed"
CLOSED = "closed"
TROUBLE_WAIT = timedelta(hours=1)
"""Wait before retrying a deadline whose policy raises an error."""


@dataclass
class Swept:
    counts: Counter[str] = field(default_factory=Counter)
    stopped: bool = False

    def __str__(self) -> str:
        done = ", ".join(f"{number} {name}" for name, number in sorted(self.counts.items()))
        return done or "nothing due"


TAKEN = ("deadline_id", "name", "audience", "scheduled_for")


@dataclass
class _Plan:
    """What a batch writes; ``taken`` has the values of TAKEN."""

    taken: list[tuple[int, str, str, datetime]] = field(default_factory=list)
    moved: list[Deadline] = field(default_factory=list)
    not_owed: list[int] = field(default_factory=list)
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
    _write(plan, now)
    return counts


def _take_step(deadline: Deadline, policy: Policy, plan: _Plan, now: datetime) -> str:
    if not policy.still_owed(deadline):
        plan.not_owed.append(deadline.pk)
        return NOT_OWED
    ladder = policy.ladder(deadline)
    if put_off(deadline, ladder.calendar, now):
        plan.moved.append(deadline)
        return CLOSED
    if deadline.paused_until:
        resume(deadline, max(deadline.paused_until, deadline.paused_at or now))
    due, following = look(deadline, ladder, now)
    if due:
        _note(deadline, policy, ladder, due, plan, now)
        deadline.last_step, deadline.counted_from = due.step.name, due.at
    set_next(deadline, following)
    plan.moved.append(deadline)
    return due.step.name if due else "moved"


def _note(
    deadline: Deadline, policy: Policy, ladder: Ladder, due: Scheduled, plan: _Plan, now: datetime
) -> None:
    step = due.step
    plan.taken.append((deadline.pk, step.name, step.audience, due.at))
    plan.mails += policy.mails(deadline, step)
    for recipient in policy.staff(deadline, step.audience):
        plan.told.append(Told(recipient, ladder.calendar, due.at))
    policy.effect(deadline, step, now)


def _write(plan: _Plan, now: datetime) -> None:
    if plan.not_owed:
        close(Deadline.objects.filter(pk__in=plan.not_owed), outcome=NOT_OWED, now=now)
    insert_rows(TakenStep, TAKEN, plan.taken, skip_known=False, taken_at=now)
    save_clocks(plan.moved)
    queue_many(plan.mails, now=now)
    tell(plan.told, now=now)
