"""Keeps the tokens of mailed links out of the logs. Reading a log must not let anyone use them.

``AffiliatesConfig.ready()`` adds it to Django's own loggers. A web server that writes an access log
of its own has to be configured separately.
"""

import logging
import re
from typing import Any

LOGGERS = ("django.request", "django.server", "django.security", "django.security.csrf")

_TOKEN = re.compile(
    r"(/link/)(?!renew/)[^\s\"'?]+"
    r"|(/(?:applications|update-requests|affiliations)/)[a-z]+(?:~|%7[Ee])[^\s\"'?/]*"
)


class RedactTokens(logging.Filter):
    """Replaces tokens in a message and its arguments. Never drops one.

    They stand behind ``/link/``, and in the API behind what they are for.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redact(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(map(redact, record.args))
        return True


def redact(value: Any) -> Any:
    """The text without tokens; anything else as it is."""
    return _TOKEN.sub(r"\1\2…", value) if isinstance(value, str) else value


def install() -> None:
    for name in LOGGERS:
        logging.getLogger(name).addFilter(RedactTokens())
