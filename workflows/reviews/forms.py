"""Forms for the comment of a reviewer and for the assignment of a review."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.forms import TaskStateCommentForm

from workflows.models.review import APPROVE, DECLINE, REQUEST_CHANGES

LONGEST_WORDS = 5_000


def _form(label: Any, missing: Any) -> type[forms.Form]:
    comment = forms.CharField(
        label=label,
        max_length=LONGEST_WORDS,
        widget=AdminAutoHeightTextInput(attrs={"rows": 4}),
        error_messages={"required": missing},
    )
    return type("WordsForm", (forms.Form,), {"comment": comment})


QuestionForm = _form(
    _("What should change, or what do you want to know?"),
    _("Please write your question. Without it, nobody knows what to change."),
)
ReasonForm = _form(
    _("Why do you decline?"), _("Please write your reason. The person who asked will read it.")
)
FORMS = {APPROVE: TaskStateCommentForm, REQUEST_CHANGES: QuestionForm, DECLINE: ReasonForm}


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, obj) -> str:
        return get_user_display_name(obj)


class AssignForm(forms.Form):
    assignee = PersonField(
        queryset=None,
        required=False,
        label=_("Who decides?"),
        empty_label=_("All reviewers"),
        help_text=_("This person gets the reminders from now on, in the daily email."),
        error_messages={
            "invalid_choice": _("This person cannot decide about it. Choose someone else.")
        },
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = people
