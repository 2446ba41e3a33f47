"""Calls for help follow what happens to their affiliates."""

from typing import Any

from affiliates.core.states import AffiliationAction
from affiliates.models import Affiliation, Transition
from affiliates.signals import record_moved, work_handed_over
from affiliates.support.services import close_calls_of_ended, hand_over_calls


def connect() -> None:
    record_moved.connect(close_calls, sender=Affiliation)
    work_handed_over.connect(follow_hand_over, sender=Affiliation)


def follow_hand_over(of: Any, to: Any, user: Any, now: Any, **_kwargs: Any) -> None:
    hand_over_calls(of=of, to=to, user=user, now=now)


def close_calls(record: Affiliation, transition: Transition, **_kwargs: Any) -> None:
    if transition.action == AffiliationAction.END:
        close_calls_of_ended(affiliation=record, now=transition.at)
