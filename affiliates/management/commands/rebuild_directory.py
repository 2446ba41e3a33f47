from typing import Any

from django.core.management.base import BaseCommand

from affiliates.directory.services import rebuild_directory


class Command(BaseCommand):
    help = "Makes the directory's search anew, after affiliates came in by loaddata or SQL."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{rebuild_directory()} affiliates had to be folded anew.")
