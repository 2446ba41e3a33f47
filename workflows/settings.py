"""Settings that a site needs for this app. Settings modules may import it."""

from typing import Any

import django

from workflows.core.celery_settings import celery_settings

OUTBOX = "workflows.mail.backend.OutboxBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"

MAILER_OPTIONS = {
    "EMAIL_HOST": "host",
    "EMAIL_PORT": "port",
    "EMAIL_HOST_USER": "username",
    "EMAIL_HOST_PASSWORD": "password",
    "EMAIL_USE_TLS": "use_tls",
    "EMAIL_USE_SSL": "use_ssl",
    "EMAIL_SSL_CERTFILE": "ssl_certfile",
    "EMAIL_SSL_KEYFILE": "ssl_keyfile",
    "EMAIL_TIMEOUT": "timeout",
    "EMAIL_FILE_PATH": "file_path",
}
"""Names in MAILERS of the settings it replaces. Django ≥ 6.1 refuses to have both."""


def add_workflows(settings: dict[str, Any], *, redis_url: str) -> None:
    """Add missing settings to ``settings``, the ``globals()`` of a settings module, at its end.

    - ``INSTALLED_APPS``: this app.
    - ``CELERY_…``: each of ``celery_settings`` that is not set, with ``redis_url`` as the broker.
    - The site's mailer: see ``send_through_outbox``.

    A second call changes nothing.
    """
    add_apps(settings, "workflows")
    for name, value in celery_settings(redis_url).items():
        settings.setdefault(f"CELERY_{name.upper()}", value)
    send_through_outbox(settings)


def add_apps(settings: dict[str, Any], *names: str) -> None:
    installed = settings["INSTALLED_APPS"]
    there = {app.partition(".apps.")[0] for app in installed}
    settings["INSTALLED_APPS"] = [*installed, *(name for name in names if name not in there)]


def send_through_outbox(settings: dict[str, Any]) -> None:
    """Send all email through the outbox, which hands it to the site's previous mailer.

    Django ≥ 6.1: the “default” of MAILERS (or the EMAIL_… settings) becomes “transport”. Before:
    EMAIL_BACKEND becomes TRANSPORT_BACKEND in AFFILIATE_WORKFLOWS. A transport set by the site
    stays.
    """
    if django.VERSION < (6, 1):
        _replace_backend(settings)
    else:
        _replace_mailer(settings)


def _replace_backend(settings: dict[str, Any]) -> None:
    backend = settings.get("EMAIL_BACKEND", SMTP)
    if backend != OUTBOX:
        own = settings.get("AFFILIATE_WORKFLOWS", {})
        settings["AFFILIATE_WORKFLOWS"] = {"TRANSPORT_BACKEND": backend, **own}
        settings["EMAIL_BACKEND"] = OUTBOX


def _replace_mailer(settings: dict[str, Any]) -> None:
    mailers = settings.get("MAILERS") or {"default": _mailer_of_old_settings(settings)}
    default = mailers.get("default", {})
    if default.get("BACKEND") != OUTBOX:
        alias = settings.get("AFFILIATE_WORKFLOWS", {}).get("TRANSPORT_MAILER", "transport")
        settings["MAILERS"] = {alias: default, **mailers, "default": {"BACKEND": OUTBOX}}


def _mailer_of_old_settings(settings: dict[str, Any]) -> dict[str, Any]:
    """Pass each backend only the options it knows: Django refuses others."""
    backend = settings.pop("EMAIL_BACKEND", SMTP)
    moved = {to: settings.pop(name) for name, to in MAILER_OPTIONS.items() if name in settings}
    path = moved.pop("file_path", None)
    if backend.endswith(".smtp.EmailBackend"):
        return {"BACKEND": backend, "OPTIONS": {"host": "localhost", **moved}}
    if backend.endswith(".filebased.EmailBackend"):
        return {"BACKEND": backend, "OPTIONS": {"file_path": path}}
    return {"BACKEND": backend}
