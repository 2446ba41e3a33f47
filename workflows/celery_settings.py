"""Celery's settings for this app, each with its reason.

A Django project spreads them over its ``CELERY_`` settings; see docs/reliability.md.
"""

from typing import Any


def celery_settings(broker_url: str) -> dict[str, Any]:
    return {"broker_url": broker_url, "task_ignore_result": True}
