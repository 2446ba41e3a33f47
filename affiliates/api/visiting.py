"""Which contact of which group came by the token of a mailed link, and what of ended groups."""

from django.http import Http404
from django.utils.translation import gettext as _

from affiliates.api.problems import AFFILIATION_ENDED, Problem
from affiliates.api.tokens import claim_of
from affiliates.links import Purpose
from affiliates.models import AffiliateProgramPage
from affiliates.states import AffiliationState
from affiliates.views.visits import Visit, visit_with


def visit_at(token: str, *purposes: Purpose) -> Visit:
    """By a token that is for one of the purposes. Raises Problem or Http404."""
    claim = claim_of(token, purposes)
    visit = visit_with(claim.nonce, claim.reference, claim.purpose)
    if visit is None:
        raise Http404
    return visit


def active_visit_at(token: str, *purposes: Purpose) -> Visit:
    """The same, for what a group that has ended cannot do any more."""
    visit = visit_at(token, *purposes)
    if visit.affiliation.state == AffiliationState.ENDED:
        raise ended(visit.program)
    return visit


def ended(program: AffiliateProgramPage) -> Problem:
    detail = _("If that is a mistake, write to %(email)s.") % {"email": program.contact_email}
    return Problem(AFFILIATION_ENDED, detail=f"{AFFILIATION_ENDED.detail} {detail}")
