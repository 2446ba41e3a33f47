from django.db import models
from django.utils.translation import gettext_lazy as _


class TaskRun(models.Model):
    """How often a task of the workers ran, how long it took and what failed: a row per task."""

    task = models.CharField(max_length=64, primary_key=True)
    runs = models.PositiveBigIntegerField(default=0)
    failures = models.PositiveBigIntegerField(default=0)
    seconds = models.FloatField(default=0)
    last_seconds = models.FloatField(default=0)
    ended_at = models.DateTimeField()

    class Meta:
        verbose_name = _("runs of a task")
        verbose_name_plural = _("runs of tasks")

    def __str__(self) -> str:
        return self.task
