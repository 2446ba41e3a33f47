"""Rows that the program keeps for itself: what happened to others, and what waits for a while."""

import uuid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from affiliates.core.states import Actor
from affiliates.models.fields import optional_relation


class Transition(models.Model):
    """Who or what moved which record from where to where, when and why. Rows are never changed."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    record = GenericForeignKey("content_type", "object_id")
    action = models.CharField(_("action"), max_length=32)
    source = models.CharField(_("from"), max_length=24)
    target = models.CharField(_("to"), max_length=24)
    actor = models.CharField(_("who"), max_length=16, choices=Actor.choices)
    user = optional_relation(settings.AUTH_USER_MODEL, _("user"))
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("transition")
        verbose_name_plural = _("transitions")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["content_type", "object_id"], name="transition_record")]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


class LinkRequest(models.Model):
    """Someone typed this address to get a new link. A worker checks whether we know it.

    Kept until then. Writing it down is all that a request does, so it takes as long for an address
    that we know as for any other.
    """

    email_key = models.CharField(max_length=254, unique=True)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.email_key


class SpentChallenge(models.Model):
    """A proof of work that was used. It counts again only for the form it came with first."""

    signature = models.CharField(max_length=128, unique=True)
    submission_key = models.UUIDField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.signature


class ImportUpload(models.Model):
    """A table between its upload and the button that loads it, then what came of it; for a day.

    Of one person and for one program. A table may name people, so its content goes as soon as it
    was loaded or turned out to be no good; ``report`` is what an ``ImportReport`` says of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(
        "affiliates.AffiliateProgramPage", on_delete=models.CASCADE, related_name="+"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    filename = models.CharField(_("file"), max_length=255)
    content = models.BinaryField(default=bytes)
    report = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("uploaded"), db_index=True)
    done_at = models.DateTimeField(_("loaded"), null=True, blank=True)

    class Meta:
        verbose_name = _("uploaded table")
        verbose_name_plural = _("uploaded tables")

    def __str__(self) -> str:
        return self.filename
