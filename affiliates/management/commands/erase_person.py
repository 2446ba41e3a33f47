from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from affiliates.management.commands.export_person import address_or_fail
from affiliates.privacy.services import Erasure, erase_person


class Command(BaseCommand):
    help = (
        "Takes the person with this address out of all that is stored. This cannot be undone: "
        "look at it with --dry-run first, and hand out their data with export_person."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address")
        parser.add_argument("--dry-run", action="store_true", help="Only say what would happen.")

    def handle(self, *args: Any, **options: Any) -> None:
        done = erase_person(
            address=address_or_fail(options["address"]),
            by=None,
            now=timezone.now(),
            dry_run=options["dry_run"],
        )
        for line in lines_of(done):
            self.stdout.write(line)
        if options["dry_run"]:
            self.stdout.write("Nothing was changed.")


def lines_of(done: Erasure) -> list[str]:
    deleted = [f"Deleted: {number} {name}" for name, number in sorted(done.deleted.items())]
    changed = [f"Made anonymous: {number} {name}" for name, number in sorted(done.changed.items())]
    kept = [f"Stays until editors change it: {sentence}" for sentence in done.kept]
    return [*deleted, *changed, *done.promises, *kept] or ["Nothing is stored about this address."]
