"""The form in which editors say what a program asks for."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.contrib.forms.utils import get_field_clean_name

from affiliates.models import AffiliateProgramPage, Requirement
from affiliates.requirements.admin.permissions import manageable_programs
from affiliates.requirements.kinds import RequirementKind

CLOCK = (
    FieldRowPanel(["interval_months", "first_days"]),
    FieldRowPanel(["ask_days", "grace_days"]),
    FieldRowPanel(["reminder_days", "alternate_days"]),
    FieldRowPanel(["attention_days", "call_days"]),
    "pause_days",
)
CLOCK_HELP = _(
    "All days but the first count from the day on which it is due. A proof stops everything that is"
    " still to come."
)
QUESTIONS_HELP = _("Ask only what you need to know.")


def panels_of(kind: RequirementKind) -> Any:
    """Updates follow the numbers of the Policy tab."""
    questions = InlinePanel("questions", heading=_("Your questions"), help_text=QUESTIONS_HELP)
    clock = MultiFieldPanel(CLOCK, heading=_("When groups are asked"), help_text=CLOCK_HELP)
    panels = [
        FieldPanel("program", widget=forms.Select),
        FieldPanel("name"),
        FieldPanel("sentence"),
        FieldPanel("statement_id"),
        *([questions] if kind.has_questions else []),
        *([clock] if kind.form else []),
        FieldPanel("sort_order"),
    ]
    return ObjectList(panels, base_form_class=RequirementForm).bind_to_model(Requirement)


class RequirementForm(WagtailAdminModelForm):
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        programs, program = manageable_programs(self.for_user), self.fields["program"]
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
        self._refuse_same_question_twice()
        return values

    def _refuse_same_question_twice(self) -> None:
        """Answers are kept by a short form of the question."""
        seen = set()
        formset = self.formsets.get("questions")
        for form in formset.forms if formset else ():
            typed = form.cleaned_data if form.is_valid() else {}
            if not typed.get("label") or typed.get("DELETE"):
                continue
            name = get_field_clean_name(typed["label"])
            if name in seen:
                form.add_error("label", _("There is such a question already."))
            seen.add(name)


def _obligations(programs: QuerySet[AffiliateProgramPage]) -> Iterator[tuple[Any, Any]]:
    """Grouped by program, if there are several."""
    found = [
        (program.title, [(item.id, item.text) for item in program.statements("obligations")])
        for program in programs
    ]
    yield from found if len(found) > 1 else (pair for _title, pairs in found for pair in pairs)
