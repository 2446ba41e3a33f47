"""Which worker may send which mail. Every statement that hands a mail over stands here.

A lease is a token and a time on the row. Whoever holds the token may send the mail; every later
change asks for that token again, so a worker that was too slow changes nothing. All times are the
database's clock: machines whose clocks differ agree on when a lease has run out.
"""

import uuid
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext

from workflows.conf import settings
from workflows.exceptions import LeaseLost
from workflows.models import OutgoingMail
from workflows.retry import MAX_UNCERTAIN
from workflows.states import WAITING, MailState

FREE: dict[str, Any] = {"lease_token": None, "leased_until": None, "transport_started_at": None}

WAITING_STATE = Case(
    When(uncertain_attempts__gt=0, then=Value(MailState.UNCERTAIN)),
    default=Value(MailState.QUEUED),
)
"""A mail that may have arrived already keeps saying so while it waits for its next attempt."""


def claim(*, token: uuid.UUID, limit: int) -> list[OutgoingMail]:
    """Take up to ``limit`` due mails, most urgent first, under a lease called ``token``.

    Effects: the mails are in the state "sending", committed. No mail is given to two workers: rows
    that another one is claiming are skipped where the database can, and waited for where not; in
    both cases only rows that are still waiting are taken. Raises RuntimeError in a transaction.
    """
    with transaction.atomic(durable=True):
        due = OutgoingMail.objects.filter(state__in=WAITING, next_attempt_at__lte=Now())
        chosen = list(
            due.order_by("priority", "next_attempt_at", "pk")
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)[:limit]
        )
        if not chosen:
            return []
        due.filter(pk__in=chosen).update(
            state=MailState.SENDING, lease_token=token, leased_until=_lease_end()
        )
    mine = OutgoingMail.objects.filter(pk__in=chosen, lease_token=token)
    return list(mine.order_by("priority", "next_attempt_at", "pk"))


def start(mail: OutgoingMail, *, token: uuid.UUID, **frozen: Any) -> bool:
    """Note that this mail now goes to the server; from here on it may have been delivered.

    Effects: the attempt is counted, the lease renewed, and ``frozen`` (the message) saved for all
    attempts to come. False if the lease ran out and another worker has the mail: do not send it.
    """
    mail.attempts += 1
    return _change(
        mail,
        token,
        transport_started_at=Now(),
        leased_until=_lease_end(),
        attempts=F("attempts") + 1,
        **frozen,
    )


def finish(mail: OutgoingMail, *, token: uuid.UUID, **fields: Any) -> None:
    """End this attempt with ``fields`` and free the mail. Raises LeaseLost."""
    if not _change(mail, token, **FREE, **fields):
        raise LeaseLost


def give_back(*, token: uuid.UUID, wait: timedelta = timedelta(0)) -> None:
    """Free every mail still held under ``token``, each as far as it got."""
    _free(Q(lease_token=token), wait)


def recover() -> None:
    """Free every mail whose worker did not finish in time: it was killed, or lost its machine."""
    _free(Q(leased_until__lt=Now()), timedelta(0))


def _free(which: Q, wait: timedelta) -> None:
    held = OutgoingMail.objects.filter(which, state=MailState.SENDING)
    held.filter(transport_started_at=None).update(
        **FREE, state=WAITING_STATE, next_attempt_at=_after(wait)
    )
    held.exclude(transport_started_at=None).update(
        **FREE,
        **uncertain(wait),
        answer=gettext("The sender stopped before the mail server had answered."),
    )


def uncertain(wait: timedelta) -> dict[str, Any]:
    """The fields of a mail that was handed over without an answer: repeat it, but not for ever."""
    too_often = Q(uncertain_attempts__gte=MAX_UNCERTAIN - 1)
    return {
        "uncertain_attempts": F("uncertain_attempts") + 1,
        "state": Case(
            When(too_often, then=Value(MailState.FAILED)), default=Value(MailState.UNCERTAIN)
        ),
        "next_attempt_at": Case(
            When(too_often, then=Value(None)),
            default=_after(wait),
            output_field=models.DateTimeField(),
        ),
    }


def _change(mail: OutgoingMail, token: uuid.UUID, **fields: Any) -> bool:
    return bool(OutgoingMail.objects.filter(pk=mail.pk, lease_token=token).update(**fields))


def _after(wait: timedelta) -> Any:
    """Without a wait exactly now: SQLite writes a sum of times longer, as if a moment later."""
    return Now() + wait if wait else Now()


def _lease_end() -> Any:
    return Now() + timedelta(seconds=settings.LEASE_SECONDS)
