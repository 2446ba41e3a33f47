"""Signed tokens in mailed links. Each grants the power of one purpose over one record.

The purpose is part of the signing key, so a token cannot be used for another one. Replacing the
nonce, which is that of the application or of the affiliate's contact, invalidates its links.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner, b62_encode
from django.urls import reverse

from affiliates.core.conf import settings
from affiliates.core.exceptions import LinkExpired, LinkInvalid
from affiliates.core.link_tokens import SEPARATOR, lifetime_of
from affiliates.models import Affiliation, Application, Contact, UpdateRequest
from workflows.core.links import absolute_url

STUCK_TO_THE_END = "/.,;:!?>)]}\"'”’» \t\r\n\u00a0\u200b"
"""Characters that mail programs and people leave at the end of a copied link."""


class Purpose(StrEnum):
    STATUS = "status"
    DRAFT = "draft"
    UPDATE = "update"
    AFFILIATE = "affiliate"
    REMINDERS = "reminders"


AT_FRONT_ENDS = frozenset(Purpose) - {Purpose.REMINDERS}
"""Links that may lead to a front end. Mail programs post to the one for reminders themselves."""


@dataclass(frozen=True)
class LinkClaim:
    """The content of a genuine token, still to be compared with the record."""

    purpose: Purpose
    reference: str
    nonce: str


def status_url(application: Application) -> str:
    return _link_url(application.reference, application.link_nonce, Purpose.STATUS)


def draft_url(application: Application) -> str:
    return _link_url(application.reference, application.link_nonce, Purpose.DRAFT)


def update_url(request: UpdateRequest, contact: Contact) -> str:
    return _link_url(request.reference, contact.link_nonce, Purpose.UPDATE)


def affiliate_url(affiliation: Affiliation, contact: Contact) -> str:
    return _link_url(affiliation.reference, contact.link_nonce, Purpose.AFFILIATE)


def reminders_url(affiliation: Affiliation, contact: Contact) -> str:
    """The URL to pause reminders with one click, for the header of a mail (RFC 8058)."""
    token = sign(affiliation.reference, contact.link_nonce, Purpose.REMINDERS)
    return absolute_url(reverse("affiliates:stop_reminders", kwargs={"token": token}))


def make_token(application: Application, purpose: Purpose, *, at: datetime | None = None) -> str:
    return sign(application.reference, application.link_nonce, purpose, at=at)


def sign(reference: str, nonce: str, purpose: Purpose, *, at: datetime | None = None) -> str:
    """Tokens of the same moment ``at`` (by default now) are equal."""
    value = f"{reference}{SEPARATOR}{nonce}"
    return f"{purpose.value}{SEPARATOR}{_signer(purpose, at).sign(value)}"


def read_token(token: str) -> LinkClaim:
    """Read a token, ignoring characters that mail programs added around it. Raises LinkInvalid, or
    LinkExpired (with its ``claim``) if it is genuine but too old.
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
        _signer(purpose).unsign(signed, max_age=lifetime_of(purpose.value))
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
