from dataclasses import replace
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from affiliates.core.text import fold
from affiliates.management.programs import program_called
from affiliates.transfer.importing.columns import Choice, guess
from affiliates.transfer.importing.headings import REQUIRED, targets
from affiliates.transfer.importing.reader import LINES_LOOKED_AT
from affiliates.transfer.importing.report import Finding, ImportReport, Severity
from affiliates.transfer.importing.tables import Table, read_table
from affiliates.transfer.importing.workbooks import TableUnreadable
from affiliates.transfer.services.importing import import_affiliates

EVERY_ROW = range(LINES_LOOKED_AT + 1)


class Command(BaseCommand):
    help = (
        "Loads affiliates from a CSV or XLSX file. Columns: region, name, about; if you like: "
        + ", ".join(targets()[len(REQUIRED) :])
        + "."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--program", required=True, metavar="SLUG")
        parser.add_argument("--dry-run", action="store_true", help="Only say what would happen.")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="HEADING=COLUMN",
            help="Take this column of the file for that one; without a column, leave it out. "
            'For example: --map "Your group=name". May be repeated.',
        )
        parser.add_argument(
            "--default",
            action="append",
            default=[],
            metavar="COLUMN=TEXT",
            help="What counts where a cell is empty, such as: --default region=Ohio.",
        )
        parser.add_argument(
            "--skip-errors",
            action="store_true",
            help="Load the rows that have no errors, and leave out the others.",
        )
        parser.add_argument("--user", metavar="NAME", help="Whose changes these are.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            table = read_table(options["file"].read_bytes())
        except OSError as error:
            raise CommandError(f"Cannot read {options['file']}: {error.strerror}.") from error
        except TableUnreadable as error:
            raise CommandError(f"{options['file']}: {error}") from error
        report = import_affiliates(
            program=program_called(options["program"]),
            table=table,
            choice=_choice(table, options["map"], options["default"]),
            by=_user(options["user"]),
            skip=EVERY_ROW if options["skip_errors"] else (),
            dry_run=options["dry_run"],
        )
        for column, heading in report.renamed.items():
            self.stdout.write(f"“{heading}” was taken for {column}.")
        for finding in report.findings:
            self.stdout.write(_line(finding, report))
        if report.failed:
            raise CommandError("Nothing was stored. Please mend the errors and try again.")
        self.stdout.write(_summary(report, dry_run=options["dry_run"]))


def _user(name: str | None) -> Any:
    if name is None:
        return None
    users = get_user_model()
    try:
        return users._default_manager.get_by_natural_key(name)
    except users.DoesNotExist as error:
        raise CommandError(f"There is no user “{name}”.") from error


def _choice(table: Table, columns: list[str], defaults: list[str]) -> Choice:
    """By the headings, and then as the arguments say. Columns have no “=”, headings may."""
    choice = guess(table)
    taken = dict(_pair(text.rpartition("="), "map") for text in columns)
    texts = dict(_pair(text.partition("="), "default") for text in defaults)
    for column in filter(None, {*taken.values(), *texts}):
        if column not in targets():
            known = ", ".join(targets())
            raise CommandError(f"There is no column “{column}”. There are: {known}.")
    places = {_place(table, heading): column for heading, column in taken.items()}
    # What was named takes the place of what was guessed.
    guessed = ["" if each in places.values() else each for each in choice.columns]
    return replace(
        choice,
        columns=[places.get(place, column) for place, column in enumerate(guessed)],
        defaults=texts,
    )


def _pair(parts: tuple[str, str, str], option: str) -> tuple[str, str]:
    first, sign, second = parts
    if not sign:
        raise CommandError(f"--{option} needs a “=”. It has none in “{first or second}”.")
    return first.strip(), second.strip()


def _place(table: Table, heading: str) -> int:
    wanted = fold(heading) or heading
    for place, each in enumerate(table.headings):
        if (fold(each) or each) == wanted:
            return place
    raise CommandError(
        f"The file has no column “{heading}”. Its columns are: {', '.join(table.headings)}."
    )


def _line(finding: Finding, report: ImportReport) -> str:
    place = f"row {finding.row}" + (f", {finding.column}" if finding.column else "")
    label = str(Severity(finding.severity).label)
    if finding.severity == Severity.ERROR and finding.row in report.skipped:
        label = "Error: this row was left out"
    return f"{label} ({place}): {finding.message}"


def _summary(report: ImportReport, *, dry_run: bool) -> str:
    counts = f"{len(report.created)} new, {len(report.updated)} changed, " + (
        f"{len(report.unchanged)} unchanged."
    )
    if report.skipped:
        counts += f" {len(report.skipped)} left out."
    return f"Would be: {counts} Nothing was stored." if dry_run else f"Done: {counts}"
