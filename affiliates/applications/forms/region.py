"""The field for a group's region: a choice for people, a code or a name for the API."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.core.regions.coverage import Coverage
from affiliates.core.regions.reading import read_region


class RegionField(forms.ChoiceField):
    """Empty is cleaned to the only region that there is. Whether it may be empty depends on the
    scope, which the form knows.
    """

    needed_at_times = True  # The page must not label it as optional.

    def __init__(self, **kwargs: Any):
        widget = forms.Select(attrs={"autocomplete": "address-level1"})
        super().__init__(required=False, widget=widget, **kwargs)

    def cover(self, coverage: Coverage) -> None:
        """Offer the regions of a program, by its words."""
        self.coverage = coverage
        word = {"word": coverage.word}
        self.label = coverage.label
        self.choices = [("", gettext_lazy("Please choose")), *coverage.choices()]
        self.error_messages["required"] = _("Please choose your %(word)s.") % word
        self.help_text = (
            _("National groups choose the country. Online groups can leave this empty.")
            if coverage.divided
            else _("Online groups can leave this empty.")
        )
        if self.only:
            self.widget, self.initial = forms.HiddenInput(), self.only

    @property
    def only(self) -> str:
        """The region of a program that has just one."""
        codes = self.coverage.codes
        return codes[0] if len(codes) == 1 else ""

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value).strip()
        if not typed or self.coverage.has(typed):
            return typed or self.only
        return self._read(typed)

    def _read(self, typed: str) -> str:
        try:
            return read_region(typed, self.coverage)
        except ValidationError as refusal:
            raise ValidationError(refusal.messages[0], code="invalid_choice") from None

    def validate(self, value: str) -> None:
        """What was read is one of the choices."""
