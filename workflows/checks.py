"""System checks: each missing step of the installation has an id and a hint."""

from collections.abc import Callable, Iterator
from email.utils import parseaddr
from typing import Any

from django.conf import settings as django_settings
from django.core import checks

from workflows.core.celery_settings import TIME_LIMIT
from workflows.core.conf import settings
from workflows.core.wakeup import DELIVER_MAIL, DELIVER_WEBHOOKS, SWEEP_DEADLINES
from workflows.mail.transport import FINAL_REPLY_SECONDS

OUTBOX = "workflows.mail.backend.OutboxBackend"
DEFAULT_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
TRANSPORT_HINT = (
    "Django 6.1 and later: name the mail server in MAILERS under “transport” (or the alias in "
    "AFFILIATE_WORKFLOWS['TRANSPORT_MAILER']). Before: set AFFILIATE_WORKFLOWS"
    "['TRANSPORT_BACKEND'] to the backend that really sends."
)


LOOKS = {
    DELIVER_MAIL: "Mail that no bell announced, or that is to be tried again, is never sent.",
    DELIVER_WEBHOOKS: "Webhooks that no bell announced, or that failed once, are never sent.",
    SWEEP_DEADLINES: "Nobody is reminded, and nothing that is late is escalated.",
}
"""What beat has to ask for, and what happens if it does not."""


@checks.register
def check_mail(**kwargs: Any) -> list[checks.CheckMessage]:
    return [*_default_backend(), *_transport(), *_addresses(), *_lease(), *_broker(), *_beat()]


def _default_backend() -> Iterator[checks.CheckMessage]:
    if _backend_of("default", lambda: django_settings.EMAIL_BACKEND) != OUTBOX:
        yield checks.Warning(
            "Mails of Django and Wagtail are sent during the request and can be lost.",
            hint=f"Use “{OUTBOX}” as the default mailer (before Django 6.1: as EMAIL_BACKEND).",
            id="affiliate_workflows.W001",
        )


def _transport() -> Iterator[checks.CheckMessage]:
    backend = _backend_of(settings.TRANSPORT_MAILER, lambda: settings.TRANSPORT_BACKEND)
    if not backend:
        yield checks.Error(
            "There is no mail server to send the outbox with.",
            hint=TRANSPORT_HINT,
            id="affiliate_workflows.E001",
        )
    if backend == OUTBOX:
        yield checks.Error(
            "The outbox would send its mails to itself.",
            hint=TRANSPORT_HINT,
            id="affiliate_workflows.E002",
        )


def _addresses() -> Iterator[checks.CheckMessage]:
    if not (settings.BASE_URL or getattr(django_settings, "WAGTAILADMIN_BASE_URL", "")):
        yield checks.Error(
            "Links in mails would lead nowhere.",
            hint="Set WAGTAILADMIN_BASE_URL (or AFFILIATE_WORKFLOWS['BASE_URL']), with https://.",
            id="affiliate_workflows.E003",
        )
    sender = parseaddr(settings.SENDER or django_settings.DEFAULT_FROM_EMAIL)[1]
    if sender.partition("@")[2] in ("", "localhost"):
        yield checks.Warning(
            f"Mails come from “{sender}”, an address that most servers refuse.",
            hint="Set DEFAULT_FROM_EMAIL (or AFFILIATE_WORKFLOWS['SENDER']) to your own address.",
            id="affiliate_workflows.W002",
        )


def _lease() -> Iterator[checks.CheckMessage]:
    limit = getattr(django_settings, "CELERY_TASK_TIME_LIMIT", None) or TIME_LIMIT
    if max(limit, FINAL_REPLY_SECONDS) >= settings.LEASE_SECONDS:
        yield checks.Error(
            f"A lease of {settings.LEASE_SECONDS} s can end while its worker still sends: the "
            "mail would go out twice.",
            hint=f"Set AFFILIATE_WORKFLOWS['LEASE_SECONDS'] to more than {limit}.",
            id="affiliate_workflows.E004",
        )


def _broker() -> Iterator[checks.CheckMessage]:
    if settings.DOORBELL and not getattr(django_settings, "CELERY_BROKER_URL", None):
        yield checks.Info(
            "No CELERY_BROKER_URL is set, so nothing wakes a worker when a mail is queued.",
            hint="Set it, or run “manage.py drain_outbox --loop” and set AFFILIATE_WORKFLOWS"
            "['DOORBELL'] to False.",
            id="affiliate_workflows.I001",
        )


def _beat() -> Iterator[checks.CheckMessage]:
    """A site that keeps its schedule elsewhere, in its database say, names its own scheduler."""
    schedule = getattr(django_settings, "CELERY_BEAT_SCHEDULE", None) or {}
    asked_for = {entry["task"] for entry in schedule.values()}
    has_own = getattr(django_settings, "CELERY_BEAT_SCHEDULER", None)
    for task, consequence in LOOKS.items():
        if not has_own and task not in asked_for:
            yield checks.Warning(
                f"Celery beat never asks for “{task}”. {consequence}",
                hint="Put the beat_schedule of workflows.celery_settings into "
                "CELERY_BEAT_SCHEDULE. Without Celery, run “manage.py drain_outbox --loop”, "
                "“manage.py deliver_webhooks --loop” and “manage.py sweep_deadlines --loop”, and "
                "silence this check.",
                id="affiliate_workflows.W003",
            )


def _backend_of(mailer: str, without_mailers: Callable[[], str]) -> str:
    """Django 6.1 warns when the old settings are read, so they are read only where they count."""
    mailers = getattr(django_settings, "MAILERS", None)
    if mailers is None:
        return without_mailers()
    return mailers[mailer].get("BACKEND", DEFAULT_BACKEND) if mailer in mailers else ""
