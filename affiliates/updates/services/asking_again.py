"""Asking once more, now, for an update that is owed."""

from datetime import datetime
from typing import TYPE_CHECKING

from affiliates.audit.permissions import may_manage
from affiliates.core.exceptions import TransitionNotAllowed
from affiliates.core.states import UpdateRequestState
from affiliates.models import UpdateRequest
from affiliates.updates.mails.asking import UPDATE_ASK, update_requested
from workflows.mail.outbox import queue

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
    return len(queue(*update_requested(request, UPDATE_ASK, step=step), now=now))
