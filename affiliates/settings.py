"""Adds the settings that this app needs; settings modules may import it."""

from typing import Any

from workflows.settings import add_apps, add_workflows

APPS = ("affiliates", "workflows", "ninja", "wagtail.contrib.forms")
"""Pages use Wagtail's forms; the API docs use Swagger UI from ninja."""

PASSWORD_RESET_FORM = "affiliates.portal.passwords.PasswordResetForm"  # noqa: S105 (no password)


def add_affiliates(settings: dict[str, Any], *, redis_url: str) -> None:
    """Add what is missing to ``settings``, the ``globals()`` of a settings module, at its end:
    ``APPS``, ``django.contrib.postgres`` (for Wagtail's search) if PostgreSQL is used, the form for
    a forgotten password, and what ``workflows.settings.add_workflows`` adds. Existing settings
    stay. Idempotent.
    """
    engines = [database["ENGINE"] for database in settings.get("DATABASES", {}).values()]
    postgres = any("postg" in engine for engine in engines)
    add_apps(settings, *APPS, *(["django.contrib.postgres"] if postgres else []))
    settings.setdefault("WAGTAILADMIN_USER_PASSWORD_RESET_FORM", PASSWORD_RESET_FORM)
    add_workflows(settings, redis_url=redis_url)
