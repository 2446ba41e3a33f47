"""Keeps the tokens of mailed links out of Django's logs. Web servers need their own setup."""

import logging
import re
from typing import Any

LOGGERS = ("django.request", "django.server", "django.security", "django.security.csrf")

_TOKEN = re.compile(
    r"(/link/)(?!renew/)[^\s\"'?]+"
    r"|(/(?:applications|update-requests|affiliations)/)[a-z]+(?:~|%7[Ee])[^\s\"'?/]*"
)


class RedactTokens(logging.Filter):
    """Replaces tokens after ``/link/`` and in API addresses. Never drops a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redact(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(map(redact, record.args))
        return True


def redact(value: Any) -> Any:
    return _TOKEN.sub(r"\1\2…", value) if isinstance(value, str) else value


def install() -> None:
    for name in LOGGERS:
        logging.getLogger(name).addFilter(RedactTokens())
