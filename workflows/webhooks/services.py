"""What happens to endpoints and their events. Events become rows; ``delivery.py`` sends them."""

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
"""What an endpoint remembers of attempts that failed."""

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
    """Tell every endpoint that wants to hear about it that this has happened to ``subject``.

    ``data`` may be a function, which is only asked if someone wants to hear. ``occurrence`` tells
    apart events of one type about one subject; without, each moment is one. ``only_news``: whoever
    was told the same of the subject last is not told again.
    Effects: one row per endpoint that is on, inside the caller's transaction, with the bytes that
    it will get; the same event again adds nothing. After the commit a worker is woken.
    Raises UnknownEvent.
    """
    get_event(event_type)
    wanted = _wanting(event_type)
    if wanted:
        said = data() if callable(data) else data
        if only_news:
            wanted = _without_those_told(wanted, subject, said)
        _insert(wanted, event_type, subject, said, now=now, occurrence=occurrence)


def is_wanted(event_type: str) -> bool:
    """Whether any endpoint that is on wants to hear about such events."""
    return bool(_wanting(event_type))


def send_test(*, endpoint: WebhookEndpoint, now: datetime) -> WebhookDelivery:
    """Send the event "webhook.test" to this endpoint, whatever it wants to hear about.

    Effects: one row; a worker is woken after the commit. Raises EndpointOff.
    """
    if not endpoint.is_active:
        raise EndpointOff
    occurrence = uuid.uuid4().hex
    _insert([endpoint], TEST.name, endpoint, TEST.example, now=now, occurrence=occurrence)
    return endpoint.deliveries.get(key__contains=occurrence)


def send_again(*, delivery: WebhookDelivery) -> None:
    """Send what has failed, or arrived already, as the same event once more.

    Effects: the row is queued with its attempts at zero, its endpoint does not rest anymore, and
    a worker is woken after the commit. Raises EndpointOff, and DeliveryNotResendable in any other
    state, also if it just got there.
    """
    endpoints = WebhookEndpoint.objects.filter(pk=delivery.endpoint_id, is_active=True)
    if not endpoints.update(rest_until=None):
        raise EndpointOff
    if not services.requeue(delivery):
        raise DeliveryNotResendable
    delivery.refresh_from_db()
    wakeup.wake_after_commit(wakeup.DELIVER_WEBHOOKS)


def show_secret(*, endpoint: WebhookEndpoint, now: datetime) -> str:
    """The secret, once. Effects: it is noted as shown. Raises SecretShownBefore."""
    unseen = WebhookEndpoint.objects.filter(pk=endpoint.pk, secret_shown_at=None)
    if not unseen.update(secret_shown_at=now):
        raise SecretShownBefore
    endpoint.refresh_from_db()
    return endpoint.secret


def renew_secret(*, endpoint: WebhookEndpoint, now: datetime) -> str:
    """A new secret, which is shown now.

    Effects: for WEBHOOK_SECRET_OVERLAP_HOURS, what is sent is signed with the former one, too.
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
    """What signs now: the secret and, as long as it is to be taken, the former one."""
    until = endpoint.previous_secret_until
    is_overlap = endpoint.previous_secret and until and now < until
    return [endpoint.secret, *([endpoint.previous_secret] if is_overlap else [])]


def switch_off(
    endpoint: WebhookEndpoint, *, if_in: models.QuerySet[WebhookEndpoint], why: str, now: datetime
) -> None:
    """Send nothing to it anymore, if it is still one of ``if_in``.

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
    """A person has looked at it. Effects: that it was switched off waits for nobody anymore."""
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
