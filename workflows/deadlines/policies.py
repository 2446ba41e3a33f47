"""Registry of policies for kinds of deadline. Apps register theirs in ``AppConfig.ready()``."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from workflows.core.exceptions import UnknownPolicy
from workflows.core.ladders import Ladder, Step
from workflows.core.people import Recipient
from workflows.mail.outbox import NewMail
from workflows.models import Deadline


@dataclass(frozen=True)
class Waiting:
    """Title, absolute URL and note ("Assigned to Robin.") of a task in lists for staff."""

    title: str
    url: str
    note: str = ""


def _nobody(*_args: Any) -> Sequence[Any]:
    return ()


def _nothing(*_args: Any) -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Policy:
    """How a kind of deadline is kept.

    ``mails`` are emails to people outside; ``staff`` get the daily email, which lists ``waiting``.
    ``load`` sets ``subject`` on many deadlines and fetches what the other functions need, so that a
    sweep needs no query per row. ``holders`` is the audience from the opening on, before any step.
    ``effect`` runs in the transaction of the step. ``step_labels`` describe the steps by name.

    ``still_owed`` is asked before each step; false closes the deadline. It must be false if the
    subject is deleted; then no other function is called.
    """

    kind: str
    label: str | Promise
    ladder: Callable[[Deadline], Ladder]
    still_owed: Callable[[Deadline], bool]
    mails: Callable[[Deadline, Step], Iterable[NewMail]] = _nobody
    staff: Callable[[Deadline, str], Sequence[Recipient]] = _nobody
    waiting: Callable[[Deadline], Waiting | None] = _nothing
    holders: str = ""
    effect: Callable[[Deadline, Step, datetime], None] = _nothing
    load: Callable[[Sequence[Deadline]], None] = _nothing
    step_labels: Mapping[str, str | Promise] = field(default_factory=dict)

    def step_label(self, name: str) -> str:
        return str(self.step_labels.get(name, name))


_policies: dict[str, Policy] = {}


def register(policy: Policy) -> str:
    """Register a policy and return its kind; a site may replace a registered policy."""
    _policies[policy.kind] = policy
    return policy.kind


def get_policy(kind: str) -> Policy:
    """Raises UnknownPolicy."""
    try:
        return _policies[kind]
    except KeyError:
        raise UnknownPolicy(f"No policy for the kind of deadline “{kind}”.") from None


def kinds_of_staff() -> list[str]:
    return sorted(kind for kind, policy in _policies.items() if policy.staff is not _nobody)
