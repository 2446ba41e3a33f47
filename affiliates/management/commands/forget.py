from typing import Any

from django.core.management.base import BaseCommand

from affiliates.tasks import forget
from workflows.tasks import blot_out_secrets


class Command(BaseCommand):
    help = (
        "Delete what is kept for a time only: old drafts, private links in mails and such. "
        "For sites without Celery."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        forget()
        blot_out_secrets()
