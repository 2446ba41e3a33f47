"""Programs that ask for something, as an editor would have set it up."""

from django.utils import timezone

from affiliates.models import Requirement
from affiliates.requirements.services.committing import introduce


def requirement(program, kind="declared", *, now=None, **fields):
    """Asked of everybody who is an affiliate already."""
    fields = {"name": f"Our {kind}", **fields}
    made = Requirement.objects.create(program=program, kind=kind, **fields)
    introduce(requirement=made, now=now or timezone.now())
    return made


def commitment(group, asked):
    found = group.commitments.select_related("requirement", "affiliation__program")
    return found.get(requirement=asked)
