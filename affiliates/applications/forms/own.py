from django import forms
from django.utils.translation import gettext_lazy as _

from affiliates.core.fields import ParagraphsField


class AnswerForm(forms.Form):
    """A group's answer to what a reviewer asked."""

    use_required_attribute = False  # Our messages say more than the browser's, and stay in sight.

    answer = ParagraphsField(
        label=_("Your answer"),
        help_text=_(
            "Up to 5,000 characters. If you cannot answer, tell us so: then the review can go on,"
            " too."
        ),
        rows=8,
        error_messages={"required": _("Please write your answer before you send it.")},
    )


class WithdrawForm(forms.Form):
    """Why a group takes its application back, if it wants to say so."""

    reason = ParagraphsField(
        label=_("Your reason"),
        help_text=_("It helps us to do better. Only our staff see it."),
        required=False,
    )
