"""Until when a contact wants no reminders."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from affiliates.programs.promised_days import months_after
from workflows.core.due import long_date

MONTHS = (1, 3, 6, 12)
OTHER = "other"


class PauseForm(forms.Form):
    """Some usual days to choose from, or another one; nothing here needs a script."""

    use_required_attribute = False

    until = forms.ChoiceField(
        label=gettext_lazy("How long?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Please choose how long the pause is."),
            "invalid_choice": gettext_lazy("Please choose one of the answers shown."),
        },
    )
    day = forms.DateField(
        label=gettext_lazy("Another day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Please give a day, such as 2027-03-31.")},
    )

    def __init__(self, data: Any = None, *, today: date, longest: date, **kwargs: Any):
        super().__init__(data, label_suffix="", **kwargs)
        self.today, self.longest = today, longest
        self.days = {str(months): months_after(today, months) for months in MONTHS}
        until: Any = self.fields["until"]
        until.choices = [
            *((months, _pause(int(months), day)) for months, day in self.days.items()),
            (OTHER, _("Until another day, which I write below")),
        ]
        day: Any = self.fields["day"]
        day.help_text = _("Until %(date)s at most.") % {"date": long_date(longest)}
        day.needed_at_times = True  # So the page does not call it optional.

    def clean(self) -> None:
        chosen, day = self.cleaned_data.get("until"), self.cleaned_data.get("day")
        if chosen != OTHER:
            return
        if day is None and "day" not in self.errors:
            self.add_error("day", _("Please write the day."))
        elif day and not self.today < day <= self.longest:
            names = {"date": long_date(self.longest)}
            message = _("Please give a day after today, until %(date)s at most.") % names
            self.add_error("day", ValidationError(message, code="range"))

    def last_day(self) -> date:
        """Only for a valid form."""
        chosen = self.cleaned_data["until"]
        return self.cleaned_data["day"] if chosen == OTHER else self.days[chosen]


def _pause(months: int, day: date) -> str:
    names = {"count": months, "date": long_date(day)}
    return (
        ngettext("%(count)d month, until %(date)s", "%(count)d months, until %(date)s", months)
        % names
    )
