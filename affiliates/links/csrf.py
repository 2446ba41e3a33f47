"""Django's check for forged forms, asked by a view that shows again what was typed."""

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.translation import gettext_lazy as _

NOT_SURE = _(
    "We could not make sure that it was you who pressed the button. This happens when a page was"
    " open for a long time. Please press it once more."
)


def is_forged(request: HttpRequest) -> bool:
    """Whether the form came from another site, or without its cookie."""
    check = CsrfViewMiddleware(_unused)
    check.process_request(request)
    return check.process_view(request, _unused, (), {}) is not None


def _unused(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()
