"""Form fields that depend on the program or network: statements, questions and links."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.forms.forms import FormBuilder

from affiliates.core.fields import AddressField, LineField, LinkField, ParagraphsField
from affiliates.core.networks import get, label_of
from affiliates.core.networks.known import WEBSITE
from affiliates.core.states import StatementKind
from affiliates.models import ApplicationQuestion
from affiliates.models.fields import Statement

_MISSING = {
    StatementKind.BELIEF: _("Please check this box: every affiliate shares this belief."),
    StatementKind.OBLIGATION: _("Please check this box: every affiliate makes this promise."),
}
_CHANGED = _(
    "This text was changed while you were filling in the form. Please read it as it is now, and"
    " check the box again."
)


class StatementField(forms.BooleanField):
    """``shown_name`` is the name of the hidden field with the text's hash."""

    def __init__(self, kind: StatementKind, statement: Statement, *, has_changed: bool):
        super().__init__(
            label=statement.text,
            error_messages={"required": _CHANGED if has_changed else _MISSING[kind]},
        )
        self.kind = kind
        self.statement = statement
        self.shown_name = shown_name(statement)


def accept_name(statement: Statement) -> str:
    return f"accept_{statement.id}"


def shown_name(statement: Statement) -> str:
    return f"shown_{statement.id}"


def changed_since_shown(typed: Mapping[str, Any], statement: Statement) -> bool:
    """Whether the person accepted a text that differs from the current one."""
    return bool(
        typed.get(accept_name(statement))
        and typed.get(shown_name(statement)) != statement.text_hash
    )


PREFIX = "q_"
"""Keeps a question called “Name” apart from the form's own field."""


class QuestionBuilder(FormBuilder):
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
        """Never required, since nobody could fill it in."""
        return LineField(widget=forms.HiddenInput, **{**options, "required": False})


def question_fields(questions: list[ApplicationQuestion]) -> dict[str, forms.Field]:
    fields = QuestionBuilder(questions).formfields
    return {f"{PREFIX}{name}": field for name, field in fields.items()}


def answer(name: str, field: forms.Field, value: Any) -> dict[str, Any]:
    """Recorded with the question's label, which may change later."""
    return {
        "name": name.removeprefix(PREFIX),
        "label": str(field.label),
        "value": _plain(value),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, bool | list):
        return value
    if value is None:
        return ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def link_fields(shown: Collection[str]) -> dict[str, LinkField]:
    """A field for each of these networks."""
    return {
        f"link_{network.name}": LinkField(
            network.name,
            shown=shown,
            label=network.label,
            help_text=network.help,
            required=False,
            autocomplete="url" if network.name == WEBSITE else "",
        )
        for network in filter(None, map(get, shown))
    }


def refuse_same_link_twice(form: forms.Form) -> None:
    seen: dict[str, str] = {}
    for name in form.fields:
        url = form.cleaned_data.get(name) if name.startswith("link_") else ""
        if url and url in seen:
            network = label_of(seen[url].removeprefix("link_"))
            message = _("This link is already under “%(network)s”. Once is enough.")
            form.add_error(name, message % {"network": network})
        elif url:
            seen[url] = name
