"""Where mailed links arrive. Mail scanners press links, so looking at one changes nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from affiliates.core.responses import private, refusing_unreadable
from affiliates.links.views import read_reference
from affiliates.portal.services.renewals import renew_link


@private
@refusing_unreadable
@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: HttpRequest) -> HttpResponse:
    """Send a new link to the address on record; the answer is the same whether there is one."""
    if request.method == "POST":
        typed = request.POST.get("reference", "")
        renew_link(reference=read_reference(typed), now=timezone.now())
        return redirect(f"{request.path}?sent=1")
    return render(request, "affiliates/portal/renew.html", {"sent": "sent" in request.GET})
