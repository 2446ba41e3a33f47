"""The kind "declared": the group or staff says so, with a day and a note."""

from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from affiliates.core.fields import ParagraphsField
from affiliates.models import Proof
from affiliates.requirements.kinds import ProofForm, RequirementKind, register


class DeclarationForm(ProofForm):
    note = ParagraphsField(
        label=_("Please tell us in a sentence or two"),
        rows=4,
        error_messages={"required": _("Please write a sentence about it.")},
    )
    day = forms.DateField(
        label=_("When was it?"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Leave this empty if it has no certain day."),
    )

    def proof(self) -> dict[str, Any]:
        day = self.cleaned_data["day"]
        return {
            "note": self.cleaned_data["note"],
            "data": {"day": day.isoformat()} if day else {},
        }


def facts(proof: Proof) -> list[tuple[str, str]]:
    day = proof.data.get("day")
    when = [(gettext("When"), date_format(date.fromisoformat(day)))] if day else []
    return [*when, (gettext("Note"), proof.note)]


DECLARED = register(
    RequirementKind(
        name="declared",
        label=_("Declared"),
        explanation=_("The group, or your team for it, says so in a sentence."),
        asks=_("Tell us that your group does this."),
        button=_("Send"),
        form=DeclarationForm,
        facts=facts,
    )
)
