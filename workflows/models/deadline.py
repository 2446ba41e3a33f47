from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from workflows.core.rows import among
from workflows.models.subject import SubjectKey


def subject_keys(deadlines: Iterable["Deadline"]) -> Any:
    """The integer keys of the subjects, for ``__in``."""
    return among({int(deadline.object_id) for deadline in deadlines})


def hold_subjects(deadlines: Iterable["Deadline"], subjects: Mapping[int, Any]) -> None:
    """Set the subject of each by its integer key, or None if there is none any more."""
    field: Any = Deadline._meta.get_field("subject")
    for deadline in deadlines:
        field.set_cached_value(deadline, subjects.get(int(deadline.object_id)))


class Deadline(models.Model):
    """A deadline for a subject, open until it is met or no longer owed. ``kind`` names its policy.
    The sweep reads only ``next_step_at``, which follows from the policy.
    """

    kind = models.CharField(_("kind"), max_length=64)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.CharField(max_length=64)
    subject = SubjectKey("content_type", "object_id")

    opened_at = models.DateTimeField(_("opened"))
    due_at = models.DateTimeField(_("due"))
    time_zone = models.CharField(
        max_length=64, help_text=_("Where the day on which it is due was counted.")
    )
    next_step = models.CharField(_("next step"), max_length=32, blank=True)
    next_step_at = models.DateTimeField(_("next step at"), null=True, blank=True)
    last_step = models.CharField(_("step reached"), max_length=32, blank=True)
    counted_from = models.DateTimeField(
        help_text=_("Steps up to here are done or were never owed: opening, extension, last step.")
    )
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=32, blank=True)

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "content_type", "object_id"],
                condition=models.Q(closed_at=None),
                name="one_open_deadline",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None) | models.Q(next_step_at=None),
                name="closed_deadline_rests",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_step_at", "id"],
                name="deadline_next_step",
                condition=models.Q(next_step_at__isnull=False),
            ),
            models.Index(
                fields=["kind", "due_at"],
                name="deadline_open",
                condition=models.Q(closed_at=None),
            ),
            models.Index(fields=["content_type", "object_id"], name="deadline_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class TakenStep(models.Model):
    """A step that was taken: a history, with a constraint against taking it twice."""

    deadline = models.ForeignKey(Deadline, on_delete=models.CASCADE, related_name="taken_steps")
    name = models.CharField(_("step"), max_length=32)
    audience = models.CharField(_("audience"), max_length=32)
    scheduled_for = models.DateTimeField(_("scheduled for"))
    taken_at = models.DateTimeField(_("taken"))

    class Meta:
        verbose_name = _("step taken")
        verbose_name_plural = _("steps taken")
        ordering = ["scheduled_for", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["deadline", "name", "scheduled_for"], name="step_taken_once"
            )
        ]

    def __str__(self) -> str:
        return self.name
