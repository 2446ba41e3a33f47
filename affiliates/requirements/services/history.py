"""How decisions about requirements are named and kept in the history of affiliates."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.contrib.auth.models import User

from affiliates.audit.bulk_log import log_all
from affiliates.audit.permissions import may_manage
from affiliates.core.exceptions import TransitionNotAllowed
from affiliates.models import Affiliation, Commitment

PROVED = "affiliates.requirement_proved"
WAIVED = "affiliates.requirement_waived"
PUT_OFF = "affiliates.requirement_put_off"
ADJUSTED = "affiliates.requirement_adjusted"
ASKED = "affiliates.requirement_asked"
UNKNOWN = "affiliates.requirement_unknown"


def check_managed(affiliations: Iterable[Affiliation], user: User) -> None:
    """Raises TransitionNotAllowed if the user may not manage one of them."""
    one_each = {affiliation.program_id: affiliation for affiliation in affiliations}
    if not all(may_manage(user, affiliation) for affiliation in one_each.values()):
        raise TransitionNotAllowed


def log_decision(
    commitments: Collection[Commitment],
    action: str,
    *,
    user: User | None = None,
    now: datetime,
    **data: str,
) -> None:
    """In the history of the affiliate, where staff look."""
    entries = (
        (one.affiliation, {"requirement": one.requirement.name, **data}) for one in commitments
    )
    log_all(action, entries, user=user, now=now)
