from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, Page, TaskState

from workflows.core.exceptions import ReviewOver
from workflows.core.reviewed_models import reviewed_model_of
from workflows.core.time_zones import all_choices, zones

if TYPE_CHECKING:
    from django.contrib.auth.models import User

LONGEST = 730

APPROVE = "approve"
REQUEST_CHANGES = "reject"
DECLINE = "decline"
"""Actions of a review; the first two use Wagtail's names."""

IN_ORDER = (
    "remind_after_days",
    "respond_within_days",
    "escalate_after_days",
    "escalate_again_after_days",
)


def zones_to_choose() -> list[tuple[str, str]]:
    site = gettext("The site’s: %(zone)s") % {"zone": timezone.get_default_timezone_name()}
    return [("", site), *all_choices()]


def _days(label, default: int, help_text="", least: int = 0):
    return models.PositiveSmallIntegerField(
        label,
        default=default,
        help_text=help_text,
        validators=[MinValueValidator(least), MaxValueValidator(LONGEST)],
    )


class ReviewTaskState(TaskState):
    """A review; its deadline has the kind "review"."""

    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigned to"),
    )

    is_opened = False
    """Whether its deadline was opened with those of others, before ``task_submitted`` is sent."""

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")

    @cached_property
    def reviewed(self) -> Any:
        """The specific page or the snippet under review; None if it is deleted."""
        found = self.workflow_state.content_object
        return found.specific if isinstance(found, Page) else found


class ReviewTask(AbstractGroupApprovalTask):
    """A workflow task with a deadline, for pages and snippets.

    Approving, requesting changes and cancelling work as in Wagtail. Declining ends the workflow and
    sends ``workflows.signals.review_declined``. A model may override the task's policy: see
    ``workflows.core.reviewed_models``. ``reviews.receivers`` sets the forms and services of
    actions.
    """

    respond_within_days = _days(
        _("decide within"), 5, _("Days from the start of the review to the day it is due."), least=1
    )
    business_days = models.BooleanField(
        _("count business days"), default=True, help_text=_("Monday to Friday only.")
    )
    remind_after_days = _days(
        _("remind reviewers after"), 3, _("Days from the start. Sooner than it is due.")
    )
    escalate_after_days = _days(
        _("tell the escalation groups after"), 7, _("Days from the start. Later than it is due.")
    )
    escalate_again_after_days = _days(
        _("tell the last resort after"),
        14,
        _("Days from the start. From then on, again every week until someone decides."),
    )
    escalation_groups = models.ManyToManyField(
        Group,
        blank=True,
        related_name="+",
        verbose_name=_("escalation groups"),
        help_text=_("Notified when a review is late. Their members may decide, too."),
    )
    last_resort_groups = models.ManyToManyField(
        Group,
        blank=True,
        related_name="+",
        verbose_name=_("last resort"),
        help_text=_(
            "Notified when nothing else has helped. Their members may decide, too. Empty: the "
            "escalation groups again."
        ),
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        help_text=_("Days begin and reminders go out by the clock there."),
    )
    sending_hour = models.PositiveSmallIntegerField(
        _("sending hour"),
        default=9,
        validators=[MaxValueValidator(23)],
        help_text=_("Reminders go out at this hour (0 to 23)."),
    )

    task_state_class = ReviewTaskState
    action_forms: ClassVar[dict[str, type[forms.Form]]] = {}
    decisions: ClassVar[dict[str, Callable[..., str | None]]] = {}

    admin_form_fields = [
        "name",
        "groups",
        "respond_within_days",
        "remind_after_days",
        "escalate_after_days",
        "escalation_groups",
        "escalate_again_after_days",
        "last_resort_groups",
        "business_days",
        "time_zone",
        "sending_hour",
    ]
    admin_form_widgets = {
        **AbstractGroupApprovalTask.admin_form_widgets,
        "escalation_groups": forms.CheckboxSelectMultiple,
        "last_resort_groups": forms.CheckboxSelectMultiple,
        "time_zone": forms.Select(choices=zones_to_choose),  # type: ignore[arg-type]
    }

    class Meta:
        verbose_name = _("review with a deadline")
        verbose_name_plural = _("reviews with a deadline")

    @classmethod
    def get_description(cls) -> str:
        return gettext("Members of the chosen groups decide in time, or are reminded")

    def clean(self) -> None:
        super().clean()
        errors = dict(self._steps_out_of_order())
        if self.time_zone and self.time_zone not in zones():
            errors["time_zone"] = gettext("There is no such time zone.")
        if errors:
            raise ValidationError(errors)

    def _steps_out_of_order(self):
        for earlier, later in pairwise(IN_ORDER):
            days, more = getattr(self, earlier), getattr(self, later)
            if days is not None and more is not None and more <= days:
                names = {"earlier": self._meta.get_field(earlier).verbose_name, "days": days}
                message = gettext("It comes after “%(earlier)s”: choose more than %(days)d.")
                yield later, message % names

    def may_review(self, reviewed: Any, user: "User") -> bool:
        """Whether the user is a superuser, in a group of the task, or permitted by the model."""
        if user.is_superuser or self._has_member(user):
            return True
        own = getattr(reviewed, "specific", reviewed)
        return reviewed_model_of(type(own)).may_review(own, user)

    def _has_member(self, user: "User") -> bool:
        groups = (self.groups, self.escalation_groups, self.last_resort_groups)
        of_task = models.Q()
        for chosen in groups:
            of_task |= models.Q(pk__in=chosen.values("pk"))
        return user.groups.filter(of_task).exists()

    def user_can_access_editor(self, obj: Any, user: "User") -> bool:
        return self.may_review(obj, user)

    def locked_for_user(self, obj: Any, user: "User") -> bool:
        return not self.may_review(obj, user)

    def user_can_lock(self, obj: Any, user: "User") -> bool:
        return self.may_review(obj, user)

    def get_actions(self, obj: Any, user: "User") -> list:
        if not self.may_review(obj, user):
            return []
        return [
            (REQUEST_CHANGES, _("Request changes"), True),
            (APPROVE, _("Approve"), False),
            (APPROVE, _("Approve with comment"), True),
            (DECLINE, _("Decline"), True),
        ]

    def get_form_for_action(self, action: str) -> type[forms.Form]:
        return self.action_forms.get(action) or super().get_form_for_action(action)

    def get_template_for_action(self, action: str) -> str:
        return "affiliate_workflows/admin/review_action.html"

    def on_action(
        self, task_state: TaskState, user: "User", action_name: str, **kwargs: Any
    ) -> str | None:
        """Decide. Returns where to go if the reviewed object was deleted. ``review`` in ``kwargs``
        is the primary key the user saw. Raises ReviewOver, WordsMissing.
        """
        state, comment = task_state.specific, kwargs.get("comment", "")
        if kwargs.get("review", state.pk) != state.pk:
            raise ReviewOver  # The workflow is already at its next task.
        decide = self.decisions[action_name]
        return decide(state=state, user=user, comment=comment, now=timezone.now())
