"""Addresses that go out in mails."""

from django.conf import settings as django_settings

from workflows.conf import settings


def absolute_url(path: str) -> str:
    """``path`` with the configured scheme and host; never the host of a request."""
    base = settings.BASE_URL or django_settings.WAGTAILADMIN_BASE_URL
    return base.rstrip("/") + path
