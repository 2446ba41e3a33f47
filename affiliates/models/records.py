"""Transitions, and rows kept for a while: link requests, spent challenges and uploads."""

import uuid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from affiliates.core.states import Actor
from affiliates.models.fields import optional_relation


class Transition(models.Model):
    """Who or what changed the state of a record, when and why. Rows are never changed."""

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
    """A request for new links, kept until a worker has looked it up: by a contact's address, by a
    reference, or by the address of an ``account`` whose password is forgotten.

    The view only stores it, so its timing does not tell whether the address or reference is known.
    """

    email_key = models.CharField(max_length=254, blank=True)
    reference = models.CharField(max_length=16, blank=True)
    account = models.EmailField(max_length=254, blank=True)
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["email_key", "reference", "account"], name="one_link_request"
            )
        ]

    def __str__(self) -> str:
        return self.email_key or self.reference or self.account


class SpentChallenge(models.Model):
    """A used proof of work. It stays valid only for the form that used it first."""

    signature = models.CharField(max_length=128, unique=True)
    submission_key = models.UUIDField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.signature


class ImportUpload(models.Model):
    """A user's table, kept for a day. ``content``, JSON, may name people, so loading deletes it.

    ``columns`` says what they are taken for, and is empty until the user has said so. Then the
    ``rows`` are checked in steps; ``checked`` counts them. There is a ``report`` once it
    ``is_checked``. Each change makes another ``version``. ``rest`` is the table of those rows that
    were left out when it was loaded.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    program = models.ForeignKey(
        "affiliates.AffiliateProgramPage", on_delete=models.CASCADE, related_name="+"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    filename = models.CharField(_("file"), max_length=255)
    content = models.TextField(blank=True)
    columns = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    rows = models.PositiveIntegerField(default=0)
    checked = models.PositiveIntegerField(default=0)
    is_checked = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)
    rest = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("uploaded"), db_index=True)
    done_at = models.DateTimeField(_("loaded"), null=True, blank=True)

    class Meta:
        verbose_name = _("uploaded table")
        verbose_name_plural = _("uploaded tables")

    def __str__(self) -> str:
        return self.filename


class ImportStep(models.Model):
    """The report on the rows that were checked at once, until the table's report is whole."""

    upload = models.ForeignKey(ImportUpload, on_delete=models.CASCADE, related_name="steps")
    report = models.JSONField()

    class Meta:
        verbose_name = _("step of checking a table")
        verbose_name_plural = _("steps of checking tables")

    def __str__(self) -> str:
        return str(self.upload)


class ImportColumns(models.Model):
    """What the columns of tables with these headings were taken for, when one was last uploaded."""

    program = models.ForeignKey(
        "affiliates.AffiliateProgramPage", on_delete=models.CASCADE, related_name="+"
    )
    headings_hash = models.CharField(max_length=64)
    columns = models.JSONField(default=dict)
    used_at = models.DateTimeField(_("last used"))

    class Meta:
        verbose_name = _("columns of a table")
        verbose_name_plural = _("columns of tables")
        constraints = [
            models.UniqueConstraint(
                fields=["program", "headings_hash"], name="one_choice_for_these_headings"
            )
        ]

    def __str__(self) -> str:
        return self.headings_hash
