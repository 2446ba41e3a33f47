"""The Celery application. Its settings, with reasons, are ``workflows.core.celery_settings``."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "program_site.settings.demo")

app = Celery("program_site")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
