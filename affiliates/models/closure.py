from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.core.regions import region_name
from affiliates.core.text import clean_line
from affiliates.models import page_checks
from affiliates.models.fields import part_of

LONGEST = timedelta(days=366)


class Closure(models.Model):
    """Days on which a program, or the groups in some of its regions, can do nothing. ``regions``
    are codes of ISO 3166-2, or of countries; none means the whole program.
    """

    program = part_of(
        "affiliates.AffiliateProgramPage", "closures", verbose_name=gettext_lazy("program")
    )
    first_day = models.DateField(gettext_lazy("first day"))
    last_day = models.DateField(
        gettext_lazy("last day"),
        help_text=gettext_lazy(
            "It counts as closed, too. Your best guess is enough: you can change it at any time, "
            "and to end the closure early, enter yesterday."
        ),
    )
    regions = models.JSONField(gettext_lazy("regions"), default=list, blank=True)
    reason = models.CharField(
        gettext_lazy("why"),
        max_length=120,
        help_text=gettext_lazy(
            "Groups read it in the email that tells them of their new day. Such as: wildfires"
        ),
    )

    class Meta:
        verbose_name = gettext_lazy("closure")
        verbose_name_plural = gettext_lazy("closures")
        ordering = ["-first_day", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="closure_ends_last"
            )
        ]

    def __str__(self) -> str:
        return self.reason

    def clean(self) -> None:
        """Raises ``ValidationError`` by field."""
        super().clean()
        errors = page_checks.clean_texts(self, {"reason": clean_line})
        if self.first_day and self.last_day:
            if self.last_day < self.first_day:
                errors["last_day"] = _(
                    "This is before the first day. Choose the same day or later."
                )
            elif self.last_day - self.first_day >= LONGEST:
                errors["last_day"] = _("A closure can last a year at most.")
        if errors:
            raise ValidationError(errors)

    def concerns(self, region: str) -> bool:
        """Whether a group in that region is closed; "" is a group whose region is not known."""
        return not self.regions or any(
            region == code or region.startswith(f"{code}-") for code in self.regions
        )

    def overlaps(self, first: date, last: date) -> bool:
        return self.first_day <= last and first <= self.last_day

    @property
    def place(self) -> str:
        return ", ".join(map(region_name, self.regions)) or _("The whole program")
