"""Reading the token of a mailed link: the same one opens the page and the API."""

from collections.abc import Collection

from django.http import Http404
from django.urls import reverse

from affiliates.api.problems import LINK_EXPIRED, Problem
from affiliates.exceptions import LinkExpired, LinkInvalid
from affiliates.links import LinkClaim, Purpose, read_token
from workflows.links import absolute_url


def claim_of(token: str, purposes: Collection[Purpose]) -> LinkClaim:
    """What the token says, if it is for one of the purposes. Raises Problem or Http404."""
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
