"""Forms to answer or assign a call for help."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from affiliates.affiliations.forms import PersonField, PlainForm
from affiliates.core.fields import ParagraphsField


class SupportAnswerForm(PlainForm):
    text = ParagraphsField(
        label=_("Your answer"),
        help_text=_("The group gets it by email, with what it wrote below."),
        rows=8,
        error_messages={"required": _("Please write your answer before you send it.")},
    )


class AssignCallForm(PlainForm):
    to = PersonField(
        required=False,
        label=_("Who answers?"),
        empty_label=_("Not assigned"),
        help_text=_("This person gets the reminders from now on."),
        error_messages={"invalid_choice": _("This person no longer looks after affiliates here.")},
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.queryset = people
