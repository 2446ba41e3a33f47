"""The same site without an outbox: mail by plain Celery tasks, and by django-post-office."""

from benchmarks.mail_settings import *
from workflows.settings import SMTP

INSTALLED_APPS = [*INSTALLED_APPS, "post_office"]
EMAIL_BACKEND = SMTP
POST_OFFICE = {"BACKENDS": {"default": SMTP}, "BATCH_SIZE": 100}
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], MAIL_TEXTS]
SILENCED_SYSTEM_CHECKS = ["affiliate_workflows.W001"]
