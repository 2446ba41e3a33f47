"""Forecast of the steps that sweeps will take, and a table of them for the admin."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import dropwhile, groupby, takewhile
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from wagtail.admin.ui.components import Component

from workflows.core.exceptions import UnknownPolicy
from workflows.core.ladders import Scheduled, Step
from workflows.core.people import Recipient, unique
from workflows.deadlines.digests import WAITING_FOR_YOU
from workflows.deadlines.policies import Policy, get_policy
from workflows.deadlines.services import look, put_off, resume, steps_ahead
from workflows.mail.kinds import get_kind
from workflows.models import Deadline

MOST_STEPS = 100


@dataclass(frozen=True, kw_only=True)
class ExpectedStep:
    """``label`` and ``thing`` say what the step does and about what. ``step`` is its name in the
    ladder, ``url`` the absolute URL of the thing or "", ``mail`` the label of the email to
    ``people``.
    """

    at: datetime
    label: str
    step: str
    thing: str
    url: str
    people: tuple[Recipient, ...]
    mail: str


def expected_steps(
    *, since: datetime, until: datetime, deadlines: QuerySet[Deadline] | None = None
) -> list[ExpectedStep]:
    """Steps that sweeps between ``since`` and ``until`` will take, in order. Of missed steps only
    the newest of each deadline comes. Kinds without a policy are skipped.
    """
    found = Deadline.objects.all() if deadlines is None else deadlines
    ahead = found.filter(closed_at=None, next_step_at__lte=until).order_by("kind", "pk")
    by_kind = groupby(ahead, key=attrgetter("kind"))
    steps = [step for kind, group in by_kind for step in _of_kind(kind, list(group), since, until)]
    return sorted(steps, key=attrgetter("at"))


def _of_kind(
    kind: str, deadlines: list[Deadline], since: datetime, until: datetime
) -> Iterator[ExpectedStep]:
    try:
        policy = get_policy(kind)
    except UnknownPolicy:
        return
    policy.load(deadlines)
    for deadline in deadlines:
        if policy.still_owed(deadline):
            for scheduled in _timetable(deadline, policy, since, until):
                yield _expected(deadline, policy, scheduled)


def _timetable(
    deadline: Deadline, policy: Policy, since: datetime, until: datetime
) -> Iterator[Scheduled]:
    """Simulate sweeps: the first when the deadline is due (not before ``since``), then at each
    step.
    """
    ladder = policy.ladder(deadline)
    first_look = max(since, deadline.next_step_at or since)
    if put_off(deadline, ladder.calendar, first_look):
        first_look = deadline.next_step_at or first_look
    if first_look > until:
        return
    if deadline.paused_until:
        resume(deadline, max(deadline.paused_until, deadline.paused_at or first_look))
    newest, _following = look(deadline, ladder, first_look)
    if newest:
        yield Scheduled(newest.step, first_look)
    later = dropwhile(lambda scheduled: scheduled.at <= first_look, steps_ahead(deadline, ladder))
    yield from takewhile(lambda scheduled: scheduled.at <= until, later)


def _expected(deadline: Deadline, policy: Policy, scheduled: Scheduled) -> ExpectedStep:
    step = scheduled.step
    people, mail = _told(deadline, policy, step)
    waiting = policy.waiting(deadline)
    return ExpectedStep(
        at=scheduled.at,
        label=policy.step_label(step.name),
        step=step.name,
        thing=waiting.title if waiting else str(deadline.subject),
        url=waiting.url if waiting else "",
        people=tuple(people),
        mail=mail,
    )


def _told(deadline: Deadline, policy: Policy, step: Step) -> tuple[list[Recipient], str]:
    mails = list(policy.mails(deadline, step))
    staff = policy.staff(deadline, step.audience)
    kinds = [mail.kind for mail in mails] or ([WAITING_FOR_YOU] if staff else [])
    people = [Recipient(mail.to, mail.to_name, mail.language) for mail in mails]
    return unique([*people, *staff]), str(get_kind(kinds[0]).label) if kinds else ""


class ExpectedSteps(Component):
    """A table of the first MOST_STEPS steps, in the current time zone. Add its ``media`` to the
    page.
    """

    template_name = "affiliate_workflows/admin/expected_steps.html"

    class Media:
        css = {"all": ["affiliate_workflows/reviews_admin.css"]}

    def __init__(self, steps: Sequence[ExpectedStep]) -> None:
        self.steps = steps

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        shown = self.steps[:MOST_STEPS]
        return {"steps": shown, "more": len(self.steps) - len(shown)}
