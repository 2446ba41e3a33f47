"""Forms for requirements, and for what staff decide about a group."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from affiliates.affiliations.forms import PlainForm, ReasonForm
from affiliates.models import Commitment
from affiliates.models.requirements import LADDER_FIELDS

MOST_YEARS = 10


def _to_come(day: date) -> None:
    today = timezone.localdate()
    if day < today:
        raise forms.ValidationError(_("This day is past. Please give one that is still to come."))
    if day > today + timedelta(days=366 * MOST_YEARS):
        text = _("Please give a day within the next %(years)d years.")
        raise forms.ValidationError(text % {"years": MOST_YEARS})


def day_field(**kwargs: Any) -> forms.DateField:
    picker = forms.DateInput(attrs={"type": "date"})
    return forms.DateField(widget=picker, validators=[_to_come], **kwargs)


class WaiveForm(ReasonForm):
    until = day_field(
        label=_("Until when?"),
        required=False,
        help_text=_("We ask again from this day on. Empty: for good."),
    )
    field_order = ("until", "reason")


class PutOffForm(ReasonForm):
    until = day_field(
        label=_("New due day"), error_messages={"required": _("Please give the new day.")}
    )
    field_order = ("until", "reason")


class AdjustForm(PlainForm):
    """The group's own interval and days; empty fields follow the requirement."""

    def __init__(self, *args: Any, commitment: Commitment, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.requirement = commitment.requirement
        for name in self.requirement.own_numbers:
            self.fields[name] = self._number(name)

    def _number(self, name: str) -> forms.IntegerField:
        usual, is_interval = self._usual(name), name == "interval_months"
        label: Any = self.requirement._meta.get_field(name).verbose_name.capitalize()
        field = forms.IntegerField(
            label=_("How often, in months") if is_interval else label,
            min_value=1 if is_interval else 0,
            max_value=60 if is_interval else 730,
            required=False,
        )
        field.widget.attrs["placeholder"] = "" if usual is None else usual
        field.help_text = _("Empty: %(value)s, as everybody.") % {
            "value": _("once") if usual is None else usual
        }
        return field

    def _usual(self, name: str) -> int | None:
        """As everybody has it."""
        is_interval = name == "interval_months"
        return self.requirement.interval_months if is_interval else self.requirement.days_of(name)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        before = None
        for name in LADDER_FIELDS[1:]:
            days = values.get(name)
            if days is None:
                continue
            if before is not None and days < before:
                self.add_error(name, _("This comes before an earlier step."))
            before = days
        return values

    def adjusted(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        months = {name: values.pop(name) for name in ("interval_months",) if name in values}
        own = {name: days for name, days in values.items() if days is not None}
        return {**months, "offsets": own}
