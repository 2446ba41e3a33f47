"""Form fields that clean input and explain what they refuse."""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from affiliates.core.addresses import clean_address
from affiliates.core.networks.links import clean_link
from affiliates.core.people import clean_person_name
from affiliates.core.phones import clean_phone
from affiliates.core.text import clean_line, clean_name, clean_text


class CleanedField(forms.CharField):
    """Text that one function cleans. No HTML ``maxlength``: browsers cut pasted text silently."""

    cleaner: Callable[[str], str] = staticmethod(clean_line)

    def __init__(self, *, autocomplete: str = "", **kwargs: Any):
        self.cleaner = kwargs.pop("cleaner", self.cleaner)
        super().__init__(strip=False, **kwargs)
        if autocomplete:
            self.widget.attrs["autocomplete"] = autocomplete

    def to_python(self, value: Any) -> str:
        return self.cleaner(str(value)) if value not in self.empty_values else ""


class NameField(CleanedField):
    cleaner = staticmethod(clean_name)


class PersonNameField(CleanedField):
    cleaner = staticmethod(clean_person_name)


class LineField(CleanedField):
    """One line of any text."""


class ParagraphsField(CleanedField):
    cleaner = staticmethod(clean_text)

    def __init__(self, *, rows: int = 5, **kwargs: Any):
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)


class AddressField(CleanedField):
    widget = forms.EmailInput
    cleaner = staticmethod(clean_address)


class LinkField(CleanedField):
    """A link to a group on one network, or its handle. A URL input would refuse ``example.org``."""

    widget = forms.TextInput(attrs={"inputmode": "url", "autocapitalize": "none"})

    def __init__(self, network: str, *, shown: Collection[str] | None = None, **kwargs: Any):
        super().__init__(cleaner=partial(clean_link, network, shown=shown), **kwargs)


ELSEWHERE = _("If it is in another country than your group, start with + and the country code.")


class PhoneField(CleanedField):
    """``countries``: where its number is from, unless it says so."""

    widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel"})
    countries: Collection[str] = ()

    def __init__(self, **kwargs: Any):
        kwargs.setdefault("help_text", ELSEWHERE)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return clean_phone(str(value), self.countries) if value not in self.empty_values else ""
