from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from affiliates.management.programs import program_called
from affiliates.transfer.exporting.affiliates import FORMATS, export_affiliates


class Command(BaseCommand):
    help = (
        "Writes a program's affiliates into a CSV or XLSX file, in the columns that "
        "import_affiliates reads. It names contacts, so keep it as carefully as the database."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="Ends in .csv or .xlsx.")
        parser.add_argument("--program", required=True, metavar="SLUG")
        parser.add_argument("--without-contacts", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        file_format = file.suffix.lower().removeprefix(".")
        if file_format not in FORMATS:
            raise CommandError(f"{file}: the name has to end in .csv or .xlsx.")
        content = export_affiliates(
            program_called(options["program"]),
            file_format=file_format,
            with_contacts=not options["without_contacts"],
        )
        try:
            with file.open("wb") as target:
                target.writelines(content)
        except OSError as error:
            raise CommandError(f"Cannot write {file}: {error.strerror}.") from error
        self.stdout.write(f"Written: {file}")
