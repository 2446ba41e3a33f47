"""An affiliate's own page, for its contacts: nothing here changes anything."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from affiliates.core.responses import private
from affiliates.links.cookies import grant
from affiliates.links.resolution import contact_target
from affiliates.links.sessions import find_session
from affiliates.links.tokens import Purpose
from affiliates.portal.details import own_details
from affiliates.portal.forms.link_requests import LinkRequestForm


@private
@require_safe
def own_page(request: HttpRequest, reference: str) -> HttpResponse:
    """All that concerns the group. The pages of requests that are open open for this browser, too.

    Whoever may be here may answer them.
    """
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


def group_link_needed(request: HttpRequest) -> HttpResponse:
    """For a browser that did not come by a link. The same page whether there is such a group."""
    return render(
        request,
        "affiliates/portal/link_needed.html",
        {"form": LinkRequestForm(label_suffix="")},
        status=403,
    )
