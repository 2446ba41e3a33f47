"""What people see of a form whose page they may not see any more."""

from django import forms
from django.utils.translation import gettext_lazy as _

from affiliates.forms.fields import LineField, ParagraphsField


class KeptText(forms.Form):
    """An update: its text. What was ticked goes along out of sight."""

    text = ParagraphsField(label=_("In your own words"), required=False, rows=7)


class KeptNothing(forms.Form):
    """One press of a button."""


class KeptPerson(forms.Form):
    """A person's details, as they were typed."""

    name = LineField(label=_("Name"), required=False)
    email = LineField(label=_("E-mail"), required=False)
    phone = LineField(label=_("Phone"), required=False)
