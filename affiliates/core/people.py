"""People's names, and what a form or import says about a person."""

import re
import unicodedata
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from affiliates.core.states import ContactRole
from affiliates.core.text import clean_name

NAME_LENGTH = 100

_WEB_ADDRESS = re.compile(
    r"://|\bwww[.。]|[\w-]{2}[.。][^\W\d_]{2}|\w[.。](?:com|net|org|info|xyz)\b", re.IGNORECASE
)
"""What mail programs make a link of: two characters on both sides of a stop, or a well-known end.
Initials and degrees, such as “J.R. Lee” or “Kim Lee, Ph.D.”, are none.
"""


def clean_person_name(value: str) -> str:
    """A name that stays a name in an email to somebody else. Raises ``ValidationError``."""
    name = clean_name(value, max_length=NAME_LENGTH)
    if _WEB_ADDRESS.search(unicodedata.normalize("NFKC", name)):
        raise ValidationError(
            _(
                "Please write the name without a web address. After a period comes a space, as in"
                " “St. John”."
            ),
            code="web_address",
        )
    return name


@dataclass(frozen=True)
class ContactDetails:
    """Of a contact in a complete application, from the form or from the API."""

    role: ContactRole
    name: str
    email: str
    phone: str


@dataclass(frozen=True)
class Person:
    name: str
    email: str
    phone: str = ""
