"""Services for webhook endpoints and events; ``delivery.py`` sends the events."""

import json
import logging
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Now

from workflows.core import wakeup
from workflows.core.conf import settings
from workflows.core.exceptions import DeliveryNotResendable, EndpointOff, SecretShownBefore
from workflows.core.webhook_signing import new_secret
from workflows.deadlines.digests import Told, tell
from workflows.deadlines.services import close_deadlines, open_deadline
from workflows.leases import services
from workflows.models import WebhookDelivery, WebhookEndpoint
from workflows.webhooks.deadlines import DAYS_TO_LOOK, ENDPOINT_OFF, calendar, keepers
from workflows.webhooks.events import TEST, get_event

logger = logging.getLogger(__name__)

FAILURE_FIELDS = ("failing_since", "rest_until", "switched_off_at", "switched_off_why")

Data = Mapping[str, Any]


def emit(
    event_type: str,
    subject: models.Model,
    data: Data | Callable[[], Data],
    *,
    now: datetime,
    occurrence: str = "",
    only_news: bool = False,
) -> None:
    """Queue an event about ``subject`` for every active endpoint that subscribes to it.

    ``data`` may be a function, called only if needed. ``occurrence`` (default: ``now``) identifies
    the event; the same event adds no row. ``only_news`` skips endpoints whose last event about the
    subject had the same data. Effects: rows in the caller's transaction; a worker is woken after
    the commit. Raises UnknownEvent.
    """
    get_event(event_type)
    wanted = _wanting(event_type)
    if wanted:
        said = data() if callable(data) else data
        if only_news:
            wanted = _without_those_told(wanted, subject, said)
        _insert(wanted, event_type, subject, said, now=now, occurrence=occurrence)


def is_wanted(event_type: str) -> bool:
    """Whether an active endpoint subscribes to the event."""
    return bool(_wanting(event_type))


def send_test(*, endpoint: WebhookEndpoint, now: datetime) -> WebhookDelivery:
    """Queue "webhook.test" for the endpoint and wake a worker. Raises EndpointOff."""
    if not endpoint.is_active:
        raise EndpointOff
    occurrence = uuid.uuid4().hex
    _insert([endpoint], TEST.name, endpoint, TEST.example, now=now, occurrence=occurrence)
    return endpoint.deliveries.get(key__contains=occurrence)


def send_again(*, delivery: WebhookDelivery) -> None:
    """Queue a failed or delivered event again and wake a worker after the commit. Effects: attempts
    are zero; the endpoint's pause ends. Raises EndpointOff, and DeliveryNotResendable in any other
    state.
    """
    endpoints = WebhookEndpoint.objects.filter(pk=delivery.endpoint_id, is_active=True)
    if not endpoints.update(rest_until=None):
        raise EndpointOff
    if not services.requeue(delivery):
        raise DeliveryNotResendable
    delivery.refresh_from_db()
    wakeup.wake_after_commit(wakeup.DELIVER_WEBHOOKS)


def show_secret(*, endpoint: WebhookEndpoint, now: datetime) -> str:
    """Return the secret and record that it was shown. Raises SecretShownBefore."""
    unseen = WebhookEndpoint.objects.filter(pk=endpoint.pk, secret_shown_at=None)
    if not unseen.update(secret_shown_at=now):
        raise SecretShownBefore
    endpoint.refresh_from_db()
    return endpoint.secret


def renew_secret(*, endpoint: WebhookEndpoint, now: datetime) -> str:
    """Create and return a new secret. For WEBHOOK_SECRET_OVERLAP_HOURS, requests are also signed
    with the previous one.
    """
    overlap = timedelta(hours=settings.WEBHOOK_SECRET_OVERLAP_HOURS)
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        previous_secret=F("secret"),
        previous_secret_until=now + overlap,
        secret=new_secret(),
        secret_shown_at=now,
    )
    endpoint.refresh_from_db()
    return endpoint.secret


def secrets_of(endpoint: WebhookEndpoint, *, now: datetime) -> list[str]:
    """The secret, and the previous one while it is valid."""
    until = endpoint.previous_secret_until
    is_overlap = endpoint.previous_secret and until and now < until
    return [endpoint.secret, *([endpoint.previous_secret] if is_overlap else [])]


def switch_off(
    endpoint: WebhookEndpoint, *, if_in: models.QuerySet[WebhookEndpoint], why: str, now: datetime
) -> None:
    """Switch the endpoint off if it is still one of ``if_in``. Effects, in one transaction: it is
    off; a deadline "webhook_endpoint_off" is opened, and all who may switch it on get the daily
    email.
    """
    with transaction.atomic():
        if not if_in.update(is_active=False, switched_off_at=Now(), switched_off_why=why):
            return
        due_at = calendar().after(now, DAYS_TO_LOOK)
        open_deadline(kind=ENDPOINT_OFF, subject=endpoint, due_at=due_at, now=now)
        tell([Told(person, calendar(), now) for person in keepers()], now=now)
    logger.error("The webhook endpoint “%s” was switched off. %s", endpoint, why)


def forget_failures(endpoint: WebhookEndpoint) -> None:
    """Reset the failure fields, without saving."""
    endpoint.failing_since = endpoint.rest_until = endpoint.switched_off_at = None
    endpoint.switched_off_why = ""


def note_seen(*, endpoint: WebhookEndpoint, now: datetime) -> None:
    """Close the deadline that asks staff to check the endpoint."""
    close_deadlines(kind=ENDPOINT_OFF, subject=endpoint, outcome="seen", now=now)


def _wanting(event_type: str) -> list[WebhookEndpoint]:
    endpoints = WebhookEndpoint.objects.filter(is_active=True).only("pk", "event_types")
    return [endpoint for endpoint in endpoints if event_type in endpoint.event_types]


def _without_those_told(
    endpoints: list[WebhookEndpoint], subject: models.Model, data: Data
) -> list[WebhookEndpoint]:
    about = WebhookDelivery.objects.filter(
        content_type=ContentType.objects.get_for_model(subject), object_id=str(subject.pk)
    )
    newest = about.values("endpoint").annotate(newest=models.Max("pk")).values("newest")
    last = {
        endpoint: json.loads(bytes(body))["data"]
        for endpoint, body in about.filter(pk__in=newest).values_list("endpoint", "body")
    }
    said = json.loads(json.dumps(data, cls=DjangoJSONEncoder))
    return [endpoint for endpoint in endpoints if last.get(endpoint.pk) != said]


def _insert(
    endpoints: Iterable[WebhookEndpoint],
    event_type: str,
    subject: models.Model,
    data: Data,
    *,
    now: datetime,
    occurrence: str,
) -> None:
    about = f"{subject._meta.label_lower}/{subject.pk}"
    event = f"{event_type}/{about}/{occurrence or now.isoformat()}"
    content = {"type": event_type, "timestamp": now, "data": data}
    message_id = f"msg_{uuid.uuid4().hex}"
    rows = [
        WebhookDelivery(
            key=f"{event}/{endpoint.pk}",
            endpoint=endpoint,
            event_type=event_type,
            message_id=message_id,
            content_type=ContentType.objects.get_for_model(subject),
            object_id=str(subject.pk),
            body=json.dumps(content, cls=DjangoJSONEncoder).encode(),
            created_at=now,
            next_attempt_at=Now(),
        )
        for endpoint in endpoints
    ]
    if rows:
        WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)
        wakeup.wake_after_commit(wakeup.DELIVER_WEBHOOKS)
