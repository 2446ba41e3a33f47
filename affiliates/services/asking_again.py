"""Asking once more, now, for an update that is owed."""

from datetime import datetime
from typing import TYPE_CHECKING

from affiliates import mails
from affiliates.exceptions import TransitionNotAllowed
from affiliates.models import UpdateRequest
from affiliates.permissions import may_manage
from affiliates.states import UpdateRequestState
from workflows.services.outbox import queue

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def ask_again(*, request: UpdateRequest, user: "User", now: datetime) -> int:
    """Effects: the mail to whoever is asked first, once a minute; return how many are queued.

    Raises TransitionNotAllowed if nothing is owed, or the user may not.
    """
    is_owed = request.state == UpdateRequestState.OPEN
    if not is_owed or not may_manage(user, request.affiliation):
        raise TransitionNotAllowed
    step = f"again-{now:%Y-%m-%dT%H:%M}"
    return len(queue(*mails.update_requested(request, mails.UPDATE_ASK, step=step), now=now))
