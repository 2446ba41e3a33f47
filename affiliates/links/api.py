"""Reads the tokens of mailed links for the API."""

from collections.abc import Collection

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from affiliates.api.problems import AFFILIATION_ENDED, LINK_EXPIRED, Problem
from affiliates.core.exceptions import LinkExpired, LinkInvalid
from affiliates.core.states import AffiliationState
from affiliates.links.sessions import LinkSession, session_with
from affiliates.links.tokens import LinkClaim, Purpose, read_token
from affiliates.models import AffiliateProgramPage
from workflows.core.links import absolute_url


def claim_of(token: str, purposes: Collection[Purpose]) -> LinkClaim:
    """Read a token with one of these purposes. Raises Problem or Http404."""
    try:
        claim = read_token(token)
    except LinkExpired as expired:
        renew_url = absolute_url(reverse("affiliates:renew"))
        reference = expired.claim.reference
        raise Problem(LINK_EXPIRED, renew_url=renew_url, reference=reference) from None
    except LinkInvalid:
        raise Http404 from None
    if claim.purpose not in purposes:
        raise Http404
    return claim


def session_at(token: str, *purposes: Purpose) -> LinkSession:
    """The session of a token with one of these purposes. Raises Problem or Http404."""
    claim = claim_of(token, purposes)
    session = session_with(claim.nonce, claim.reference, claim.purpose)
    if session is None:
        raise Http404
    return session


def active_session_at(token: str, *purposes: Purpose) -> LinkSession:
    """As ``session_at``, but raises Problem if the affiliation has ended."""
    session = session_at(token, *purposes)
    if session.affiliation.state == AffiliationState.ENDED:
        raise ended(session.program)
    return session


def ended(program: AffiliateProgramPage) -> Problem:
    detail = _("If that is a mistake, write to %(email)s.") % {"email": program.contact_email}
    return Problem(AFFILIATION_ENDED, detail=f"{AFFILIATION_ENDED.detail} {detail}")
