"""Secrets in text, such as private links in emails and logs, found by their own shape."""

import re
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings as django_settings

BLOT = "…"

PASSWORD_RESET = re.compile(r"\b[0-9a-z]{6,7}-[0-9a-f]{32,64}\b")
"""The token of Django's link to set a new password: a time and a keyed hash."""

Lifetime = Callable[[str], timedelta]

_lifetimes: dict[re.Pattern[str], Lifetime] = {
    PASSWORD_RESET: lambda secret: timedelta(seconds=django_settings.PASSWORD_RESET_TIMEOUT)
}


def register_secret(shape: re.Pattern[str], *, lifetime: Lifetime) -> None:
    """``lifetime`` returns how long a secret of this shape is of use."""
    _lifetimes[shape] = lifetime


def blot_out(text: str) -> str:
    for shape in _lifetimes:
        text = shape.sub(BLOT, text)
    return text


def longest_lifetime(*texts: str) -> timedelta | None:
    """Of the secrets in the texts; None if there are none."""
    return max(
        (
            lifetime(secret[0])
            for shape, lifetime in _lifetimes.items()
            for text in texts
            for secret in shape.finditer(text)
        ),
        default=None,
    )
