"""Typed settings, read live, with the default beside the type.

A site sets them in one dictionary per app::

    AFFILIATE_WORKFLOWS = {"LEASE_SECONDS": 120}
"""

from typing import Any, ClassVar

from django.conf import settings as django_settings


class LiveSettings:
    """Reads each upper-case attribute from the dictionary called ``dictionary``, else its default.

    Nothing is copied at import, so ``override_settings`` works and a site may set the dictionary
    at any time before first use.
    """

    dictionary: ClassVar[str]

    def __getattribute__(self, name: str) -> Any:
        default = super().__getattribute__(name)
        if not name.isupper():
            return default
        return getattr(django_settings, self.dictionary, {}).get(name, default)


class WorkflowsSettings(LiveSettings):
    dictionary = "AFFILIATE_WORKFLOWS"

    BASE_URL: str = ""
    """Scheme and host put before links in mails; empty means ``WAGTAILADMIN_BASE_URL``."""

    SENDER: str = ""
    """Address in From; empty means Django's ``DEFAULT_FROM_EMAIL``."""

    SENDER_DOMAIN: str = ""
    """Domain of the Message-ID; empty means the domain of the sender's address."""

    SMTPUTF8: bool = False
    """Whether the mail server takes addresses with letters such as ü or ж before the @ (RFC 6531).
    Without, forms ask for another address. ``check --deploy`` asks the server whether it does."""

    LEASE_SECONDS: int = 120
    """How long a worker owns the mails it claimed, and again each mail that it begins to send.
    Longer than Celery's hard time limit, so that a lease ends after its worker."""

    BATCH_SIZE: int = 100
    """Mails claimed at once. What they have in common is fetched once for all of them."""

    URGENT_LOOK_SECONDS: int = 1
    """How often a worker looks for more urgent mails while it sends what it claimed."""

    SWEEP_BATCH: int = 2000
    """Deadlines whose steps are taken in one transaction."""

    METRICS_TOKEN: str = ""
    """The bearer token for ``/metrics``. Empty: there is no such page."""

    TRANSPORT_MAILER: str = "transport"
    """Django ≥ 6.1: the alias in ``MAILERS`` that really sends."""

    TRANSPORT_BACKEND: str = "django.core.mail.backends.smtp.EmailBackend"
    """Django < 6.1 (or no ``MAILERS``): the email backend that really sends."""

    WAKEUP: bool = True
    """Whether queueing a mail wakes a Celery worker. Without, the periodic look finds it."""

    WAKEUP_PAUSE_SECONDS: int = 30
    """After waking failed, how long the broker is left alone so that requests stay fast."""

    WEBHOOK_ALLOW_PRIVATE: bool = False
    """Whether webhooks may go to private networks and to this machine itself."""

    WEBHOOK_ALLOW_HTTP: bool = False
    """Whether webhooks may go to addresses with ``http://``, where anyone on the way can read."""

    WEBHOOK_PORTS: tuple[int, ...] = (443, 80)
    """Ports that webhooks may go to. Empty: any."""

    WEBHOOK_OFF_AFTER_DAYS: int = 5
    """An endpoint at which nothing has succeeded for this long is switched off."""

    WEBHOOK_SECRET_OVERLAP_HOURS: int = 24
    """How long webhooks are signed with the former secret, too, after there is a new one."""


settings = WorkflowsSettings()
