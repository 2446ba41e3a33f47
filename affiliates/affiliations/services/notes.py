"""Internal notes of staff about an affiliate."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from wagtail.log_actions import log

from affiliates.audit.permissions import may_manage
from affiliates.core.exceptions import TransitionNotAllowed
from affiliates.models import Affiliation, StaffNote

NOTED = "affiliates.note_written"  # log actions of the affiliation, without the text
NOTE_REMOVED = "affiliates.note_removed"


def write_note(*, affiliation: Affiliation, text: str, user: User, now: datetime) -> StaffNote:
    """Effects, in one transaction: the note, a log entry. Raises TransitionNotAllowed."""
    _refuse_stranger(affiliation, user)
    with transaction.atomic():
        log(instance=affiliation, action=NOTED, user=user, timestamp=now)
        return StaffNote.objects.create(
            affiliation=affiliation, text=text, written_at=now, written_by=user
        )


def remove_note(*, note: StaffNote, user: User, now: datetime) -> None:
    """Effects, in one transaction: the row is deleted, a log entry. Raises TransitionNotAllowed."""
    _refuse_stranger(note.affiliation, user)
    with transaction.atomic():
        log(instance=note.affiliation, action=NOTE_REMOVED, user=user, timestamp=now)
        note.delete()


def _refuse_stranger(affiliation: Affiliation, user: User) -> None:
    if not may_manage(user, affiliation):
        raise TransitionNotAllowed
