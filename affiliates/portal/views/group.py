"""The affiliate's own page. Read-only."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from affiliates.core.responses import private
from affiliates.links.sessions import contact_target, find_session, grant
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


def group_link_needed(request: HttpRequest) -> HttpResponse:
    """The same page whether the group exists or not."""
    context = {"form": LinkRequestForm()}
    return render(request, "affiliates/portal/link_needed.html", context, status=403)
