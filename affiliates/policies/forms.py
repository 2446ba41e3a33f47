"""Validates the Policy tab's fields alone, as typed."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.forms.models import fields_for_model

from affiliates.audit.permissions import may_choose_reviewers
from affiliates.models import AffiliateProgramPage
from affiliates.models.page_checks import holiday_errors, ladder_errors
from affiliates.models.program_page import REVIEWER_FIELDS

POLICY_FIELDS = (
    "contact_name",
    "contact_email",
    "review_group",
    "escalation_group",
    "director",
    "time_zone",
    "sending_hour",
    "holidays_of",
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
"""Fields that decide who is told what, and when; several tabs of the editor have them."""


class PolicyForm(forms.Form):
    """Writes the input into ``program`` and validates it as saving would."""

    def __init__(self, *args: Any, program: AffiliateProgramPage, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.program = program
        hidden = () if may_choose_reviewers(user) else REVIEWER_FIELDS
        self.fields.update(
            fields_for_model(AffiliateProgramPage, fields=POLICY_FIELDS, exclude=hidden)
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name, value in values.items():
            setattr(self.program, name, value)
        others = {field.name for field in self.program._meta.fields} - values.keys()
        try:
            self.program.clean_fields(exclude=others)
        except ValidationError as refusal:
            self.add_error(None, refusal)
        wrong = ladder_errors(self.program) | holiday_errors(self.program)
        values["holidays_of"] = self.program.holidays_of
        for name, message in wrong.items():
            if name in values:
                self.add_error(name, message)
        return values

    @property
    def problems(self) -> list[tuple[Any, Any]]:
        return [(self.fields[name].label, self.errors[name]) for name in self.errors]
