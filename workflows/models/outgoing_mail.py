from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workflows.states import WAITING, MailState


class OutgoingMail(models.Model):
    """One mail to one person: the outbox. The row is the truth; the broker only wakes workers.

    ``message`` holds the exact bytes (RFC 5322) from just before the first attempt on, so that
    every retry sends the same mail under the same Message-ID and a receiver can tell a repeat.

    ``next_attempt_at`` and the lease are times of the database's clock, so that machines whose
    clocks differ agree on who may send what, and when.
    """

    key = models.CharField(
        _("key"),
        max_length=512,
        unique=True,
        help_text=_("What the mail is, so that queueing it twice leaves one row."),
    )
    kind = models.CharField(_("kind"), max_length=64, db_index=True)
    content_type = models.ForeignKey(
        ContentType, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    object_id = models.CharField(max_length=64, blank=True)
    subject = GenericForeignKey("content_type", "object_id")
    recipient = models.EmailField(_("recipient"), max_length=254)
    recipient_name = models.CharField(_("recipient's name"), max_length=255, blank=True)
    language = models.CharField(_("language"), max_length=16, blank=True)
    priority = models.SmallIntegerField(_("priority"), default=50, help_text=_("Lower goes first."))

    state = models.CharField(
        _("state"), max_length=16, choices=MailState.choices, default=MailState.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    uncertain_attempts = models.PositiveSmallIntegerField(
        _("uncertain attempts"),
        default=0,
        help_text=_("Attempts that may have been delivered although no answer came back."),
    )
    next_attempt_at = models.DateTimeField(
        _("next attempt"), null=True, blank=True, default=timezone.now
    )
    lease_token = models.UUIDField(null=True, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    transport_started_at = models.DateTimeField(null=True, blank=True, editable=False)

    message_id = models.CharField(_("Message-ID"), max_length=255, blank=True)
    subject_line = models.CharField(_("subject"), max_length=255, blank=True)
    envelope_sender = models.EmailField(_("envelope sender"), max_length=254, blank=True)
    message = models.BinaryField(_("message"), null=True, blank=True)
    answer = models.TextField(_("server's answer"), blank=True)

    created_at = models.DateTimeField(_("queued at"), default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["priority", "next_attempt_at", "id"],
                name="outbox_waiting",
                condition=models.Q(state__in=WAITING),
            ),
            models.Index(
                fields=["leased_until"],
                name="outbox_leases",
                condition=models.Q(state=MailState.SENDING),
            ),
            models.Index(fields=["content_type", "object_id"], name="outbox_subject"),
            models.Index(fields=["recipient", "-created_at"], name="outbox_recipient"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient}"
