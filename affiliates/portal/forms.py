"""Forms for an affiliate's contacts. The API validates with them, too."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from affiliates.applications.forms.fields import link_fields, refuse_same_link_twice
from affiliates.core.exceptions import (
    AddressTaken,
    ChangeRevised,
    ListingPaused,
    NothingToChange,
    TooManyContactChanges,
    TooManyListingChanges,
)
from affiliates.core.fields import (
    AddressField,
    LineField,
    NameField,
    ParagraphsField,
    PersonNameField,
    PhoneField,
)
from affiliates.core.people import Person
from affiliates.core.states import Scope
from affiliates.models import AffiliatePage, AffiliateProgramPage, Contact
from affiliates.models.affiliate_page import clean_summary
from affiliates.portal.profile import BODY, LABELS, Profile, labels
from affiliates.programs.promised_days import months_after
from workflows.core.due import long_date

NO_NAME = _("Please give the name.")
NO_ADDRESS = _("Please give an email address, so that we can write there.")
TAKEN = _("This is already the address of a contact of your group.")
TOO_OFTEN = _(
    "The contacts of your group were changed several times today. So that nobody can send emails to"
    " strangers in your name, please wait until tomorrow, or write to %(email)s."
)
REVISED = _(
    "Something else was proposed since you opened this page, or our team decided about it. Yours"
    " has not been sent yet. Please look at what you wrote, and send it once more."
)
NOTHING_NEW = _(
    "Your public page already says all of this. Change what should be different, then send it. To"
    " take a proposal back, write to us."
)
LISTING_PAUSED = _(
    "Our team has paused your listing, so it cannot be changed here. Please write to %(email)s."
)
SHOWN_TOO_OFTEN = _(
    "Your listing was hidden and shown several times today. Please wait until tomorrow, or write to"
    " %(email)s."
)
REFUSALS: dict[type[Exception], tuple[str | None, str, int, Any]] = {
    AddressTaken: ("email", "taken", 422, TAKEN),
    TooManyContactChanges: (None, "too_often", 429, TOO_OFTEN),
    ListingPaused: (None, "paused", 422, LISTING_PAUSED),
    TooManyListingChanges: (None, "too_often", 429, SHOWN_TOO_OFTEN),
    ChangeRevised: (None, "revised", 409, REVISED),
    NothingToChange: (None, "unchanged", 422, NOTHING_NEW),
}


def refusal(
    error: Exception, program: AffiliateProgramPage
) -> tuple[str | None, ValidationError, int]:
    name, code, status, message = REFUSALS[type(error)]
    names = {"email": program.contact_email}
    return name, ValidationError(message, code=code, params=names), status


class PortalForm(forms.Form):
    use_required_attribute = False  # Our own messages stay visible, unlike the browser's.

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any):
        super().__init__(data, label_suffix="", **kwargs)


class PersonForm(PortalForm):
    name = PersonNameField(label=_("Name"), error_messages={"required": NO_NAME})
    email = AddressField(label=_("Email"), error_messages={"required": NO_ADDRESS})
    phone = PhoneField(label=_("Phone"), required=False)

    @classmethod
    def of(cls, contact: Contact | None, data: Any = None) -> "PersonForm":
        known = {name: getattr(contact, name) for name in cls.base_fields} if contact else {}
        return cls(data, initial=known)

    def person(self) -> Person:
        """Only for a valid form."""
        return Person(**self.cleaned_data)


class OwnDetailsForm(PersonForm):
    name = PersonNameField(
        label=_("Your name"), autocomplete="name", error_messages={"required": NO_NAME}
    )
    email = AddressField(
        label=_("Your email"),
        help_text=_("If you change it, we write to the old and to the new address."),
        autocomplete="email",
        error_messages={"required": NO_ADDRESS},
    )
    phone = PhoneField(label=_("Your phone"), required=False, autocomplete="tel")


class LeaveForm(PortalForm):
    reason = ParagraphsField(
        label=_("Why is your group leaving?"),
        help_text=_("In your own words, if you like. Only our team reads it."),
        required=False,
        rows=4,
        max_length=2000,
    )


class ResubmittedReason(forms.Form):
    reason = ParagraphsField(label=_("Why is your group leaving?"), required=False, rows=4)


class LinkRequestForm(PortalForm):
    email = AddressField(
        label=_("Email"),
        help_text=_("The address that we have on record for you as a contact of your group."),
        autocomplete="email",
        error_messages={"required": _("Please give your email address.")},
    )


class PauseForm(PortalForm):
    MONTHS = (1, 3, 6, 12)
    OTHER = "other"

    until = forms.ChoiceField(
        label=_("How long?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose how long the pause is."),
            "invalid_choice": _("Please choose one of the answers shown."),
        },
    )
    day = forms.DateField(
        label=_("Another day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Please give a day, such as 2027-03-31.")},
    )

    def __init__(self, data: Any = None, *, today: date, longest: date):
        super().__init__(data)
        self.today, self.longest = today, longest
        self.days = {str(months): months_after(today, months) for months in self.MONTHS}
        until: Any = self.fields["until"]
        until.choices = [
            *((months, _pause(int(months), day)) for months, day in self.days.items()),
            (self.OTHER, _("Until another day, which I write below")),
        ]
        day: Any = self.fields["day"]
        day.help_text = gettext("Until %(date)s at most.") % {"date": long_date(longest)}
        day.needed_at_times = True  # The page must not label it as optional.

    def clean(self) -> None:
        chosen, day = self.cleaned_data.get("until"), self.cleaned_data.get("day")
        if chosen != self.OTHER:
            return
        if day is None and "day" not in self.errors:
            self.add_error("day", _("Please write the day."))
        elif day and not self.today < day <= self.longest:
            message = _("Please give a day after today, until %(date)s at most.")
            names = {"date": long_date(self.longest)}
            self.add_error("day", ValidationError(message, code="range", params=names))

    def last_day(self) -> date:
        """Only for a valid form."""
        chosen = self.cleaned_data["until"]
        return self.cleaned_data["day"] if chosen == self.OTHER else self.days[chosen]


def _pause(months: int, day: date) -> str:
    words = ngettext("%(count)d month, until %(date)s", "%(count)d months, until %(date)s", months)
    return words % {"count": months, "date": long_date(day)}


class ProfileForm(PortalForm):
    title = NameField(
        label=LABELS["title"],
        autocomplete="organization",
        error_messages={"required": _("Please give the name of your group.")},
    )
    locality = LineField(
        label=LABELS["locality"],
        help_text=_("Only for local groups."),
        required=False,
        autocomplete="address-level2",
    )
    summary = ParagraphsField(
        label=LABELS["summary"],
        help_text=_("One or two sentences, 500 characters at most."),
        rows=3,
        error_messages={"required": _("Please tell about your group in a sentence or two.")},
    )
    body = ParagraphsField(
        label=LABELS[BODY],
        help_text=_(
            "As many paragraphs as you like, up to 5,000 characters. Leave a blank line between"
            " them. Please name no child and no school."
        ),
        required=False,
        rows=8,
    )

    def __init__(self, page: AffiliatePage, data: Any = None, *, wanted: Profile):
        """``wanted``: the initial values; facts that it lacks cannot be changed."""
        super().__init__(data, initial=wanted)
        self.page = page
        self.fields["summary"].cleaner = clean_summary  # type: ignore[attr-defined]
        shown = [name.removeprefix("link_") for name in wanted if name.startswith("link_")]
        self.fields.update(link_fields(shown))
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
        """Only for a valid form."""
        return {name: self.cleaned_data[name] for name in self.fields}


class ResubmittedProfile(forms.Form):
    """Shows what was typed to a browser that may no longer see the page."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, label in labels().items():
            widget = forms.Textarea if name in ("summary", BODY) else forms.TextInput
            self.fields[name] = forms.CharField(label=label, required=False, widget=widget)
