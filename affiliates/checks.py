"""System checks of the installation; each has an id and a hint."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings as django_settings
from django.core import checks
from django.urls import NoReverseMatch, reverse

from affiliates.core.conf import settings
from affiliates.links.tokens import AT_FRONT_ENDS
from affiliates.settings import APPS
from workflows.core.conf import settings as workflows_settings


@checks.register
def check_affiliates(**kwargs: Any) -> list[checks.CheckMessage]:
    return [*_apps(), *_addresses(), *_base_url(), *_front_ends()]


def _apps() -> Iterator[checks.CheckMessage]:
    for name in APPS:
        if not apps.is_installed(name):
            yield checks.Error(
                f"INSTALLED_APPS has no “{name}”.",
                hint="Let your settings end with add_affiliates(globals(), redis_url=…).",
                id="affiliates.E004",
            )


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


def _front_ends() -> Iterator[checks.CheckMessage]:
    for opens, address in settings.FRONT_END_LINKS.items():
        is_address = address.startswith(("http://", "https://")) and "{token}" in address
        if opens not in AT_FRONT_ENDS or not is_address:
            yield checks.Error(
                f"FRONT_END_LINKS has an entry that leads nowhere: {opens!r}.",
                hint="Name draft, status, update or affiliate, and a whole address with {token}.",
                id="affiliates.E003",
            )
