"""The affiliate's own page, read-only, and the way out of it."""

from collections.abc import Iterator

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from affiliates.core.responses import private
from affiliates.core.states import UpdateRequestState
from affiliates.links.sessions import (
    LIFETIME,
    LinkSession,
    LinkTarget,
    contact_target,
    find_session,
    grant,
    revoke,
)
from affiliates.links.tokens import Purpose
from affiliates.portal.forms import LinkRequestForm
from affiliates.portal.queries import own_details


@private
@require_safe
def own_page(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows the group's page and grants link sessions for its open update requests."""
    session = find_session(request, reference, Purpose.AFFILIATE)
    if session is None:
        return group_link_needed(request)
    context = {
        "session": session,
        "paths": session.paths,
        "proposed": "proposed" in request.GET,
        **own_details(session.affiliation, timezone.now()),
    }
    response = render(request, "affiliates/portal/group.html", context)
    for asked in context["owed"]:
        grant(response, request, contact_target(asked.reference, session.contact, Purpose.UPDATE))
    return response


@private
@require_safe
def saved(request: HttpRequest, reference: str, purpose: Purpose) -> HttpResponse:
    """Looks up only the session: after handing over, the person may not see the group's pages."""
    session = find_session(request, reference, purpose)
    back = session.home if session else ""
    context = {"what": request.GET.get("what", ""), "back": back, "session": session}
    return render(request, "affiliates/portal/contact_saved.html", context)


@csrf_exempt  # It only takes power away.
@private
@require_POST
def leave(request: HttpRequest, reference: str, purpose: Purpose) -> HttpResponse:
    """Log out of the group's page and of the requests for updates that it opened."""
    response = render(request, "affiliates/links/left.html")
    session = find_session(request, reference, purpose)
    if session:
        revoke(response, request, _targets_of(session))
    return response


def _targets_of(session: LinkSession) -> Iterator[LinkTarget]:
    affiliation, contact = session.affiliation, session.contact
    yield contact_target(affiliation.reference, contact, Purpose.AFFILIATE)
    lately = Q(state=UpdateRequestState.OPEN) | Q(updated_at__gt=timezone.now() - LIFETIME)
    for asked in affiliation.update_requests.filter(lately):
        yield contact_target(asked.reference, contact, Purpose.UPDATE)
    yield session.target


def group_link_needed(request: HttpRequest) -> HttpResponse:
    """The same page whether the group exists or not."""
    context = {"form": LinkRequestForm()}
    return render(request, "affiliates/portal/link_needed.html", context, status=403)
