"""The public forms: the application with a honeypot, drafts, answers and withdrawals."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from affiliates.applications.forms.application import GROUP, ApplicationForm
from affiliates.applications.forms.fields import StatementField
from affiliates.core.fields import AddressField, ParagraphsField
from affiliates.core.text import storable
from affiliates.models import AffiliateProgramPage, Application

DRAFT_LENGTH = 50_000
"""Characters in a draft. A complete application has about 3,000."""


class PublicForm(ApplicationForm):
    """``subject`` is a honeypot: hidden from people, filled in by robots."""

    subject = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def clean_subject(self) -> str:
        if self.cleaned_data["subject"]:
            raise ValidationError(
                _("This field is a trap for robots. Please clear it and press Send again.")
            )
        return ""

    def show_errors(self, errors: Mapping[Any, Any]) -> None:
        """Show these errors only, beside what was typed."""
        self.full_clean()
        self.cleaned_data: dict[str, Any] = {}
        for name, messages in errors.items():
            self.add_error(name, messages)

    def typed(self, data: QueryDict) -> dict[str, list[str]]:
        """What was typed, without characters that the database cannot store."""
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
    contact_email = AddressField(
        error_messages={
            "required": _("Please give your email address. We will send you a link to continue.")
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
    """An unbound form that shows what was typed without validating it."""
    blank = PublicForm(program)
    several = {
        name for name, field in blank.fields.items() if isinstance(field, forms.MultipleChoiceField)
    }
    values = {
        name: texts if name in several else texts[-1] for name, texts in typed.items() if texts
    }
    return PublicForm(program, initial=values)


def draft_form(draft: Application) -> PublicForm:
    typed = {name: texts for name, texts in draft.form_data.items() if isinstance(texts, list)}
    return as_initial(draft.program, typed)


class AnswerForm(forms.Form):
    use_required_attribute = False  # Our messages are clearer and stay visible.

    answer = ParagraphsField(
        label=_("Your answer"),
        help_text=_(
            "Up to 5,000 characters. If you cannot answer, just tell us, so that the review can go"
            " on."
        ),
        rows=8,
        error_messages={"required": _("Please write your answer before you send it.")},
    )


class WithdrawForm(forms.Form):
    reason = ParagraphsField(
        label=_("Your reason"),
        help_text=_("It helps us do better. Only our staff sees it."),
        required=False,
    )


@dataclass(frozen=True)
class Section:
    id: str
    legend: str | Promise
    help: str | Promise
    fields: list[BoundField]


_EACH = _("Please read each one and check its box.")
_SECTIONS: tuple[tuple[str, str | Promise, str | Promise], ...] = (
    ("beliefs", _("Core beliefs"), _EACH),
    ("obligations", _("What affiliates promise"), _EACH),
    ("group", _("Your group"), ""),
    (
        "links",
        _("Where people find you"),
        _("Links or names of your accounts. Leave out what you do not have."),
    ),
    ("contact", _("Contact person"), _("Only our staff sees this.")),
    (
        "alternate",
        _("Second contact (optional)"),
        _("We write to this person when the first one does not answer."),
    ),
    ("questions", _("More questions"), ""),
    ("language", _("Language"), ""),
)
_BY_PREFIX = {"link": "links", "q": "questions", **dict.fromkeys(GROUP, "group")}


def sections(form: forms.Form) -> list[Section]:
    found: dict[str, list[BoundField]] = {}
    for field in form.visible_fields():
        found.setdefault(_section_of(field), []).append(field)
    return [
        Section(name, legend, note, found[name])
        for name, legend, note in _SECTIONS
        if name in found
    ]


def _section_of(bound: BoundField) -> str:
    if isinstance(bound.field, StatementField):
        return f"{bound.field.kind}s"
    prefix = bound.name.partition("_")[0]
    return _BY_PREFIX.get(prefix, prefix)
