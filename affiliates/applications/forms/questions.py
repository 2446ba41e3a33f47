"""The editors' extra questions, as fields of the application form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.forms.forms import FormBuilder

from affiliates.core.fields import AddressField, LineField, ParagraphsField
from affiliates.models import ApplicationQuestion

PREFIX = "q_"
"""Keeps a question called “Name” apart from the form's own field."""


class QuestionBuilder(FormBuilder):
    """Wagtail's builder with our cleaning fields, and with inputs that suit the answer."""

    def create_singleline_field(self, field: Any, options: dict) -> forms.Field:
        return LineField(**options)

    def create_multiline_field(self, field: Any, options: dict) -> forms.Field:
        return ParagraphsField(**options)

    def create_email_field(self, field: Any, options: dict) -> forms.Field:
        return AddressField(**options)

    def create_date_field(self, field: Any, options: dict) -> forms.Field:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        return forms.DateField(widget=widget, **options)

    def create_datetime_field(self, field: Any, options: dict) -> forms.Field:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        return forms.DateTimeField(widget=widget, **options)

    def create_dropdown_field(self, field: Any, options: dict) -> forms.Field:
        choices = [("", _("Please choose")), *self.get_formatted_field_choices(field)]
        return forms.ChoiceField(choices=choices, **options)

    def create_hidden_field(self, field: Any, options: dict) -> forms.Field:
        """Never required: nobody could mend it."""
        return LineField(widget=forms.HiddenInput, **{**options, "required": False})


def question_fields(questions: list[ApplicationQuestion]) -> dict[str, forms.Field]:
    """A field for each question, under its name with a prefix, in the editors' order."""
    fields = QuestionBuilder(questions).formfields
    return {f"{PREFIX}{name}": field for name, field in fields.items()}


def answer(name: str, field: forms.Field, value: Any) -> dict[str, Any]:
    """How an answer is recorded: with the question's words, since those may change later."""
    return {
        "name": name.removeprefix(PREFIX),
        "label": str(field.label),
        "value": _plain(value),
    }


def _plain(value: Any) -> Any:
    """The answer in what JSON knows: yes or no, a list of texts, or a text."""
    if isinstance(value, bool | list):
        return value
    if value is None:
        return ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
