"""The application form as visitors meet it: with a trap for robots, and able to show any text."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from affiliates.applications.forms.application import ApplicationForm
from affiliates.applications.forms.statements import StatementField
from affiliates.core.fields import AddressField
from affiliates.core.text import storable
from affiliates.models import AffiliateProgramPage

DRAFT_LENGTH = 50_000
"""Characters that a draft may have in all. A full application has about 3,000."""


class PublicForm(ApplicationForm):
    """``subject`` is the trap: people do not see it, robots fill in whatever there is."""

    subject = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def clean_subject(self) -> str:
        if self.cleaned_data["subject"]:
            raise ValidationError(
                _("This field is a trap for robots. Please empty it and press Send again.")
            )
        return ""

    def show_errors(self, errors: Mapping[Any, Any]) -> None:
        """Show these errors beside what was typed, instead of checking all of it."""
        self.full_clean()
        self.cleaned_data: dict[str, Any] = {}
        for name, messages in errors.items():
            self.add_error(name, messages)

    def typed(self, data: QueryDict) -> dict[str, list[str]]:
        """What was typed into the fields of this form, without what no database can keep."""
        return {
            name: [storable(value) for value in data.getlist(name)]
            for name in self._names_to_keep()
            if name in data
        }

    def _names_to_keep(self) -> Iterable[str]:
        for name, field in self.fields.items():
            if name != "subject":
                yield name
            if isinstance(field, StatementField):
                yield field.shown_name


class DraftForm(forms.Form):
    """All that has to be right to save a draft: the address for the link, and the size."""

    contact_email = AddressField(
        error_messages={
            "required": _("Please give your e-mail address. We send the link to go on to it.")
        }
    )

    def __init__(self, data: Mapping[str, Any], typed: Mapping[str, list[str]]):
        super().__init__(data)
        self.length = sum(len(text) for texts in typed.values() for text in texts)

    def clean(self) -> None:
        if self.length > DRAFT_LENGTH:
            raise ValidationError(
                _("This is too long to be saved. Please shorten your texts and save again.")
            )


def as_initial(program: AffiliateProgramPage, typed: Mapping[str, list[str]]) -> PublicForm:
    """A form that shows what was typed as it is, without judging it."""
    blank = PublicForm(program)
    several = {
        name for name, field in blank.fields.items() if isinstance(field, forms.MultipleChoiceField)
    }
    values = {
        name: texts if name in several else texts[-1] for name, texts in typed.items() if texts
    }
    return PublicForm(program, initial=values)
