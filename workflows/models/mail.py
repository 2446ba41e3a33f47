from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from workflows.core.retry import MAX_UNCERTAIN, WAITS
from workflows.core.states import WAITING, MailState
from workflows.models.leased_work import LeasedWork


class OutgoingMail(LeasedWork):
    """An email to one person in the outbox; the broker only wakes workers. ``message`` holds the
    exact bytes (RFC 5322) from the first attempt on, so that retries have the same Message-ID and
    receivers can detect duplicates.
    """

    claim_order = ("priority", "next_attempt_at", "pk")
    waits = WAITS
    max_uncertain = MAX_UNCERTAIN
    cut_short = _("The sender stopped before the mail server had answered.")

    kind = models.CharField(_("kind"), max_length=64, db_index=True)
    recipient = models.EmailField(_("recipient"), max_length=254)
    recipient_key = models.CharField(
        max_length=254,
        editable=False,
        help_text=_("The address as it is compared: lower case, without dots and +tag."),
    )
    recipient_name = models.CharField(_("recipient's name"), max_length=255, blank=True)
    language = models.CharField(_("language"), max_length=16, blank=True)
    priority = models.SmallIntegerField(_("priority"), default=50, help_text=_("Lower goes first."))
    state = models.CharField(
        _("state"), max_length=16, choices=MailState.choices, default=MailState.QUEUED
    )

    message_id = models.CharField(_("Message-ID"), max_length=255, blank=True)
    subject_line = models.CharField(_("subject"), max_length=255, blank=True)
    envelope_sender = models.EmailField(_("envelope sender"), max_length=254, blank=True)
    message = models.BinaryField(_("message"), null=True, blank=True)
    secrets_expire_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text=_("When the last private link in it expires. Then they are blotted out."),
    )

    class Meta(LeasedWork.Meta):
        verbose_name = _("email")
        verbose_name_plural = _("emails")
        indexes = [
            *LeasedWork.Meta.indexes,
            models.Index(
                fields=["priority", "next_attempt_at", "id"],
                name="outbox_waiting",
                condition=models.Q(state__in=WAITING),
            ),
            models.Index(fields=["recipient_key", "-created_at"], name="outbox_recipient"),
            models.Index(
                fields=["secrets_expire_at"],
                name="outbox_secrets",
                condition=models.Q(secrets_expire_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient}"

    def more_urgent(self) -> models.QuerySet[Any]:
        return self.due().filter(priority__lt=self.priority)


class MailWording(models.Model):
    """An editor's subject and text for a kind of email in a language; without one, a template is
    used.
    """

    kind = models.CharField(_("kind of email"), max_length=64)
    language = models.CharField(_("language"), max_length=16)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("changed by"),
    )

    class Meta:
        verbose_name = _("email wording")
        verbose_name_plural = _("email wordings")
        ordering = ["kind", "language"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "language"], name="one_wording_per_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"
