"""A contact asks for a new link to the own page. Nobody learns whether we know the address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from affiliates.core.responses import private, refusing_unreadable
from affiliates.portal.forms.link_requests import LinkRequestForm
from affiliates.portal.services.link_requests import request_link

REFUSED = 422


@csrf_exempt  # It gives nobody any power, and needs no cookie that could expire.
@private
@refusing_unreadable
@require_http_methods(["GET", "HEAD", "POST"])
def link_request(request: HttpRequest) -> HttpResponse:
    """The form, and the same answer to every address that mail could go to."""
    form = LinkRequestForm(request.POST if request.method == "POST" else None, label_suffix="")
    if form.is_valid():
        request_link(address=form.cleaned_data["email"], now=timezone.now())
        return redirect(f"{request.path}?sent=1")
    context = {"form": form, "sent": "sent" in request.GET and not form.is_bound}
    status = REFUSED if form.is_bound else 200
    return render(request, "affiliates/portal/link_request.html", context, status=status)
