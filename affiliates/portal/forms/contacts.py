"""How to reach a contact of an affiliate: details, a handover, a second contact."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from affiliates.core.fields import AddressField, NameField, PhoneField
from affiliates.core.people import Person
from affiliates.models import Contact

NO_NAME = _("Please give the name.")
NO_ADDRESS = _("Please give an e-mail address, so that we can write there.")
TAKEN = _("This is the address of a contact of your group already.")
TOO_OFTEN = _(
    "The contacts of your group were changed several times today. So that nobody can send mails to"
    " strangers in your name, please wait until tomorrow, or write to %(email)s."
)


class PersonForm(forms.Form):
    """Somebody's name, address and phone."""

    use_required_attribute = False  # Our messages say more than the browser's, and stay in sight.

    name = NameField(label=_("Name"), error_messages={"required": NO_NAME})
    email = AddressField(label=_("E-mail"), error_messages={"required": NO_ADDRESS})
    phone = PhoneField(label=_("Phone"), required=False)

    @classmethod
    def of(cls, contact: Contact | None, data: Any = None, **kwargs: Any) -> "PersonForm":
        """With what is known about the contact to start from."""
        known = {name: getattr(contact, name) for name in cls.base_fields} if contact else {}
        return cls(data, initial=known, label_suffix="", **kwargs)

    def person(self) -> Person:
        """Only for a valid form."""
        return Person(**{name: self.cleaned_data[name] for name in ("name", "email", "phone")})


class OwnDetailsForm(PersonForm):
    """The same about whoever fills it in, so that the browser can help."""

    name = NameField(
        label=_("Your name"), autocomplete="name", error_messages={"required": NO_NAME}
    )
    email = AddressField(
        label=_("Your e-mail"),
        help_text=_("If you change it, we write to the old and to the new address."),
        autocomplete="email",
        error_messages={"required": NO_ADDRESS},
    )
    phone = PhoneField(label=_("Your phone"), required=False, autocomplete="tel")
