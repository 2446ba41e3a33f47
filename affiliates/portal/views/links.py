"""Pages for new links, and one-click unsubscribe (RFC 8058).

Unsubscribe requests have neither cookies nor CSRF tokens. The token in the URL is the only
authorization, and only permits pausing and resuming reminders.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from affiliates.affiliations.services.reminders import resume_reminders, unsubscribe
from affiliates.core.conf import settings
from affiliates.core.exceptions import AffiliationEnded, LinkExpired, LinkInvalid
from affiliates.core.responses import private, refusing_other_sites, refusing_unreadable
from affiliates.core.states import AffiliationState
from affiliates.links.sessions import LinkSession, session_with
from affiliates.links.tokens import Purpose, read_token
from affiliates.links.views import link_problem, read_reference
from affiliates.portal.forms import LinkRequestForm
from affiliates.portal.services.link_requests import request_link, request_renewal

REFUSED = 422
ONE_CLICK = ("List-Unsubscribe", "One-Click")


@csrf_exempt  # It grants nothing, and needs no cookie that could expire.
@private
@refusing_other_sites
@refusing_unreadable
@require_http_methods(["GET", "HEAD", "POST"])
def link_request(request: HttpRequest) -> HttpResponse:
    """Gives the same answer for every valid address, known or not."""
    form = LinkRequestForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        request_link(address=form.cleaned_data["email"], now=timezone.now())
        return redirect(f"{request.path}?sent=1")
    context = {"form": form, "sent": "sent" in request.GET and not form.is_bound}
    status = REFUSED if form.is_bound else 200
    return render(request, "affiliates/portal/link_request.html", context, status=status)


@private
@refusing_unreadable
@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: HttpRequest) -> HttpResponse:
    """Gives the same answer whether the reference exists or not."""
    if request.method == "POST":
        typed = request.POST.get("reference", "")
        request_renewal(reference=read_reference(typed), now=timezone.now())
        return redirect(f"{request.path}?sent=1")
    return render(request, "affiliates/portal/renew.html", {"sent": "sent" in request.GET})


@csrf_exempt
@private
@refusing_unreadable
@require_http_methods(["GET", "HEAD", "POST"])
def stop_reminders(request: HttpRequest, token: str) -> HttpResponse:
    """GET changes nothing, since scanners follow links in headers."""
    try:
        session = _find(token)
    except LinkExpired as expired:
        return link_problem(request, status=410, reference=expired.claim.reference)
    except LinkInvalid:
        return link_problem(request, status=404)
    try:
        done = _act(request, session)
    except AffiliationEnded:
        done = ""
    affiliation = session.affiliation
    context = {
        "affiliation": affiliation,
        "program": affiliation.program,
        "days": settings.UNSUBSCRIBE_DAYS,
        "done": done,
        "ended": affiliation.state == AffiliationState.ENDED,
    }
    return render(request, "affiliates/portal/stop_reminders.html", context)


def _act(request: HttpRequest, session: LinkSession) -> str:
    affiliation, by, now = session.affiliation, session.contact, timezone.now()
    if request.POST.get(ONE_CLICK[0]) == ONE_CLICK[1]:
        unsubscribe(affiliation=affiliation, by=by, now=now)
        return "paused"
    if "resume" in request.POST:
        resume_reminders(affiliation=affiliation, by=by, now=now)
        return "resumed"
    return ""


def _find(token: str) -> LinkSession:
    """Raises LinkInvalid for another purpose or a former contact."""
    claim = read_token(token)
    session = session_with(claim.nonce, claim.reference, Purpose.AFFILIATE)
    if claim.purpose is not Purpose.REMINDERS or session is None:
        raise LinkInvalid
    return session
