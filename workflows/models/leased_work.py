from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.core.states import WAITING, MailState
from workflows.models.subject import SubjectKey


class LeasedWork(models.Model):
    """Base of outbox rows, which workers lease and attempt until done: see ``leases/services.py``.
    Models add the choices of ``state`` (values of ``MailState``) and an index for waiting rows.
    ``next_attempt_at`` and the lease use the database's clock, since machines' clocks differ.
    """

    claim_order: ClassVar[tuple[str, ...]]
    waits: ClassVar[Sequence[timedelta]]
    """The wait after the first, second, … attempt; after the last one it has failed."""
    max_uncertain: ClassVar[int]
    """Attempts without an answer before it fails."""
    resendable: ClassVar[tuple[str, ...]] = (MailState.FAILED,)
    """States that allow sending it again."""
    cut_short: ClassVar[str | Promise]
    """The ``answer`` if the worker stopped during an attempt."""

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
    subject = SubjectKey("content_type", "object_id")

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

    def more_urgent(self) -> models.QuerySet[Any]:
        """Due rows that may overtake this one although a worker has claimed it."""
        return type(self)._default_manager.none()

    @classmethod
    def due(cls) -> models.QuerySet[Any]:
        return cls._default_manager.filter(state__in=WAITING, next_attempt_at__lte=Now())
