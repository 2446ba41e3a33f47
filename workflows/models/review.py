from django.conf import settings
from django.contrib.auth.models import Group
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, TaskState

LONGEST = 730


def _days(label, default: int, help_text="", least: int = 0):
    return models.PositiveSmallIntegerField(
        label,
        default=default,
        help_text=help_text,
        validators=[MinValueValidator(least), MaxValueValidator(LONGEST)],
    )


class ReviewTaskState(TaskState):
    """One review: Wagtail's task state, and who took it. Its deadline is of the kind "review"."""

    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken by"),
    )

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")


class ReviewTask(AbstractGroupApprovalTask):
    """A task for any workflow, of pages or snippets: decide in time, or be reminded.

    An object may know better than the task: if it has a method ``get_review_policy(task)`` that
    returns a ``workflows.review_policy.ReviewPolicy``, that one counts.
    """

    respond_within_days = _days(_("decide within"), 5, _("Days from the start."), least=1)
    business_days = models.BooleanField(
        _("count business days"), default=True, help_text=_("Monday to Friday only.")
    )
    remind_after_days = _days(_("remind reviewers after"), 3)
    escalate_after_days = _days(_("tell the escalation groups after"), 7)
    escalate_again_after_days = _days(_("tell the last resort after"), 14)
    escalation_groups = models.ManyToManyField(
        Group,
        blank=True,
        related_name="+",
        verbose_name=_("escalation groups"),
        help_text=_("Told when a review is late."),
    )
    last_resort_groups = models.ManyToManyField(
        Group,
        blank=True,
        related_name="+",
        verbose_name=_("last resort"),
        help_text=_("Told when nothing has helped. Empty: the escalation groups again."),
    )
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, help_text=_("Empty: the site's time zone.")
    )
    sending_hour = models.PositiveSmallIntegerField(
        _("sending hour"),
        default=9,
        validators=[MaxValueValidator(23)],
        help_text=_("Reminders go out at this hour (0 to 23)."),
    )

    task_state_class = ReviewTaskState

    class Meta:
        verbose_name = _("review with a deadline")
        verbose_name_plural = _("reviews with a deadline")
