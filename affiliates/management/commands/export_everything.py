from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from affiliates.transfer.exporting.archive import write_archive


class Command(BaseCommand):
    help = (
        "Writes all records of the affiliate programs into one ZIP of JSON Lines, for keeping or "
        "for another system. It holds private data and secrets: keep it as you keep the database."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open("xb") as target:
                counts = write_archive(target, now=timezone.now())
        except OSError as error:
            raise CommandError(f"Cannot write {options['file']}: {error.strerror}.") from error
        for name, count in counts.items():
            if count:
                self.stdout.write(f"{name}: {count}")
        self.stdout.write(f"Written: {options['file']}")
