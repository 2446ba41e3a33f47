"""What happens when an application is approved or declined."""

from datetime import datetime
from typing import TYPE_CHECKING

from affiliates.models import Application

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def approve_application(
    *, application: Application, user: "User | None", now: datetime
) -> Application:
    """Make the group an affiliate. Raises AlreadyDecided (a TransitionNotAllowed)."""
    raise NotImplementedError


def decline_application(
    *, application: Application, user: "User", reason: str, now: datetime, tell: bool = True
) -> Application:
    """Decline; ``tell=False`` sends no mail (spam). Raises AlreadyDecided, TransitionNotAllowed."""
    raise NotImplementedError
