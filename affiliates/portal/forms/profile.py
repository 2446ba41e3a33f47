"""What a contact would like to change on the group's public page."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.applications.forms.fields import link_fields, refuse_same_link_twice
from affiliates.core.fields import LineField, NameField, ParagraphsField
from affiliates.core.states import Scope
from affiliates.models.affiliate_page import clean_summary
from affiliates.portal.profile import BODY, LABELS, Profile

if TYPE_CHECKING:
    from affiliates.models import AffiliatePage

NOTHING_NEW = gettext_lazy(
    "All of this stands on your public page already. Change what should be different, then send it."
    " To take a proposal back, write to us."
)


class ProfileForm(forms.Form):
    """The page's facts under their names in ``affiliates.portal.profile``."""

    title = NameField(
        label=LABELS["title"],
        autocomplete="organization",
        error_messages={"required": gettext_lazy("Please give the name of your group.")},
    )
    locality = LineField(
        label=LABELS["locality"],
        help_text=gettext_lazy("Only for local groups."),
        required=False,
        autocomplete="address-level2",
    )
    summary = ParagraphsField(
        label=LABELS["summary"],
        help_text=gettext_lazy("One or two sentences, 500 characters at most."),
        rows=3,
        error_messages={
            "required": gettext_lazy("Please tell about your group in a sentence or two.")
        },
    )
    body = ParagraphsField(
        label=LABELS[BODY],
        help_text=gettext_lazy(
            "As many paragraphs as you like, up to 5,000 characters. Leave a blank line between"
            " them. Please name no child and no school."
        ),
        required=False,
        rows=8,
    )

    use_required_attribute = False  # Our messages say more than the browser's, and stay in sight.

    def __init__(
        self,
        page: "AffiliatePage",
        data: Mapping[str, Any] | None = None,
        *,
        wanted: Profile,
    ):
        """``wanted``: what the form starts from, and which facts may be changed at all."""
        super().__init__(data, initial=wanted, label_suffix="")
        self.page = page
        self.fields["summary"].cleaner = clean_summary  # type: ignore[attr-defined]
        self.fields.update(link_fields())
        for name in set(self.fields) - set(wanted):
            del self.fields[name]

    @property
    def facts(self) -> list[forms.BoundField]:
        return [field for field in self if not field.name.startswith("link_")]

    @property
    def links(self) -> list[forms.BoundField]:
        return [field for field in self if field.name.startswith("link_")]

    def clean(self) -> None:
        missing = self.cleaned_data.get("locality") == ""
        if missing and self.page.scope == Scope.LOCAL:
            self.add_error("locality", _("Please say in which town or county your group works."))
        refuse_same_link_twice(self)

    def values(self) -> Profile:
        """What it says. Only for a valid form."""
        return {name: self.cleaned_data[name] for name in self.fields}


class ResubmittedProfile(forms.Form):
    """All that was typed, for a browser that may not see the page any more."""


ResubmittedProfile.base_fields.update(
    (
        name,
        forms.CharField(
            label=label,
            required=False,
            widget=forms.Textarea if name in ("summary", BODY) else forms.TextInput,
        ),
    )
    for name, label in LABELS.items()
)
