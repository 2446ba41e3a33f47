"""The form of a closure."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from affiliates.admin.permissions import programs_to_manage
from affiliates.core.regions import region_name
from affiliates.core.regions.coverage import NORTH_AMERICA, Coverage
from affiliates.core.regions.reading import read_region
from affiliates.models import Closure

MOST_REGIONS = 100


class ClosureForm(WagtailAdminModelForm):
    """``regions`` are written by name or code, with commas or on lines of their own."""

    regions = forms.CharField(
        label=gettext_lazy("Regions"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "States, provinces or countries, by name or code, with commas between them: Oregon, "
            "US-CA. Empty: everybody in the program, and your office, too."
        ),
    )

    class Meta:
        model = Closure
        fields = ["program", "first_day", "last_day", "regions", "reason"]
        widgets = {"first_day": AdminDateInput, "last_day": AdminDateInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["regions"] = ", ".join(map(region_name, self.instance.regions))
        self._offer_programs()

    def _offer_programs(self) -> None:
        field = self.fields["program"]
        field.queryset = programs_to_manage(self.for_user).order_by("title")
        if self.instance.pk:
            field.disabled = True
        elif len(field.queryset) == 1:
            field.initial = field.queryset[0]

    def clean_regions(self) -> list[str]:
        typed = filter(None, map(str.strip, re.split(r"[,;\n]", self.cleaned_data["regions"])))
        names = list(dict.fromkeys(typed))
        if len(names) > MOST_REGIONS:
            raise ValidationError(_("Please leave it empty if so many regions are closed."))
        program = self.cleaned_data.get("program")
        return _codes(names, program.coverage if program else NORTH_AMERICA)


def _codes(names: list[str], coverage: Coverage) -> list[str]:
    codes, refusals = set(), []
    for name in names:
        try:
            codes.add(read_region(name, coverage))
        except ValidationError as refusal:
            refusals += refusal.messages
    if refusals:
        raise ValidationError(refusals)
    return sorted(codes)
