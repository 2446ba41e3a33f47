"""Adds the settings that this app needs; settings modules may import it."""

from typing import Any

from workflows.settings import add_apps, add_workflows

APPS = ("affiliates", "workflows", "ninja", "wagtail.contrib.forms")
"""Pages use Wagtail's forms; the API docs use Swagger UI from ninja."""

KEPT_PAGES = "affiliates.caching.middleware.KeptPages"
SESSIONS = "django.contrib.sessions.middleware.SessionMiddleware"

PASSWORD_RESET_FORM = "affiliates.portal.passwords.PasswordResetForm"  # noqa: S105 (no password)


def add_affiliates(settings: dict[str, Any], *, redis_url: str) -> None:
    """Add what is missing to ``settings``, the ``globals()`` of a settings module, at its end:
    ``APPS``, ``django.contrib.postgres`` (for Wagtail's search) if PostgreSQL is used, the form for
    a forgotten password, a cache that all processes share, the middleware that answers with kept
    pages, and what ``workflows.settings.add_workflows`` adds. Existing settings stay. Idempotent.
    """
    engines = [database["ENGINE"] for database in settings.get("DATABASES", {}).values()]
    postgres = any("postg" in engine for engine in engines)
    add_apps(settings, *APPS, *(["django.contrib.postgres"] if postgres else []))
    settings.setdefault("WAGTAILADMIN_USER_PASSWORD_RESET_FORM", PASSWORD_RESET_FORM)
    keep_pages(settings, redis_url)
    add_workflows(settings, redis_url=redis_url)


def keep_pages(settings: dict[str, Any], redis_url: str) -> None:
    """The default cache stays as it is: Wagtail does not work without it, so it must never fail."""
    middleware = settings.get("MIDDLEWARE", [])
    if KEPT_PAGES not in middleware:
        place = middleware.index(SESSIONS) if SESSIONS in middleware else len(middleware)
        settings["MIDDLEWARE"] = [*middleware[:place], KEPT_PAGES, *middleware[place:]]
    default = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    caches = {"default": default, **settings.get("CACHES", {})}
    settings["CACHES"] = {"affiliates": shared_cache(redis_url), **caches}


def shared_cache(redis_url: str) -> dict[str, Any]:
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": redis_url,
        "KEY_PREFIX": "affiliates",
        # A page is made within less time than a dead cache could be waited for.
        "OPTIONS": {"socket_connect_timeout": 0.25, "socket_timeout": 0.25},
    }
