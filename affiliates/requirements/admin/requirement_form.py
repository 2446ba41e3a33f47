"""The form in which editors say what a program asks for."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from affiliates.models import AffiliateProgramPage, Requirement
from affiliates.models.requirements import LADDER_FIELDS
from affiliates.requirements.kinds import RequirementKind

FIELDS = ("program", "name", "sentence", "statement_id")
CLOCK_FIELDS = ("interval_months", "first_days", "grace_days", *LADDER_FIELDS)


class RequirementForm(forms.ModelForm):
    """Has the fields of the kind's own options. Updates follow the numbers of the Policy tab."""

    use_required_attribute = False

    class Meta:
        model = Requirement
        fields = (*FIELDS, *CLOCK_FIELDS, "sort_order")

    def __init__(self, *args: Any, kind: RequirementKind, programs: QuerySet, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.instance.kind = kind.name
        if self.instance.is_of_updates:
            for name in CLOCK_FIELDS:
                del self.fields[name]
        self._offer(programs)
        if kind.options_form:
            initial = self.instance.options
            self.options = kind.options_form(self.data or None, initial=initial, prefix="options")
            self.fields.update(
                {f"options-{name}": field for name, field in self.options.fields.items()}
            )
            self.initial.update({f"options-{name}": value for name, value in initial.items()})

    def _offer(self, programs: QuerySet[AffiliateProgramPage]) -> None:
        program: Any = self.fields["program"]
        program.queryset = programs
        if self.instance.pk:
            program.disabled = True
            programs = programs.filter(pk=self.instance.program_id)
        elif len(programs) == 1:
            program.initial = programs[0]
        self.fields["statement_id"] = forms.ChoiceField(
            label=_("Obligation"),
            choices=[("", _("None")), *_obligations(programs)],
            required=False,
            help_text=_("The promise of the program page that this proves."),
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        program, statement_id = values.get("program"), values.get("statement_id")
        if program and statement_id:
            own = {item.id for item in program.statements("obligations")}
            if statement_id not in own:
                self.add_error("statement_id", _("This is an obligation of another program."))
        if self.kind.options_form:
            self._clean_options()
        return values

    def _clean_options(self) -> None:
        for name, messages in self.options.errors.items():
            self.add_error(f"options-{name}" if name in self.options.fields else None, messages)
        if self.options.is_valid():
            self.instance.options = self.options.cleaned_data


def _obligations(programs: QuerySet[AffiliateProgramPage]) -> Iterator[tuple[Any, Any]]:
    """Grouped by program, if there are several."""
    found = [
        (program.title, [(item.id, item.text) for item in program.statements("obligations")])
        for program in programs
    ]
    yield from found if len(found) > 1 else (pair for _title, pairs in found for pair in pairs)
