"""Cleaning and comparing email addresses."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email

from affiliates.core.text import clean_line
from workflows.core.conf import settings as mail_settings

LOCAL_PART_LENGTH = 64
"""Bytes. RFC 5321, section 4.5.3.1.1."""

ADDRESS_LENGTH = 254
"""Bytes. RFC 5321, section 4.5.3.1.3, as corrected by erratum 1690 of RFC 3696."""


def clean_address(value: str, *, to_find: bool = False) -> str:
    """Return the address in the form that our mail server takes; ``""`` if there is none.

    Fixes spaces, line breaks and stops around it, ``Name <name@example.org>``, ``mailto:``, letters
    and signs of full width, and international domains (to ASCII). Letters such as ü before the @
    stay, in small letters (see docs/decisions.md), if the setting ``SMTPUTF8`` of the outbox lets
    them pass (RFC 6531), or ``to_find`` what is on record from a time when it did. Raises
    ``ValidationError`` otherwise. Does not query DNS.
    """
    address = _bare(unicodedata.normalize("NFKC", clean_line(value, max_length=1_000)))
    if not address:
        return ""
    _refuse_common_mistakes(address, is_international=to_find or mail_settings.SMTPUTF8)
    try:
        checked = validate_email(address, check_deliverability=False, allow_smtputf8=True)
    except EmailNotValidError:
        raise ValidationError(
            _("We cannot write to this address. Please check it: it looks like name@example.org."),
            code="invalid",
        ) from None
    address = checked.ascii_email or f"{checked.local_part.lower()}@{checked.ascii_domain}"
    if len(address.encode()) > ADDRESS_LENGTH:
        raise ValidationError(
            _("This address is too long: 254 characters are the most."), code="invalid"
        )
    return address


def _bare(value: str) -> str:
    if value.endswith(">") and value.count("<") == 1:
        value = value.partition("<")[2][:-1]
    return value.strip(" .,;").removeprefix("mailto:")


def _refuse_common_mistakes(address: str, *, is_international: bool) -> None:
    local, at, domain = address.rpartition("@")
    mistakes = {
        _("Please give one address only."): "@" in local or "," in address or ";" in address,
        _("There is no @ in this. An address looks like name@example.org."): not at,
        _("Something is missing before the @. An address looks like name@example.org."): not local,
        _("After the @ comes a name on the internet, such as example.org."): "." not in domain
        or domain.startswith("["),
        _("The part before the @ is too long: 64 characters are the most."): len(local)
        > LOCAL_PART_LENGTH,
        _(
            "We cannot write to an address with letters such as ü or ж before the @."
            " Please give another one."
        ): not (local.isascii() or is_international),
        _(
            "The part before the @ is too long. Letters such as ü or ж take more room than others."
        ): len(local.encode()) > LOCAL_PART_LENGTH,
    }
    for message, made in mistakes.items():
        if made:
            raise ValidationError(message, code="invalid")
