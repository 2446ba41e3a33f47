"""Closes the calls for help of an affiliation that ends."""

from typing import Any

from affiliates.core.states import AffiliationAction
from affiliates.models import Affiliation, Transition
from affiliates.signals import record_moved
from affiliates.support.services import close_calls_of_ended


def connect() -> None:
    record_moved.connect(close_calls, sender=Affiliation)


def close_calls(record: Affiliation, transition: Transition, **_kwargs: Any) -> None:
    if transition.action == AffiliationAction.END:
        close_calls_of_ended(affiliation=record, now=transition.at)
