"""Mailed links: what stands in them, and how one that came back is read.

A link's token is signed and says which record it is for and until which nonce it lives. The purpose
is part of the signing key, so a token for one purpose is worthless for another. Holding a token
gives the power of its purpose over its record and nothing else.

The nonce of an application is its own. That of an affiliate's links is its contact's, so they die
when another person takes over.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner, b62_encode
from django.urls import reverse

from affiliates.core.conf import settings
from affiliates.core.exceptions import LinkExpired, LinkInvalid
from affiliates.models import Affiliation, Application, Contact, UpdateRequest
from workflows.core.links import absolute_url

SEPARATOR = "~"
"""Neither in a signature nor in a reference, and needs no escaping in an address (RFC 3986)."""

STUCK_TO_THE_END = "/.,;:!?>)]}\"'”’» \t\r\n\u00a0\u200b"
"""What mail programs and people leave behind a link when they copy it."""


class Purpose(StrEnum):
    STATUS = "status"
    DRAFT = "draft"
    UPDATE = "update"
    AFFILIATE = "affiliate"
    REMINDERS = "reminders"


AT_FRONT_ENDS = frozenset(Purpose) - {Purpose.REMINDERS}
"""What links may open elsewhere. Mail programs press the button for reminders by themselves."""


@dataclass(frozen=True)
class LinkClaim:
    """What a genuine token says. Whether it is still true, only the record's row knows."""

    purpose: Purpose
    reference: str
    nonce: str


def status_url(application: Application) -> str:
    """The link to the application's status, to be mailed to its contact."""
    return _link_url(application.reference, application.link_nonce, Purpose.STATUS)


def draft_url(application: Application) -> str:
    """The link to go on with a saved draft, to be mailed to whoever saved it."""
    return _link_url(application.reference, application.link_nonce, Purpose.DRAFT)


def update_url(request: UpdateRequest, contact: Contact) -> str:
    """The link to answer one request for an update, to be mailed to this contact."""
    return _link_url(request.reference, contact.link_nonce, Purpose.UPDATE)


def affiliate_url(affiliation: Affiliation, contact: Contact) -> str:
    """The link to the affiliate's own page, to be mailed to this contact."""
    return _link_url(affiliation.reference, contact.link_nonce, Purpose.AFFILIATE)


def reminders_url(affiliation: Affiliation, contact: Contact) -> str:
    """The address to pause reminders with one click, for the header of a mail (RFC 8058)."""
    token = sign(affiliation.reference, contact.link_nonce, Purpose.REMINDERS)
    return absolute_url(reverse("affiliates:stop_reminders", kwargs={"token": token}))


def make_token(application: Application, purpose: Purpose, *, at: datetime | None = None) -> str:
    return sign(application.reference, application.link_nonce, purpose, at=at)


def sign(reference: str, nonce: str, purpose: Purpose, *, at: datetime | None = None) -> str:
    """The token that gives the power of ``purpose`` over the record with this reference.

    ``at``: when its life begins, if not now; tokens of one moment are the same.
    """
    value = f"{reference}{SEPARATOR}{nonce}"
    return f"{purpose.value}{SEPARATOR}{_signer(purpose, at).sign(value)}"


def read_token(token: str) -> LinkClaim:
    """What the token says. What a mail program stuck to its ends is taken off first.

    Raises LinkInvalid, or LinkExpired (with its ``claim``) for one that was genuine once.
    """
    name, _, signed = token.strip(STUCK_TO_THE_END + "<([{").partition(SEPARATOR)
    try:
        purpose = Purpose(name)
        value = _signer(purpose).unsign(signed)
    except (ValueError, BadSignature):
        raise LinkInvalid from None
    reference, _, nonce = value.partition(SEPARATOR)
    claim = LinkClaim(purpose, reference, nonce)
    try:
        _signer(purpose).unsign(signed, max_age=_lifetime(purpose))
    except SignatureExpired:
        raise LinkExpired(claim=claim) from None
    return claim


def _link_url(reference: str, nonce: str, purpose: Purpose) -> str:
    token = sign(reference, nonce, purpose)
    if elsewhere := settings.FRONT_END_LINKS.get(purpose.value):
        return elsewhere.replace("{token}", token)
    return absolute_url(reverse("affiliates:link", kwargs={"token": token}))


class _Signer(TimestampSigner):
    at: datetime | None = None

    def timestamp(self) -> str:
        return b62_encode(int(self.at.timestamp())) if self.at else super().timestamp()


def _signer(purpose: Purpose, at: datetime | None = None) -> TimestampSigner:
    signer = _Signer(salt=f"affiliates.link.{purpose.value}", sep=SEPARATOR)
    signer.at = at
    return signer


def _lifetime(purpose: Purpose) -> timedelta:
    days = {
        Purpose.STATUS: settings.STATUS_LINK_DAYS,
        Purpose.DRAFT: settings.DRAFT_LINK_DAYS,
        Purpose.UPDATE: settings.UPDATE_LINK_DAYS,
        Purpose.AFFILIATE: settings.AFFILIATE_LINK_DAYS,
        Purpose.REMINDERS: settings.AFFILIATE_LINK_DAYS,
    }
    return timedelta(days=days[purpose])
