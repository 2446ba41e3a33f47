"""The shape and the lifetime of the tokens in mailed links; ``links`` signs and reads them."""

import re
from datetime import timedelta

from affiliates.core.conf import settings
from workflows.core.secrets import register_secret

SEPARATOR = "~"
"""Neither in a signature nor in a reference, and needs no escaping in a URL (RFC 3986)."""

LIFETIMES = {
    "status": "STATUS_LINK_DAYS",
    "draft": "DRAFT_LINK_DAYS",
    "update": "UPDATE_LINK_DAYS",
    "affiliate": "AFFILIATE_LINK_DAYS",
    "reminders": "AFFILIATE_LINK_DAYS",
}
"""The setting for each purpose of a link."""

_BETWEEN = f"(?:{SEPARATOR}|%7[Ee])"  # Some servers log it escaped.
SHAPE = re.compile(
    rf"\b({'|'.join(LIFETIMES)}){_BETWEEN}[A-Za-z0-9]{{3}}-[A-Za-z0-9]{{3}}{_BETWEEN}[\w~%-]+"
)


def lifetime_of(purpose: str) -> timedelta:
    return timedelta(days=getattr(settings, LIFETIMES[purpose]))


def _lifetime_of_token(token: str) -> timedelta:
    found = SHAPE.match(token)
    return lifetime_of(found[1]) if found else timedelta(0)


register_secret(SHAPE, lifetime=_lifetime_of_token)
