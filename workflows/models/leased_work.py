from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workflows.core.states import WAITING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class LeasedWork(models.Model):
    """Something to hand to the outside world, durably: a row that workers try until it is done.

    A worker holds a row by a lease (``services/leases.py``) and takes it to the end of one attempt
    (``services/attempts.py``). Models add the choices of ``state``, among the values of
    ``MailState``, an index for what waits and one for leases.

    ``next_attempt_at`` and the lease are times of the database's clock, so that machines whose
    clocks differ agree on who may send what, and when.
    """

    claim_order: ClassVar[tuple[str, ...]]
    """What goes first."""
    waits: ClassVar[Sequence[timedelta]]
    """The wait after the first, second, … attempt. After the last one it has failed."""
    max_uncertain: ClassVar[int]
    """Attempts without an answer after which nobody tries any more."""
    cut_short: ClassVar["StrOrPromise"]
    """What stands as the answer if the worker stopped in the middle of an attempt."""

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

    @classmethod
    def due(cls) -> models.QuerySet[Any]:
        """What a worker may claim now."""
        return cls._default_manager.filter(state__in=WAITING, next_attempt_at__lte=Now())
