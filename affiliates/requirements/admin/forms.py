"""Forms for requirements, and for what staff decide about a group."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from affiliates.affiliations.forms import PlainForm, ReasonForm
from affiliates.models import Commitment
from affiliates.models.requirements import LADDER_FIELDS


def day_field(**kwargs: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **kwargs)


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
        requirement: Any = commitment.requirement
        self.fields["interval_months"] = forms.IntegerField(
            label=_("How often, in months"), min_value=1, max_value=60, required=False
        )
        for name in ("grace_days", *LADDER_FIELDS):
            label = requirement._meta.get_field(name).verbose_name.capitalize()
            self.fields[name] = forms.IntegerField(
                label=label, min_value=0, max_value=730, required=False
            )
        for name, field in self.fields.items():
            value = getattr(requirement, name)
            field.widget.attrs["placeholder"] = "" if value is None else value
            field.help_text = _("Empty: %(value)s, as everybody.") % {
                "value": _("once") if value is None else value
            }

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
        months = values.pop("interval_months")
        return {
            "interval_months": months,
            "offsets": {name: days for name, days in values.items() if days is not None},
        }
