"""The form in which a contact sends an update."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.core.fields import ParagraphsField
from affiliates.core.states import UpdateKind
from affiliates.models import AffiliateProgramPage, ContactUpdate
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
