"""Sends due webhooks and tracks failing endpoints. See docs/webhooks.md."""

import time
from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext

from workflows.core import retry
from workflows.core.conf import settings
from workflows.core.states import DeliveryState
from workflows.core.webhook_signing import signed_headers
from workflows.leases.batches import work_off
from workflows.leases.services import Delivered, Sender, release
from workflows.models import WebhookDelivery, WebhookEndpoint
from workflows.webhooks import requests
from workflows.webhooks.requests import Reply
from workflows.webhooks.services import secrets_of, switch_off

GONE = 410
ASK_FOR_PAUSE = frozenset({429, 503})
KEPT_CHARACTERS = 2000
USER_AGENT = "wagtail-affiliates (webhooks)"


def deliver_due_webhooks(*, should_stop: Callable[[], bool] = lambda: False) -> Delivered:
    """Send due webhooks until none is left or ``should_stop()``.

    Effects: each row is delivered, failed, or waits for its next attempt; endpoints without an
    answer pause; those failing for WEBHOOK_OFF_AFTER_DAYS, or answering 410, are switched off.
    Processes may run it concurrently, but not in a transaction.
    """
    return work_off(WebhookDelivery, WebhookSender(Delivered()), should_stop=should_stop)


class WebhookSender(Sender):
    def deliver(self, work: WebhookDelivery) -> None:
        """Make one attempt. Raises LeaseLost."""
        endpoint = (
            WebhookEndpoint.objects.annotate(rests=Q(rest_until__gt=Now()))
            .filter(pk=work.endpoint_id)
            .first()
        )
        if endpoint is None:
            self.done.counts["left to another worker"] += 1  # Deleted with its rows.
        elif not endpoint.is_active:
            answer = gettext("The endpoint was switched off when its turn came.")
            self.finish(work, DeliveryState.FAILED, answer=answer)
        elif endpoint.rests:
            release(work, token=self.token)
        elif self.start(work, last_attempt_at=Now()):
            self._send(endpoint, work)

    def _send(self, endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> None:
        begun = time.monotonic()
        reply = requests.post(
            endpoint.address, body=bytes(delivery.body), headers=_headers(endpoint, delivery)
        )
        kept = _kept(reply, round((time.monotonic() - begun) * 1000))
        if reply.status is not None and 200 <= reply.status < 300:
            self.finish(delivery, DeliveryState.SENT, sent_at=Now(), **kept)
            _note_success(endpoint)
        else:
            self._note_failed_attempt(delivery, reply, kept)
            _note_failure(endpoint, reply)

    def _note_failed_attempt(
        self, delivery: WebhookDelivery, reply: Reply, kept: dict[str, Any]
    ) -> None:
        was_last = retry.wait_after(delivery.attempts, delivery.waits) is None
        if reply.status == GONE or (was_last and not reply.may_have_arrived):
            self.finish(delivery, DeliveryState.FAILED, **kept)
        elif was_last:
            uncertain = F("uncertain_attempts") + 1
            self.finish(delivery, DeliveryState.FAILED, uncertain_attempts=uncertain, **kept)
        elif reply.may_have_arrived:
            self.note_uncertain(delivery, **kept)
        else:
            self.try_later(delivery, **kept)


def _headers(endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> dict[str, str]:
    now = timezone.now()
    return {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "Accept-Encoding": "identity",
        "Connection": "close",
        **signed_headers(
            secrets=secrets_of(endpoint, now=now),
            message_id=delivery.message_id,
            now=now,
            body=bytes(delivery.body),
        ),
    }


def _kept(reply: Reply, duration_ms: int) -> dict[str, Any]:
    """What the admin shows of an attempt; PostgreSQL stores no NUL."""
    line = f"{reply.status} {reply.reason}".strip() if reply.status else reply.trouble
    text = reply.body[: 4 * KEPT_CHARACTERS].decode("utf-8", "replace").replace("\0", "�")
    return {
        "answer": line.replace("\0", "�"),
        "response_status": reply.status,
        "response_body": text[:KEPT_CHARACTERS],
        "duration_ms": duration_ms,
    }


def _note_success(endpoint: WebhookEndpoint) -> None:
    if endpoint.failing_since or endpoint.rest_until:
        this = WebhookEndpoint.objects.filter(pk=endpoint.pk)
        this.update(failing_since=None, rest_until=None)


def _note_failure(endpoint: WebhookEndpoint, reply: Reply) -> None:
    this = WebhookEndpoint.objects.filter(pk=endpoint.pk, is_active=True)
    this.filter(failing_since=None).update(failing_since=Now())
    if rest := _rest_after(reply):
        this.update(rest_until=Now() + rest)
    now = timezone.now()
    if reply.status == GONE:
        why = gettext("It answered “410 Gone”: it no longer wants our events.")
        switch_off(endpoint, if_in=this, why=why, now=now)
        return
    days = settings.WEBHOOK_OFF_AFTER_DAYS
    failed_for_days = this.filter(failing_since__lt=Now() - timedelta(days=days))
    why = gettext("Nothing could be delivered to it for %(days)s days.") % {"days": days}
    switch_off(endpoint, if_in=failed_for_days, why=why, now=now)


def _rest_after(reply: Reply) -> timedelta | None:
    """The pause the endpoint asked for, within bounds, or a default if it did not answer."""
    if reply.status in ASK_FOR_PAUSE:
        asked = _asked_for(reply.retry_after)
        return min(max(asked, retry.ENDPOINT_REST), retry.LONGEST_RETRY_AFTER)
    return retry.ENDPOINT_REST if reply.status is None else None


def _asked_for(retry_after: str) -> timedelta:
    """Retry-After in seconds or as a date (RFC 9110, 10.2.3); invalid values count as zero."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), retry.LONGEST_RETRY_AFTER.total_seconds()))
    try:
        return parsedate_to_datetime(text) - timezone.now()
    except (ValueError, TypeError, OverflowError):  # TypeError: a date without a time zone.
        return timedelta(0)
