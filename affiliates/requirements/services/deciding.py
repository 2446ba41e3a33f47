"""What staff decide about a requirement of chosen groups, by the kind of requirement."""

from types import ModuleType

from affiliates.models import Requirement
from affiliates.models.requirements import UPDATE
from affiliates.requirements.services import proving, updates

_OF_KIND: dict[str, ModuleType] = {UPDATE: updates}


def decisions_on(requirement: Requirement) -> ModuleType:
    """The services ``waive``, ``put_off``, ``adjust`` and ``ask_now`` for its commitments."""
    return _OF_KIND.get(requirement.kind, proving)
