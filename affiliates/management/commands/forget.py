from typing import Any

from django.core.management.base import BaseCommand

from affiliates.tasks import forget


class Command(BaseCommand):
    help = "Delete what is kept for a time only: old drafts and such. For sites without Celery."

    def handle(self, *args: Any, **options: Any) -> None:
        forget()
