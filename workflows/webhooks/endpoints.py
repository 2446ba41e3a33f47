"""Switching off an endpoint at which nothing works, and beginning anew with it."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from workflows.deadlines.digests import Told, tell
from workflows.deadlines.services import close_deadlines, open_deadline
from workflows.models import WebhookEndpoint
from workflows.webhooks.deadlines import DAYS_TO_LOOK, ENDPOINT_OFF, calendar, keepers

logger = logging.getLogger(__name__)

FAILURE_FIELDS = ("failing_since", "rest_until", "switched_off_at", "switched_off_why")
"""What an endpoint remembers of attempts that failed."""


def switch_off(
    endpoint: WebhookEndpoint, *, if_in: QuerySet[WebhookEndpoint], why: str, now: datetime
) -> None:
    """Send nothing to it any more, if it is still one of ``if_in``.

    Effects, in one transaction: the endpoint is off; a deadline "webhook_endpoint_off", and the
    mail of the day to all who may switch it on again.
    """
    with transaction.atomic():
        if not if_in.update(is_active=False, switched_off_at=Now(), switched_off_why=why):
            return
        due_at = calendar().after(now, DAYS_TO_LOOK)
        open_deadline(kind=ENDPOINT_OFF, subject=endpoint, due_at=due_at, now=now)
        tell([Told(person, calendar(), now) for person in keepers()], now=now)
    logger.error("The webhook endpoint “%s” was switched off. %s", endpoint, why)


def forget_failures(endpoint: WebhookEndpoint) -> None:
    """Begin anew with an endpoint that a person switched on. Changes the object, saves nothing."""
    endpoint.failing_since = endpoint.rest_until = endpoint.switched_off_at = None
    endpoint.switched_off_why = ""


def note_seen(*, endpoint: WebhookEndpoint, now: datetime) -> None:
    """A person has looked at it. Effects: that it was switched off waits for nobody any more."""
    close_deadlines(kind=ENDPOINT_OFF, subject=endpoint, outcome="seen", now=now)
