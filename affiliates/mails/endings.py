"""The mails that tell a group that its affiliation has ended, or goes on after all."""

from affiliates.mails.affiliates import reachable, to_contact
from affiliates.models import Affiliation, Transition
from workflows.services.outbox import NewMail

AFFILIATION_ENDED = "affiliation_ended"
AFFILIATION_REINSTATED = "affiliation_reinstated"

WITH_REASON = "with-reason"
"""How the occurrence of a mail says that the group may read why."""


def affiliation_ended(
    affiliation: Affiliation, moved: Transition, *, tell_reason: bool
) -> list[NewMail]:
    """To each contact: since when, what becomes of the page, whom to ask."""
    occurrence = f"{moved.pk}-{WITH_REASON}" if tell_reason else f"{moved.pk}"
    return _to_all(AFFILIATION_ENDED, affiliation, occurrence)


def affiliation_reinstated(affiliation: Affiliation, moved: Transition) -> list[NewMail]:
    """To each contact: the group is an affiliate again, and what comes next."""
    return _to_all(AFFILIATION_REINSTATED, affiliation, f"{moved.pk}")


def _to_all(kind: str, affiliation: Affiliation, occurrence: str) -> list[NewMail]:
    return [
        to_contact(kind, affiliation, contact, about=affiliation, occurrence=occurrence)
        for contact in reachable(affiliation)
    ]
