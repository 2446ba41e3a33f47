from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workflows.core.retry import WEBHOOK_WAITS
from workflows.core.states import WAITING, DeliveryState
from workflows.core.web_addresses import LONGEST
from workflows.core.webhook_signing import new_secret
from workflows.models.leased_work import LeasedWork


class WebhookEndpoint(models.Model):
    """A URL that receives events. ``previous_secret`` also signs until ``previous_secret_until``.
    ``failing_since`` is the first failure since the last success.
    """

    address = models.CharField(
        _("address"),
        max_length=LONGEST,
        help_text=_("Where we post to, such as https://example.org/hooks."),
    )
    description = models.CharField(
        _("description"),
        max_length=200,
        help_text=_("What it is for, so that others know it, such as “Newsletter”."),
    )
    event_types = models.JSONField(_("events"), default=list)
    is_active = models.BooleanField(
        _("switched on"),
        default=True,
        help_text=_("While it is off, nothing is sent, and nothing is kept for later."),
    )

    secret = models.CharField(max_length=100, default=new_secret, editable=False)
    secret_shown_at = models.DateTimeField(null=True, blank=True, editable=False)
    previous_secret = models.CharField(max_length=100, blank=True, editable=False)
    previous_secret_until = models.DateTimeField(null=True, blank=True, editable=False)

    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    rest_until = models.DateTimeField(null=True, blank=True, editable=False)
    switched_off_at = models.DateTimeField(null=True, blank=True, editable=False)
    switched_off_why = models.TextField(blank=True, editable=False)

    created_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("added by"),
    )

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        ordering = ["description", "pk"]

    def __str__(self) -> str:
        return self.description or self.address


class WebhookDelivery(LeasedWork):
    """One event for one endpoint. Every retry sends the same ``body`` and ``message_id``, so that
    receivers can detect duplicates. ``response_*`` and ``duration_ms`` describe the last attempt.
    """

    claim_order = ("next_attempt_at", "pk")
    waits = WEBHOOK_WAITS
    max_uncertain = len(WEBHOOK_WAITS) + 1
    resendable = (DeliveryState.FAILED, DeliveryState.SENT)
    cut_short = _("The sender stopped before the endpoint had answered.")

    endpoint = models.ForeignKey(
        WebhookEndpoint,
        on_delete=models.CASCADE,
        related_name="deliveries",
        verbose_name=_("endpoint"),
    )
    event_type = models.CharField(_("event"), max_length=64)
    message_id = models.CharField(_("message id"), max_length=64, editable=False)
    body = models.BinaryField(_("body"))
    state = models.CharField(
        _("state"), max_length=16, choices=DeliveryState.choices, default=DeliveryState.QUEUED
    )

    last_attempt_at = models.DateTimeField(_("last attempt"), null=True, blank=True)
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    response_status = models.PositiveSmallIntegerField(_("status"), null=True, blank=True)
    response_body = models.TextField(_("beginning of the answer"), blank=True)

    class Meta(LeasedWork.Meta):
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        indexes = [
            *LeasedWork.Meta.indexes,
            models.Index(
                fields=["next_attempt_at", "id"],
                name="webhooks_waiting",
                condition=models.Q(state__in=WAITING),
            ),
            models.Index(fields=["endpoint", "-created_at"], name="webhooks_endpoint"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} → {self.endpoint_id}"

    @property
    def can_be_sent_again(self) -> bool:
        return super().can_be_sent_again and self.endpoint.is_active

    @classmethod
    def due(cls):
        """Excludes endpoints with a pause after a failure."""
        resting = WebhookEndpoint.objects.filter(rest_until__gt=Now())
        return super().due().exclude(endpoint__in=resting)
