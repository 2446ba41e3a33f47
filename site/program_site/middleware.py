"""Security headers that depend on which part of the site answers."""

from django.conf import settings
from django.urls import reverse

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
    )
)
"""Nothing from elsewhere, nothing inline. ``PUBLIC_CONTENT_SECURITY_POLICY`` replaces it, on a
site whose pictures come from another host, say."""


class PublicContentSecurityPolicy:
    """Sends a strict Content-Security-Policy with every public page.

    Wagtail's admin needs inline scripts and is left alone, as is any response that brings a policy
    of its own. Django 6 has a middleware for this, Django 5.2 has none; this works with both.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.policy = getattr(settings, "PUBLIC_CONTENT_SECURITY_POLICY", POLICY)
        self.admin_path = reverse("wagtailadmin_home")

    def __call__(self, request):
        response = self.get_response(request)
        if not request.path.startswith(self.admin_path):
            response.headers.setdefault("Content-Security-Policy", self.policy)
        return response
