"""What a site's settings need for this app, added by one call. Settings may import this module."""

from typing import Any

from workflows.settings import add_apps, add_workflows

APPS = ("affiliates", "workflows", "ninja", "wagtail.contrib.forms")
"""The pages are forms of Wagtail's, and the API's page takes Swagger UI from ninja."""


def add_affiliates(settings: dict[str, Any], *, redis_url: str) -> None:
    """Add what is missing to ``settings``, the ``globals()`` of a settings module, at its end.

    - ``INSTALLED_APPS``: ``APPS``, and what Wagtail's search asks for if there is a PostgreSQL.
    - Celery's settings and the outbox: see ``workflows.settings.add_workflows``.

    What your settings say themselves stays, and a second call changes nothing.
    """
    engines = [database["ENGINE"] for database in settings.get("DATABASES", {}).values()]
    postgres = any("postg" in engine for engine in engines)
    add_apps(settings, *APPS, *(["django.contrib.postgres"] if postgres else []))
    add_workflows(settings, redis_url=redis_url)
