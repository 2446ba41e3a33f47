"""Numbers that tell whether the work gets done, for ``/metrics`` and for a page of the admin. They
come from the database, so each web server gives the same ones.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Count, Min
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.core import wakeup
from workflows.models import Deadline, OutgoingMail, TaskRun, WebhookDelivery

GAUGE, COUNTER = "gauge", "counter"


@dataclass(frozen=True)
class Number:
    """``values`` by the values of the label ``by``, or one by "". ``labels`` are their words for
    people. Names follow OpenMetrics: with the unit, counters without "_total".
    """

    name: str
    label: str | Promise
    values: Mapping[str, float]
    by: str = ""
    labels: Mapping[Any, str | Promise] = field(default_factory=dict)
    kind: str = GAUGE

    @property
    def is_seconds(self) -> bool:
        return self.name.endswith("_seconds")


@dataclass(frozen=True)
class Source:
    """``permissions``: who lacks one of them does not see the page of the admin."""

    permissions: tuple[str, ...]
    read: Callable[[datetime], Iterable[Number]]


_sources: list[Source] = []


def register(source: Source) -> None:
    _sources.append(source)


def may_see(user: Any) -> bool:
    return all(user.has_perms(source.permissions) for source in _sources)


def read_all(*, now: datetime) -> list[Number]:
    """The number of queries does not depend on the number of rows."""
    return [number for source in _sources for number in source.read(now)]


def by_state(name: str, label: str | Promise, model: type[models.Model]) -> Number:
    """How many rows are in each state, with 0 for the others."""
    state: Any = model._meta.get_field("state")
    choices = dict(state.choices)
    rows = model._default_manager.order_by().values_list("state").annotate(Count("pk"))
    return Number(name, label, dict.fromkeys(choices, 0) | dict(rows), "state", choices)


def _read(now: datetime) -> Iterator[Number]:
    mail = OutgoingMail.due().aggregate(at=Min("next_attempt_at"))["at"]
    step = Deadline.objects.filter(next_step_at__lte=now).aggregate(at=Min("next_step_at"))["at"]
    yield _age("workflows_oldest_mail", _("The oldest email that is due has waited"), mail, now)
    yield _age("workflows_oldest_step", _("The oldest step that is due has waited"), step, now)
    yield by_state("workflows_mails", _("Emails"), OutgoingMail)
    yield by_state("workflows_webhook_deliveries", _("Webhook deliveries"), WebhookDelivery)
    yield from _runs(list(TaskRun.objects.order_by("task")))


def _age(name: str, label: Promise, since: datetime | None, now: datetime) -> Number:
    waited = (now - since).total_seconds() if since else 0
    return Number(f"{name}_age_seconds", label, {"": max(waited, 0)})


TASKS = {
    wakeup.DELIVER_MAIL: _("Sending email"),
    wakeup.DELIVER_WEBHOOKS: _("Posting webhooks"),
    wakeup.SWEEP_DEADLINES: _("Taking due steps"),
}

RUNS = (
    ("runs", _("Workers: runs"), "runs", COUNTER),
    ("failures", _("Workers: failures"), "failures", COUNTER),
    ("seconds", _("Workers: time in all"), "seconds", COUNTER),
    ("last_seconds", _("Workers: time of the last run"), "last_seconds", GAUGE),
)


def _runs(runs: list[TaskRun]) -> Iterator[Number]:
    for name, label, attribute, kind in RUNS:
        values = {run.task: getattr(run, attribute) for run in runs}
        yield Number(f"workflows_task_{name}", label, values, "task", TASKS, kind)
    ages = {run.task: run.ended_at.timestamp() for run in runs}
    ended = _("Workers: end of the last run")
    yield Number("workflows_task_ended_timestamp_seconds", ended, ages, "task", TASKS)


register(Source(("affiliate_workflows.view_outgoingmail",), _read))
