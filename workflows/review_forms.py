"""What a reviewer writes: in Wagtail's own window, for each action that asks for words."""

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.forms import TaskStateCommentForm

from workflows.models.review import APPROVE, DECLINE, REQUEST_CHANGES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST_WORDS = 5_000


def _words(label: "StrOrPromise", missing: "StrOrPromise") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST_WORDS,
        widget=AdminAutoHeightTextInput(attrs={"rows": 4}),
        error_messages={"required": missing},
    )


class QuestionForm(forms.Form):
    comment = _words(
        _("What should change, or what do you want to know?"),
        _("Please write your question. Without it, nobody knows what to change."),
    )


class ReasonForm(forms.Form):
    comment = _words(
        _("Why do you decline?"),
        _("Please write your reason. The person who asked will read it."),
    )


FORMS = {APPROVE: TaskStateCommentForm, REQUEST_CHANGES: QuestionForm, DECLINE: ReasonForm}
