"""System checks: each missing step of the installation has an id and a hint."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings as django_settings
from django.core import checks
from django.urls import NoReverseMatch, reverse

from affiliates.applications.services.submission import START_REVIEWS
from affiliates.core.conf import settings
from affiliates.links.tokens import AT_FRONT_ENDS
from workflows.core.conf import settings as workflows_settings

LOOKS = {
    START_REVIEWS: (
        "W001",
        "Applications whose review could not start at once are not tried again.",
    ),
    "affiliates.ask_for_updates": ("W002", "No affiliate is ever asked for an update."),
    "affiliates.start_moderation": ("W003", "News from affiliates are never given to reviewers."),
}
"""What beat has to ask for, and what happens if it does not."""


@checks.register
def check_affiliates(**kwargs: Any) -> list[checks.CheckMessage]:
    return [*_addresses(), *_base_url(), *_front_ends(), *_looks()]


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


def _looks() -> Iterator[checks.CheckMessage]:
    """A site that keeps its schedule elsewhere, in its database say, names its own scheduler."""
    if getattr(django_settings, "CELERY_BEAT_SCHEDULER", None):
        return
    schedule = getattr(django_settings, "CELERY_BEAT_SCHEDULE", None) or {}
    asked_for = {entry["task"] for entry in schedule.values()}
    for task, (number, consequence) in LOOKS.items():
        if task not in asked_for:
            yield checks.Warning(
                consequence,
                hint="Add affiliates.beat_schedule.BEAT_SCHEDULE to CELERY_BEAT_SCHEDULE.",
                id=f"affiliates.{number}",
            )
