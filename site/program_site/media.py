"""Uploads, served in a way that none of them can act as a page of this site."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.static import serve

HEADERS = {
    "Content-Disposition": "attachment",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
"""For everything below ``MEDIA_URL``, whoever serves it. Pages show pictures all the same."""


def uploaded(request: HttpRequest, path: str) -> HttpResponseBase:
    """For the demo; in front of a real site, the proxy does this (docs/deployment.md)."""
    response = serve(request, path, document_root=settings.MEDIA_ROOT)
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response
