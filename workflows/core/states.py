"""States of emails and webhook deliveries."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MailState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    UNCERTAIN = "uncertain", _("Uncertain, will be repeated")
    OBSOLETE = "obsolete", _("No longer needed")
    SUPPRESSED = "suppressed", _("Held back")


class DeliveryState(models.TextChoices):
    QUEUED = MailState.QUEUED.value, _("Waiting")
    SENDING = MailState.SENDING.value, _("Being sent")
    SENT = MailState.SENT.value, _("Delivered")
    FAILED = MailState.FAILED.value, _("Failed")
    UNCERTAIN = MailState.UNCERTAIN.value, _("Uncertain, will be repeated")


WAITING = (MailState.QUEUED, MailState.UNCERTAIN)
"""A worker may claim these when due."""

UNFINISHED = (*WAITING, MailState.SENDING)
