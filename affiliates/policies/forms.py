"""The numbers and people of a program's Policy tab by themselves, as an editor has typed them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import fields_for_model

from affiliates.models import AffiliateProgramPage
from affiliates.models.page_checks import ladder_errors

POLICY_FIELDS = (
    "contact_name",
    "contact_email",
    "review_group",
    "escalation_group",
    "director",
    "time_zone",
    "sending_hour",
    "review_reminder_days",
    "review_days",
    "review_escalation_days",
    "review_second_escalation_days",
    "answer_reminder_days",
    "answer_days",
    "update_interval_months",
    "update_ask_days",
    "update_reminder_days",
    "update_alternate_days",
    "update_attention_days",
    "update_call_days",
    "update_pause_days",
    "support_days",
)
"""What decides who is told what, and when. They stand in more than one tab of the editor."""


class PolicyForm(forms.Form):
    """Puts what was typed into ``program``, and has the messages that saving would have."""

    def __init__(self, *args: Any, program: AffiliateProgramPage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.program = program
        self.fields.update(fields_for_model(AffiliateProgramPage, fields=POLICY_FIELDS))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name, value in values.items():
            setattr(self.program, name, value)
        others = {field.name for field in self.program._meta.fields} - values.keys()
        try:
            self.program.clean_fields(exclude=others)
        except ValidationError as refusal:
            self.add_error(None, refusal)
        for name, message in ladder_errors(self.program).items():
            if name in values:
                self.add_error(name, message)
        return values

    @property
    def problems(self) -> list[tuple[Any, Any]]:
        """The name of each field that is not right, and what is wrong with it."""
        return [(self.fields[name].label, self.errors[name]) for name in self.errors]
