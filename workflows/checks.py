"""System checks for incomplete installation."""

import contextlib
from collections.abc import Callable, Iterator
from email.utils import parseaddr
from typing import Any

from celery import current_app
from django.conf import settings as django_settings
from django.core import checks

from workflows.core.celery_settings import TIME_LIMIT
from workflows.core.conf import settings
from workflows.core.exceptions import ServerUnreachable
from workflows.mail.transport import FINAL_REPLY_SECONDS, SmtpTransport, get_transport
from workflows.settings import OUTBOX, SMTP

SETTINGS_HINT = (
    "Let your settings end with add_workflows(globals(), redis_url=…), or with add_affiliates(…)."
)
TRANSPORT_HINT = (
    "Django 6.1 and later: name the mail server in MAILERS under “transport” (or the alias in "
    "AFFILIATE_WORKFLOWS['TRANSPORT_MAILER']). Before: set AFFILIATE_WORKFLOWS"
    "['TRANSPORT_BACKEND'] to the backend that really sends."
)

_NO_BROKER = checks.Info(
    "No CELERY_BROKER_URL is set, so nothing wakes a worker when a mail is queued.",
    hint=f"{SETTINGS_HINT} Without Celery, run “manage.py drain_outbox --loop”, “manage.py "
    "deliver_webhooks --loop” and “manage.py sweep_deadlines --loop”, and set "
    "AFFILIATE_WORKFLOWS['WAKEUP'] to False.",
    id="affiliate_workflows.I001",
)
_NO_APP = checks.Warning(
    "The site has no Celery app, so nothing reaches a worker.",
    hint="Make one in your project's celery.py, as Celery's documentation for Django says, and "
    "import it in the project's __init__.py.",
    id="affiliate_workflows.W004",
)
_RETRIES = checks.Warning(
    "The Celery app keeps waiting for a broker that is gone, and holds up the request.",
    hint=f"{SETTINGS_HINT} The app reads them by app.config_from_object('django.conf:settings', "
    "namespace='CELERY'). Transport options and publishing policy of your own need max_retries 0.",
    id="affiliate_workflows.W005",
)


_NOT_INTERNATIONAL = checks.Error(
    "The mail server does not offer SMTPUTF8: emails to addresses with letters such as ü before "
    "the @ would fail.",
    hint="Set AFFILIATE_WORKFLOWS['SMTPUTF8'] to False, or use a mail server that offers it.",
    id="affiliate_workflows.E005",
)


@checks.register
def check_mail(**kwargs: Any) -> list[checks.CheckMessage]:
    return [*_default_backend(), *_transport(), *_addresses(), *_lease(), *_celery()]


@checks.register(deploy=True)
def check_mail_server(**kwargs: Any) -> list[checks.CheckMessage]:
    """Asks the mail server for what the settings say that it offers."""
    if not settings.SMTPUTF8:
        return []
    try:
        with contextlib.closing(get_transport()) as transport:
            transport.open()
            # What other backends hand it to says nothing.
            is_fine = not isinstance(transport, SmtpTransport) or transport.is_international
    except ServerUnreachable as error:
        return [
            checks.Warning(
                f"The mail server could not be asked whether it offers SMTPUTF8: {error}",
                hint="Run the check where the server can be reached, with its settings.",
                id="affiliate_workflows.W006",
            )
        ]
    return [] if is_fine else [_NOT_INTERNATIONAL]


def _default_backend() -> Iterator[checks.CheckMessage]:
    if _backend_of("default", lambda: django_settings.EMAIL_BACKEND) != OUTBOX:
        yield checks.Warning(
            "Emails from Django and Wagtail are sent during the request and can be lost.",
            hint=f"{SETTINGS_HINT} What says how mail is sent comes before it.",
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


def _celery() -> Iterator[checks.CheckMessage]:
    """Celery is optional for sites without wake-ups."""
    if settings.WAKEUP:
        # Celery creates its fallback app with ``set_as_current=False``.
        has_app = current_app.set_as_current
        has_broker = getattr(django_settings, "CELERY_BROKER_URL", None)
        if not has_broker:
            yield _NO_BROKER
        if not has_app:
            yield _NO_APP
        if has_broker and has_app and _retries(current_app.conf):
            yield _RETRIES


def _retries(conf: Any) -> bool:
    policies = (conf.broker_transport_options, conf.task_publish_retry_policy)
    return any(policy.get("max_retries") != 0 for policy in policies)


def _backend_of(mailer: str, without_mailers: Callable[[], str]) -> str:
    """Read the old settings only where they apply: Django 6.1 warns when they are read."""
    mailers = getattr(django_settings, "MAILERS", None)
    if mailers is None:
        return without_mailers()
    return mailers[mailer].get("BACKEND", SMTP) if mailer in mailers else ""
