from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from affiliates.management.programs import program_called
from affiliates.transfer.importing.report import Finding, ImportReport, Severity
from affiliates.transfer.importing.tables import read_table
from affiliates.transfer.importing.workbooks import TableUnreadable
from affiliates.transfer.services.importing import import_affiliates


class Command(BaseCommand):
    help = (
        "Loads affiliates from a CSV or XLSX file. Columns: region, name, about; if you like: "
        "scope, locality, website, facebook, twitter, instagram, youtube, contact_name, "
        "contact_email, contact_phone, alternate_name, alternate_email, alternate_phone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--program", required=True, metavar="SLUG")
        parser.add_argument("--dry-run", action="store_true", help="Only say what would happen.")
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
            by=_user(options["user"]),
            dry_run=options["dry_run"],
        )
        for column, heading in report.renamed.items():
            self.stdout.write(f"“{heading}” was taken for {column}.")
        for finding in report.findings:
            self.stdout.write(_line(finding))
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


def _line(finding: Finding) -> str:
    place = f"row {finding.row}" + (f", {finding.column}" if finding.column else "")
    return f"{Severity(finding.severity).label} ({place}): {finding.message}"


def _summary(report: ImportReport, *, dry_run: bool) -> str:
    counts = f"{len(report.created)} new, {len(report.updated)} changed, " + (
        f"{len(report.unchanged)} unchanged."
    )
    return f"Would be: {counts} Nothing was stored." if dry_run else f"Done: {counts}"
