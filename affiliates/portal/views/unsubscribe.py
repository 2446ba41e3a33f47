"""The unsubscribe button of mail programs: it pauses an affiliate's reminders (RFC 8058).

The mail program's server sends the form, so there is neither a cookie nor a CSRF token; the token
in the address is all there is, and pausing, or ending the pause, is all that it can do.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from affiliates.affiliations.services.reminders import resume_reminders, unsubscribe
from affiliates.core.conf import settings
from affiliates.core.exceptions import AffiliationEnded, LinkExpired, LinkInvalid
from affiliates.core.responses import private, refusing_unreadable
from affiliates.core.states import AffiliationState
from affiliates.links.resolution import contact_with_nonce
from affiliates.links.tokens import LinkClaim, Purpose, read_token
from affiliates.links.views import link_problem
from affiliates.models import Affiliation, Contact

ONE_CLICK = ("List-Unsubscribe", "One-Click")
"""What a mail program sends, and the page's own button."""


@csrf_exempt
@private
@refusing_unreadable
@require_http_methods(["GET", "HEAD", "POST"])
def stop_reminders(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing, since scanners follow the addresses in headers, too."""
    try:
        affiliation, contact = _find(read_token(token))
    except LinkExpired as expired:
        return link_problem(request, status=410, reference=expired.claim.reference)
    except LinkInvalid:
        return link_problem(request, status=404)
    try:
        done = _act(request, affiliation, contact)
    except AffiliationEnded:
        done = ""
    context = {
        "affiliation": affiliation,
        "program": affiliation.program,
        "days": settings.UNSUBSCRIBE_DAYS,
        "done": done,
        "ended": affiliation.state == AffiliationState.ENDED,
    }
    return render(request, "affiliates/portal/stop_reminders.html", context)


def _act(request: HttpRequest, affiliation: Affiliation, contact: Contact) -> str:
    now = timezone.now()
    if request.POST.get(ONE_CLICK[0]) == ONE_CLICK[1]:
        unsubscribe(affiliation=affiliation, by=contact, now=now)
        return "paused"
    if "resume" in request.POST:
        resume_reminders(affiliation=affiliation, by=contact, now=now)
        return "resumed"
    return ""


def _find(claim: LinkClaim) -> tuple[Affiliation, Contact]:
    """Raises LinkInvalid if it is for another purpose, or the person is no contact any more."""
    affiliations = Affiliation.objects.select_related("program")
    affiliation = affiliations.filter(reference=claim.reference).first()
    if claim.purpose is not Purpose.REMINDERS or affiliation is None:
        raise LinkInvalid
    contact = contact_with_nonce(affiliation.contacts.all(), claim.nonce)
    if contact is None:
        raise LinkInvalid
    return affiliation, contact
