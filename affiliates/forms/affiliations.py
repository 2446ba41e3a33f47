"""What staff write when they act on an affiliate, or answer its call for help."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.utils import get_user_display_name

from affiliates.forms.fields import AddressField, NameField, ParagraphsField, PhoneField


class PlainForm(forms.Form):
    """Asks for nothing but the button."""

    use_required_attribute = False


class ReasonForm(PlainForm):
    reason = ParagraphsField(
        label=_("Why?"),
        help_text=_("Stays on record. Only staff read it."),
        rows=3,
        error_messages={"required": _("Please write the reason, for whoever looks later.")},
    )


class EndForm(ReasonForm):
    tell = forms.BooleanField(
        label=_("Tell the group’s contacts by mail"), required=False, initial=True
    )
    tell_reason = forms.BooleanField(
        label=_("The mail says the reason, too"),
        help_text=_("Then the group reads what you wrote above."),
        required=False,
    )


class ContactForm(PlainForm):
    name = NameField(label=_("Name"), error_messages={"required": _("Please give the name.")})
    email = AddressField(
        label=_("E-mail"), error_messages={"required": _("Please give the e-mail address.")}
    )
    phone = PhoneField(label=_("Phone"), required=False)


class SupportAnswerForm(PlainForm):
    text = ParagraphsField(
        label=_("Your answer"),
        help_text=_("The group gets it by mail, with what it wrote below."),
        rows=8,
        error_messages={"required": _("Please write your answer before you send it.")},
    )


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return get_user_display_name(obj)


class AssignCallForm(PlainForm):
    to = PersonField(
        queryset=None,
        required=False,
        label=_("Who answers?"),
        empty_label=_("Nobody yet"),
        help_text=_("This person gets the reminders from now on."),
        error_messages={
            "invalid_choice": _("This person does not look after affiliates here any more.")
        },
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.queryset = people
