"""An affiliate's own page, for its contacts: nothing here changes anything."""

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


@private
@require_safe
def saved(request: HttpRequest, reference: str, purpose: Purpose) -> HttpResponse:
    """What happens next. It looks nothing up but whether the way back is open: whoever has handed
    over may not see the group's pages any more."""
    session = find_session(request, reference, purpose)
    back = session.home if session else ""
    context = {"what": request.GET.get("what", ""), "back": back, "session": session}
    return render(request, "affiliates/portal/contact_saved.html", context)


def group_link_needed(request: HttpRequest) -> HttpResponse:
    """For a browser that did not come by a link. The same page whether there is such a group."""
    context = {"form": LinkRequestForm()}
    return render(request, "affiliates/portal/link_needed.html", context, status=403)
