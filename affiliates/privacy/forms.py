from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.core.addresses import clean_address


class PersonForm(forms.Form):
    """Whose data it is about."""

    address = forms.CharField(
        label=gettext_lazy("The person’s e-mail address"),
        max_length=320,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )

    def clean_address(self) -> str:
        return clean_address(self.cleaned_data["address"])


class EraseForm(PersonForm):
    """The same, with the address typed once more."""

    again = forms.CharField(
        label=gettext_lazy("Type the address again to erase"),
        max_length=320,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )

    def clean_again(self) -> str:
        again = clean_address(self.cleaned_data["again"])
        if again.lower() != self.cleaned_data.get("address", "").lower():
            raise forms.ValidationError(_("This is another address than the one above."))
        return again
