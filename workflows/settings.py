"""What a site's settings need for this app, added by one call. Settings may import this module."""

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
"""What MAILERS calls the settings that it replaces. Django ≥ 6.1 refuses to have both."""


def add_workflows(settings: dict[str, Any], *, redis_url: str) -> None:
    """Add what is missing to ``settings``, the ``globals()`` of a settings module, at its end.

    - ``INSTALLED_APPS``: this app.
    - ``CELERY_…``: each of ``celery_settings``, with ``redis_url`` as the broker, unless it is set.
    - The site's mailer: see ``send_through_outbox``.

    All else stays as it is, and a second call changes nothing.
    """
    add_apps(settings, "workflows")
    for name, value in celery_settings(redis_url).items():
        settings.setdefault(f"CELERY_{name.upper()}", value)
    send_through_outbox(settings)


def add_apps(settings: dict[str, Any], *names: str) -> None:
    """Add the apps to INSTALLED_APPS that are not there, by name or by their configuration."""
    installed = settings["INSTALLED_APPS"]
    there = {app.partition(".apps.")[0] for app in installed}
    settings["INSTALLED_APPS"] = [*installed, *(name for name in names if name not in there)]


def send_through_outbox(settings: dict[str, Any]) -> None:
    """Put every mail of the site into the outbox, which hands it to the mailer the site had so far.

    Django ≥ 6.1: the “default” of MAILERS becomes “transport”; where there is no MAILERS, it is
    made of the EMAIL_… settings. Before: EMAIL_BACKEND becomes the TRANSPORT_BACKEND of
    AFFILIATE_WORKFLOWS. A transport that the site names itself stays.
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
    """Each backend gets what it knows: Django refuses options that it does not."""
    backend = settings.pop("EMAIL_BACKEND", SMTP)
    moved = {to: settings.pop(name) for name, to in MAILER_OPTIONS.items() if name in settings}
    path = moved.pop("file_path", None)
    if backend.endswith(".smtp.EmailBackend"):
        return {"BACKEND": backend, "OPTIONS": {"host": "localhost", **moved}}
    if backend.endswith(".filebased.EmailBackend"):
        return {"BACKEND": backend, "OPTIONS": {"file_path": path}}
    return {"BACKEND": backend}
