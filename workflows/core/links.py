"""Addresses that go out in mails."""

from typing import Any

from django.conf import settings as django_settings
from django.urls import get_resolver
from wagtail.admin.admin_url_finder import AdminURLFinder

from workflows.core.conf import settings


def absolute_url(path: str) -> str:
    """``path`` with the configured scheme and host; never the host of a request."""
    base = settings.BASE_URL or django_settings.WAGTAILADMIN_BASE_URL
    return base.rstrip("/") + path


def admin_url(*records: Any) -> str:
    """Where Wagtail's admin shows the first of these that it shows at all; "" if it shows none.

    Without regard to who may see it.
    """
    _ = get_resolver().url_patterns  # Wagtail knows where records are once these are loaded.
    finder = AdminURLFinder()
    paths = (finder.get_edit_url(record) for record in records)
    return next((absolute_url(path) for path in paths if path), "")
