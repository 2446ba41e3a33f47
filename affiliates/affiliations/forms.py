"""Forms for staff actions on an affiliate or its support request."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _
from wagtail.admin.utils import get_user_display_name

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


class NoteForm(PlainForm):
    text = ParagraphsField(
        label=_("Note"),
        help_text=_("Only staff can read it. 2,000 characters at most."),
        rows=4,
        max_length=2000,
        error_messages={"required": _("Please write the note first.")},
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


class PersonField(forms.ModelChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(get_user_model()._default_manager.none(), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        name = get_user_display_name(obj)
        return name if obj.is_active else _("%(name)s (no longer active)") % {"name": name}


SAME_PERSON = _("Please choose two different people.")
NOT_PERMITTED = _("This person may not look after all of these affiliates.")


class OwnersForm(PlainForm):
    """For one affiliate, or with ``several`` for many, of which one role may stay as it is."""

    owner = PersonField(
        label=_("Owner"),
        required=False,
        empty_label=_("Nobody"),
        help_text=_("Gets the daily list and the reminders about it, instead of all colleagues."),
        error_messages={"invalid_choice": NOT_PERMITTED},
    )
    backup = PersonField(
        label=_("Back-up"),
        required=False,
        empty_label=_("Nobody"),
        help_text=_("Gets them if the owner’s account is no longer active or has no address."),
        error_messages={"invalid_choice": NOT_PERMITTED},
    )

    def __init__(self, *args: Any, people: Any, several: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("owner", "backup"):
            field: Any = self.fields[name]
            field.queryset = people
        if several:
            self.fields["roles"] = forms.MultipleChoiceField(
                label=_("What should change?"),
                choices=[("owner", _("The owner")), ("backup", _("The back-up"))],
                initial=["owner"],
                widget=forms.CheckboxSelectMultiple,
                error_messages={"required": _("Please check what should change.")},
            )
            self.order_fields(["roles"])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        people = {name: data.get(name) for name in data.pop("roles", ("owner", "backup"))}
        if len(people) == 2 and people["owner"] and people["owner"] == people["backup"]:
            self.add_error("backup", SAME_PERSON)
        return people


class HandOverForm(PlainForm):
    of = PersonField(
        label=_("From"),
        help_text=_("The person who leaves, or is away for long."),
        error_messages={
            "required": _("Please choose who hands over."),
            "invalid_choice": _("This person looks after none of your affiliates any more."),
        },
    )
    to = PersonField(
        label=_("To"),
        help_text=_("The person who looks after everything from now on."),
        error_messages={
            "required": _("Please choose who takes over."),
            "invalid_choice": _("This person may not look after affiliates. Choose someone else."),
        },
    )

    def __init__(self, *args: Any, leaving: Any, staying: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["of"].queryset, fields["to"].queryset = leaving, staying

    def clean(self) -> None:
        of, to = (self.cleaned_data.get(name) for name in ("of", "to"))
        if of and of == to:
            self.add_error("to", SAME_PERSON)


class ContactForm(PlainForm):
    name = PersonNameField(label=_("Name"), error_messages={"required": _("Please give the name.")})
    email = AddressField(
        label=_("Email"), error_messages={"required": _("Please give the email address.")}
    )
    phone = PhoneField(
        label=_("Phone"),
        help_text=_(
            "If it is in another country than the group, start with + and the country code."
        ),
        required=False,
    )
