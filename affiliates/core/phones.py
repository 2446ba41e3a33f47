"""Phone numbers: kept as typed, and understood by the numbering plan of a country."""

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib import import_module
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from affiliates.core.text import clean_line

PHONE_LENGTH = 40

FEWEST_DIGITS, MOST_ASKED = 5, 7
"""Some islands and small towns have five digits, with the area code. Nobody is asked for more than
seven: where numbers are longer, some people leave out the area code.
"""

_EXTENSION = re.compile(r"\b(?:poste|durchwahl|dw)\b\.?", re.IGNORECASE)
"""Words that the library does not know, in French and German."""

Links = tuple[tuple[int, int, str], ...]
"""Where each number in a text begins and ends, and its address."""


def clean_phone(value: str, countries: Iterable[str] = ()) -> str:
    """Accept a number as people write it, with any extension. ``countries``: where it may be from,
    as codes of ISO 3166-1. Raises ``ValidationError``.
    """
    phone = clean_line(value, max_length=PHONE_LENGTH)
    countries = tuple(countries)
    if phone and sum(map(str.isdigit, phone)) < _fewest_digits(countries):
        raise ValidationError(
            _("Please give the whole number with its area code, such as %(example)s."),
            code="invalid",
            params={"example": _example(countries)},
        )
    return phone


def phone_html(phone: str, countries: Iterable[str]) -> SafeString:
    """The text, escaped, with links to call the numbers in it (RFC 3966). It has none if they are
    not understood, or mean different numbers in these countries.
    """
    meanings = {_links(phone, country) for country in countries} - {()}
    parts, end = [], 0
    for start, stop, address in meanings.pop() if len(meanings) == 1 else ():
        link = format_html('<a href="{}">{}</a>', address, phone[start:stop])
        parts += [escape(phone[end:start]), link]
        end = stop
    return mark_safe("".join([*parts, escape(phone[end:])]))  # noqa: S308 (made of escaped parts)


@lru_cache
def _fewest_digits(countries: tuple[str, ...]) -> int:
    return min([MOST_ASKED, *map(_shortest, countries)]) if countries else FEWEST_DIGITS


def _shortest(country: str) -> int:
    """Digits of the country's shortest numbers."""
    plan = _library().PhoneMetadata.metadata_for_region(country)
    kinds = (plan.fixed_line, plan.mobile) if plan else ()
    lengths = (length for kind in kinds if kind for length in kind.possible_length)
    return max(min(lengths, default=MOST_ASKED), FEWEST_DIGITS)


def _example(countries: tuple[str, ...]) -> str:
    """As it is written in the first of the countries."""
    library = _library()
    number = library.example_number(countries[0]) if countries else None
    national = library.PhoneNumberFormat.NATIONAL
    return library.format_number(number, national) if number else "517 555 0123"


def _links(phone: str, country: str) -> Links:
    library = _library()
    # As long as what was typed, so that places in the text stay.
    text = _EXTENSION.sub(lambda word: "x".center(len(word[0])), phone)
    return tuple(
        (found.start, found.end, library.format_number(found.number, _rfc3966()))
        for found in library.PhoneNumberMatcher(text, country)
    )


def _rfc3966() -> int:
    return _library().PhoneNumberFormat.RFC3966


def _library() -> Any:
    """Imported when it is first needed: most processes never need it."""
    return import_module("phonenumbers")
