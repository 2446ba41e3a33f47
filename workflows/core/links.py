"""Absolute URLs for emails."""

from typing import Any

from django.conf import settings as django_settings
from django.urls import get_resolver
from wagtail.admin.admin_url_finder import AdminURLFinder

from workflows.core.conf import settings


def absolute_url(path: str) -> str:
    """``path`` with the configured scheme and host, never the request's host."""
    base = settings.BASE_URL or django_settings.WAGTAILADMIN_BASE_URL
    return base.rstrip("/") + path


def admin_url(*records: Any) -> str:
    """Admin URL of the first record that has one, regardless of permissions; else ""."""
    _ = get_resolver().url_patterns  # Loading the URLs registers Wagtail's URL finders.
    finder = AdminURLFinder()
    paths = (finder.get_edit_url(record) for record in records)
    return next((absolute_url(path) for path in paths if path), "")
