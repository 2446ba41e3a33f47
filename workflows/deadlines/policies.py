"""What kinds of promises exist. An app registers its policies in ``AppConfig.ready()``.

A policy says how a kind of deadline is kept: the ladder of steps, whether it is still owed, who
stands behind the name of an audience, and how the people of an audience are told. People outside
get mails of their own (``mails``). Staff get one mail a day at most, which lists all that waits
for them (``staff`` and ``waiting``; see ``mails.py``).
"""

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
    """How a promise that waits for staff is named in their mail and on their first page.

    ``url`` is absolute; ``note`` says what else to know, in a sentence ("Assigned to Robin.").
    """

    title: str
    url: str
    note: str = ""


def _nobody(*_args: Any) -> Sequence[Any]:
    return ()


def _nothing(*_args: Any) -> None:
    """Nothing to show, to do or to load."""


@dataclass(frozen=True)
class Policy:
    """How one kind of deadline is kept.

    ``load`` fetches for many deadlines at once what the other functions will ask of each one's
    ``subject`` (set it), so that a sweep needs no query per row. ``holders`` is the audience for
    whom it waits from its opening on, before any step. ``effect`` is what else a step does (a
    change of standing, say), in the transaction of the step.

    ``step_labels`` says in words what each step does, by its name ("Reviewers reminded").

    ``still_owed`` is asked before each step; false closes the deadline. All functions may be asked
    at any time, also about a deadline whose subject is gone (then ``still_owed`` has to be false,
    and no other function is asked).
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
    """Make a policy known; return its kind. Registering a kind again replaces it, so that a site
    can adapt it.
    """
    _policies[policy.kind] = policy
    return policy.kind


def get_policy(kind: str) -> Policy:
    """The policy for this kind of deadline. Raises UnknownPolicy."""
    try:
        return _policies[kind]
    except KeyError:
        raise UnknownPolicy(f"No policy for the kind of deadline “{kind}”.") from None


def kinds_of_staff() -> list[str]:
    """The kinds of deadlines that may wait for staff."""
    return sorted(kind for kind, policy in _policies.items() if policy.staff is not _nobody)
