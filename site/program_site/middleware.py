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

ADMIN_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'unsafe-inline'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
    )
)
"""Nothing from elsewhere, no plugins, no code out of texts. Wagtail 8 starts its date and inline
fields by scripts within the page, so these are allowed. ``ADMIN_CONTENT_SECURITY_POLICY`` replaces
it."""


class ContentSecurityPolicy:
    """Sends a Content-Security-Policy with every answer that brings none of its own.

    Django 6 has a middleware for this, Django 5.2 has none; this works with both.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.public = getattr(settings, "PUBLIC_CONTENT_SECURITY_POLICY", POLICY)
        self.admin = getattr(settings, "ADMIN_CONTENT_SECURITY_POLICY", ADMIN_POLICY)
        self.admin_path = reverse("wagtailadmin_home")

    def __call__(self, request):
        response = self.get_response(request)
        is_admin = request.path.startswith(self.admin_path)
        policy = self.admin if is_admin else self.public
        response.headers.setdefault("Content-Security-Policy", policy)
        return response
