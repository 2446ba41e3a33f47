"""System checks: each missing step of the installation has an id and a hint."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings as django_settings
from django.core import checks
from django.urls import NoReverseMatch, reverse

from workflows.conf import settings as workflows_settings


@checks.register
def check_affiliates(**kwargs: Any) -> list[checks.CheckMessage]:
    return [*_addresses(), *_base_url()]


def _addresses() -> Iterator[checks.CheckMessage]:
    try:
        reverse("affiliates:renew")
    except NoReverseMatch:
        yield checks.Error(
            "The application form and mailed links have no address.",
            hint='Add path("join/", include("affiliates.urls")) to your URLs, before Wagtail\'s.',
            id="affiliates.E001",
        )


def _base_url() -> Iterator[checks.CheckMessage]:
    base = workflows_settings.BASE_URL or getattr(django_settings, "WAGTAILADMIN_BASE_URL", "")
    if not base.startswith(("http://", "https://")):
        yield checks.Error(
            "Links in mails have no scheme and host.",
            hint="Set WAGTAILADMIN_BASE_URL, such as https://example.org",
            id="affiliates.E002",
        )
