from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.core.addresses import clean_address


class TypedAddress(forms.CharField):
    """Searched exactly as typed: browsers must not complete or correct it."""

    def __init__(self, **kwargs):
        widget = forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"})
        super().__init__(max_length=320, widget=widget, **kwargs)


class PersonForm(forms.Form):
    address = TypedAddress(label=gettext_lazy("The person’s email address"))

    def clean_address(self) -> str:
        return clean_address(self.cleaned_data["address"], to_find=True)


class EraseForm(PersonForm):
    again = TypedAddress(label=gettext_lazy("Type the address again to erase"))

    def clean_again(self) -> str:
        again = clean_address(self.cleaned_data["again"], to_find=True)
        if again.lower() != self.cleaned_data.get("address", "").lower():
            raise forms.ValidationError(_("This is not the same address as above."))
        return again
