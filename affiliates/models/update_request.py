from django.db import models
from django.utils.translation import gettext_lazy as _

from affiliates.core.periods import Period
from affiliates.core.states import UpdateRequestState
from affiliates.models.application import new_reference


class UpdateRequest(models.Model):
    """The update that an affiliate owes for one period. Its deadline is of the kind "update"."""

    affiliation = models.ForeignKey(
        "affiliates.Affiliation", on_delete=models.CASCADE, related_name="update_requests"
    )
    reference = models.CharField(max_length=16, unique=True, default=new_reference, editable=False)
    period_start = models.DateField(_("first day of the period"))
    period_end = models.DateField(_("last day of the period"))
    due_on = models.DateField(_("due"))
    state = models.CharField(
        _("state"),
        max_length=16,
        choices=UpdateRequestState.choices,
        default=UpdateRequestState.OPEN,
        editable=False,
    )
    opened_at = models.DateTimeField(_("opened"))
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("request for an update")
        verbose_name_plural = _("requests for updates")
        ordering = ["period_start", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["affiliation", "period_start"], name="one_request_per_period"
            )
        ]
        indexes = [
            models.Index(
                fields=["affiliation", "due_on"],
                name="update_request_open",
                condition=models.Q(state=UpdateRequestState.OPEN),
            )
        ]

    def __str__(self) -> str:
        return f"{self.affiliation.name}, {self.period.label}"

    @property
    def period(self) -> Period:
        return Period(self.period_start, self.period_end)
