from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.core.states import WAITING, MailState


class LeasedWork(models.Model):
    """Something to hand to the outside world, durably: a row that workers try until it is done.

    A worker holds a row by a lease and takes it to the end of one attempt: ``leases/services.py``.
    Models add the choices of ``state``, among the values of ``MailState``, and an index for what
    waits.

    ``next_attempt_at`` and the lease are times of the database's clock, so that machines whose
    clocks differ agree on who may send what, and when.
    """

    claim_order: ClassVar[tuple[str, ...]]
    """What goes first."""
    waits: ClassVar[Sequence[timedelta]]
    """The wait after the first, second, … attempt. After the last one it has failed."""
    max_uncertain: ClassVar[int]
    """Attempts without an answer after which nobody tries anymore."""
    resendable: ClassVar[tuple[str, ...]] = (MailState.FAILED,)
    """What has ended in one of these states may be sent again."""
    cut_short: ClassVar[str | Promise]
    """What stands as the answer if the worker stopped in the middle of an attempt."""

    key = models.CharField(
        _("key"),
        max_length=512,
        unique=True,
        help_text=_("What it is and for whom, so that queueing it twice leaves one row."),
    )
    content_type = models.ForeignKey(
        ContentType, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    object_id = models.CharField(max_length=64, blank=True)
    subject = GenericForeignKey("content_type", "object_id")

    state = models.CharField(_("state"), max_length=16)
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
    answer = models.TextField(_("server's answer"), blank=True)

    created_at = models.DateTimeField(_("queued at"), default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["leased_until"],
                name="%(class)s_leases",
                condition=models.Q(state=MailState.SENDING),
            ),
            models.Index(fields=["content_type", "object_id"], name="%(class)s_subject"),
        ]

    @property
    def can_be_sent_again(self) -> bool:
        return self.state in self.resendable

    @classmethod
    def due(cls) -> models.QuerySet[Any]:
        """What a worker may claim now."""
        return cls._default_manager.filter(state__in=WAITING, next_attempt_at__lte=Now())
