"""Views that open mailed links. Mail scanners follow links, so GET changes nothing."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from affiliates.core.exceptions import LinkExpired, LinkInvalid
from affiliates.core.responses import private
from affiliates.links.sessions import grant, resolve_link
from affiliates.links.tokens import read_token


@private
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Exchange the token for a cookie and redirect to the page without it."""
    try:
        target = resolve_link(read_token(token))
    except LinkExpired as expired:
        return link_problem(request, status=410, reference=expired.claim.reference)
    except LinkInvalid:
        return link_problem(request, status=404)
    response = HttpResponseRedirect(target.path)
    grant(response, request, target)
    return response


def link_needed(request: HttpRequest, reference: str) -> HttpResponse:
    """Does not disclose whether the reference exists."""
    context = {"reference": reference}
    return render(request, "affiliates/links/link_needed.html", context, status=403)


def link_problem(request: HttpRequest, *, status: int, reference: str = "") -> HttpResponse:
    context = {"reference": reference, "expired": bool(reference)}
    return render(request, "affiliates/links/link_problem.html", context, status=status)


def read_reference(text: str) -> str:
    """Normalize a typed reference: lower case, spaces, or no hyphen."""
    typed = "".join(filter(str.isalnum, text)).upper()[:6]
    return f"{typed[:3]}-{typed[3:]}"
