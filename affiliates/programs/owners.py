"""Who among the staff looks after an affiliate: its owner, or else its back-up."""

from collections.abc import Collection, Sequence

from django.contrib.auth import get_user_model

from affiliates.models import Affiliation
from affiliates.programs.review_policies import program_review_policy
from workflows.core.people import Recipient, recipients
from workflows.reviews.policy import REVIEWERS


def owner_of(affiliation: Affiliation) -> list[Recipient]:
    """The back-up counts if the owner is inactive, has no address, or is nobody."""
    found = (recipients([user]) for user in (affiliation.owner, affiliation.backup) if user)
    return next(filter(None, found), [])


def staff_told_first(affiliation: Affiliation) -> Sequence[Recipient]:
    """The owner, or everyone who looks after the program's affiliates."""
    return owner_of(affiliation) or program_review_policy(affiliation.program).audience(REVIEWERS)


def load_owners(affiliations: Collection[Affiliation]) -> None:
    """In one query, and in none if nobody owns any."""
    keys = {key for one in affiliations for key in (one.owner_id, one.backup_id) if key}
    if not keys:
        return
    users = get_user_model()._default_manager.select_related("wagtail_userprofile")
    people = users.in_bulk(keys)
    for one in affiliations:
        one.owner, one.backup = people.get(one.owner_id), people.get(one.backup_id)
