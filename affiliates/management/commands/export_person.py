from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from affiliates.core.addresses import clean_address
from affiliates.privacy.search import as_json, as_text, find_person


class Command(BaseCommand):
    help = "Writes all that is stored about the person with this address, as JSON or plain text."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address")
        parser.add_argument("--text", action="store_true", help="For reading, instead of JSON.")
        parser.add_argument("--file", type=Path, help="Write it there, not to the screen.")

    def handle(self, *args: Any, **options: Any) -> None:
        found = find_person(address_or_fail(options["address"]))
        write = as_text if options["text"] else as_json
        text = write(found, now=timezone.now())
        if options["file"] is None:
            self.stdout.write(text)
            return
        try:
            options["file"].write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"Cannot write {options['file']}: {error.strerror}.") from error


def address_or_fail(text: str) -> str:
    """Return the cleaned address, or raise CommandError."""
    try:
        address = clean_address(text, to_find=True)
    except ValidationError as refusal:
        raise CommandError(" ".join(refusal.messages)) from refusal
    if not address:
        raise CommandError("Please name an address.")
    return address
