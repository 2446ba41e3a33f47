"""The Django project: settings, addresses, the home page and the demo."""

from program_site.celery import app as celery_app

__all__ = ["celery_app"]
