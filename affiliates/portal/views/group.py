"""An affiliate's own page, for its contacts: nothing here changes anything."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from affiliates.core.responses import private
from affiliates.links.cookies import grant
from affiliates.links.resolution import contact_door
from affiliates.links.sessions import find_visit
from affiliates.links.tokens import Purpose
from affiliates.portal.details import own_details
from affiliates.portal.forms.link_requests import LinkWishForm


@private
@require_safe
def own_page(request: HttpRequest, reference: str) -> HttpResponse:
    """All that concerns the group. The pages of requests that are open open for this browser, too.

    Whoever may be here may answer them.
    """
    visit = find_visit(request, reference, Purpose.AFFILIATE)
    if visit is None:
        return own_link_needed(request)
    context = {
        "visit": visit,
        "paths": visit.paths,
        "proposed": "proposed" in request.GET,
        **own_details(visit.affiliation, timezone.now()),
    }
    response = render(request, "affiliates/portal/own_page.html", context)
    for asked in context["owed"]:
        grant(response, request, contact_door(asked.reference, visit.contact, Purpose.UPDATE))
    return response


def own_link_needed(request: HttpRequest) -> HttpResponse:
    """For a browser that did not come by a link. The same page whether there is such a group."""
    return render(
        request,
        "affiliates/portal/own_link_needed.html",
        {"form": LinkWishForm(label_suffix="")},
        status=403,
    )
