"""The form in which a contact sends an update."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.core.fields import ParagraphsField
from affiliates.core.states import ContactRole, UpdateKind
from affiliates.models import AffiliateProgramPage, Affiliation, Contact, ContactUpdate
from affiliates.updates.services.sending import UpdateContent


class UpdateForm(forms.Form):
    """News or a call for help. "Nothing new" is a separate button: see ``QUIET``."""

    use_required_attribute = False  # Our own messages stay visible, unlike the browser's.

    kind = forms.ChoiceField(
        label=gettext_lazy("What do you want to tell us?"),
        choices=[(kind.value, kind.label) for kind in (UpdateKind.NEWS, UpdateKind.HELP)],
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Please choose: do you have news, or do you need help?"),
            "invalid_choice": gettext_lazy("Please choose one of the answers shown."),
        },
    )
    text = ParagraphsField(
        label=gettext_lazy("In your own words"),
        help_text=gettext_lazy(
            "A few sentences will do; 5,000 characters at most. Please do not name a child or a"
            " school."
        ),
        required=False,
        rows=7,
    )
    needs = forms.MultipleChoiceField(
        label=gettext_lazy("What could help you?"),
        help_text=gettext_lazy("If you need help, check what you would like from us."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy(
                "What we offer has changed since you opened this page. Please look at the list"
                " again."
            )
        },
    )
    may_publish = forms.BooleanField(
        label=gettext_lazy("Yes, you may publish our news"),
        help_text=gettext_lazy(
            "Someone on our team reads it first. Then it appears on your group’s public page."
            " Otherwise, only our team sees it."
        ),
        required=False,
    )

    def __init__(
        self,
        program: AffiliateProgramPage,
        data: Mapping[str, Any] | None = None,
        *,
        current: ContactUpdate | None = None,
    ):
        super().__init__(data, initial=_said(current) if current else None, label_suffix="")
        text: Any = self.fields["text"]
        text.needed_at_times = True  # The page must not label it as optional.
        self.offers = _offers(program, current)
        if self.offers:
            needs: Any = self.fields["needs"]
            needs.choices = list(self.offers.items())
        else:
            del self.fields["needs"]

    def clean(self) -> None:
        data = self.cleaned_data
        kind, text, needs = data.get("kind"), data.get("text"), data.get("needs")
        if kind == UpdateKind.NEWS and text == "":
            self.add_error("text", _("Please tell us your news in a few words."))
        if kind == UpdateKind.HELP and text == "" and not needs and "needs" not in self.errors:
            self.add_error("text", _("Please tell us what you need, or check something below."))
        if kind == UpdateKind.NEWS and needs:
            message = _(
                "You selected what could help you. Please choose “We need help” so that you get an"
                " answer by a set day; your news can be in the same text. Or clear the boxes."
            )
            self.add_error("kind", ValidationError(message, code="needs_with_news"))

    def content(self) -> UpdateContent:
        """Only for a valid form."""
        data = self.cleaned_data
        kind, needs = UpdateKind(data["kind"]), dict.fromkeys(data.get("needs", ()))
        return UpdateContent(
            kind=kind,
            text=data["text"],
            needs=[{"id": key, "text": self.offers[key]} for key in needs],
            may_publish=data["may_publish"] and kind == UpdateKind.NEWS,
        )


NOTHING_NEW = gettext_lazy(
    "You wrote something but chose “Nothing new”. Please choose news or help, or leave this out."
)


class WholeUpdateForm(UpdateForm):
    """With “Nothing new” among the kinds, for the API and for staff."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = UpdateKind.choices

    def clean(self) -> None:
        super().clean()
        is_quiet = self.cleaned_data.get("kind") == UpdateKind.QUIET
        if is_quiet and self.cleaned_data.get("text"):
            self.add_error("text", NOTHING_NEW)


class HeardUpdateForm(WholeUpdateForm):
    """What staff enter in the group's name, by the rules of the group's own form."""

    contact = forms.ModelChoiceField(
        Contact.objects.none(),
        label=gettext_lazy("Who told you?"),
        help_text=gettext_lazy(
            "This person gets an email with what you enter here, and a link to correct it."
        ),
        required=False,
        empty_label=gettext_lazy("Someone else (no email)"),
        error_messages={
            "invalid_choice": gettext_lazy("This person is no longer a contact of the group.")
        },
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ("contact",)

    LABELS = {
        "kind": gettext_lazy("What did the group tell you?"),
        "text": gettext_lazy("In the group’s words"),
        "needs": gettext_lazy("What could help the group?"),
        "may_publish": gettext_lazy("The group said that we may publish its news"),
    }
    HELP_TEXTS = {
        "needs": gettext_lazy("If the group needs help, check what it would like from us."),
        "may_publish": gettext_lazy("A reviewer reads it first. Without this, only staff see it."),
    }

    def __init__(self, affiliation: Affiliation, data: Mapping[str, Any] | None = None):
        super().__init__(affiliation.program, data)
        fields: Any = self.fields
        fields["contact"].queryset = affiliation.contacts.exclude(role=ContactRole.PRESS)
        fields["key"].initial = uuid.uuid4
        for name in fields.keys() & self.LABELS.keys():
            fields[name].label = self.LABELS[name]
            fields[name].help_text = self.HELP_TEXTS.get(name, fields[name].help_text)

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("kind") == UpdateKind.QUIET and self.cleaned_data.get("needs"):
            self.add_error("needs", NOTHING_NEW)


QUIET = UpdateContent(kind=UpdateKind.QUIET)


def _offers(program: AffiliateProgramPage, current: ContactUpdate | None) -> dict[str, str]:
    """The program's benefits by id, plus those selected before that were removed since."""
    before: Iterable[dict[str, str]] = current.needs if current else ()
    offered = {benefit.id: benefit.text for benefit in program.statements("benefits")}
    return offered | {need["id"]: need["text"] for need in before if need["id"] not in offered}


def _said(current: ContactUpdate) -> dict[str, Any]:
    return {
        "kind": "" if current.kind == UpdateKind.QUIET else current.kind,
        "text": current.text,
        "needs": [need["id"] for need in current.needs],
        "may_publish": current.may_publish,
    }
