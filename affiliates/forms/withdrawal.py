from django import forms
from django.utils.translation import gettext_lazy as _

from affiliates.forms.fields import ParagraphsField


class WithdrawForm(forms.Form):
    """Why a group takes its application back, if it wants to say so."""

    reason = ParagraphsField(
        label=_("Your reason"),
        help_text=_("It helps us to do better. Only our staff see it."),
        required=False,
    )
