"""Forms for staff actions on an affiliate or its support request."""

from django import forms
from django.utils.translation import gettext_lazy as _

from affiliates.core.fields import AddressField, ParagraphsField, PersonNameField, PhoneField


class PlainForm(forms.Form):
    use_required_attribute = False


class ReasonForm(PlainForm):
    reason = ParagraphsField(
        label=_("Why?"),
        help_text=_("This stays on record. Only staff can read it."),
        rows=3,
        error_messages={"required": _("Please write the reason, for those who read it later.")},
    )


class EndForm(ReasonForm):
    tell = forms.BooleanField(
        label=_("Tell the group’s contacts by email"), required=False, initial=True
    )
    tell_reason = forms.BooleanField(
        label=_("The email also gives the reason"),
        help_text=_("Then the group can read what you wrote above."),
        required=False,
    )


class ContactForm(PlainForm):
    name = PersonNameField(label=_("Name"), error_messages={"required": _("Please give the name.")})
    email = AddressField(
        label=_("Email"), error_messages={"required": _("Please give the email address.")}
    )
    phone = PhoneField(label=_("Phone"), required=False)
