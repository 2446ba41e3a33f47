"""What the page about an uploaded table shows: counts, findings and outcomes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from affiliates.models import ImportUpload
from affiliates.transfer.importing.columns import Choice, text_at
from affiliates.transfer.importing.report import (
    Change,
    Finding,
    ImportReport,
    Outcome,
    RowResult,
    Severity,
)
from affiliates.transfer.importing.tables import Table

FORECAST = {
    Outcome.NEW: _("New: will be added"),
    Outcome.CHANGED: _("Will be changed"),
    Outcome.UNCHANGED: _("Unchanged"),
    Outcome.LEFT_OUT: _("Left out"),
    Outcome.ERROR: _("Error: please fix"),
}
DONE = {
    **FORECAST,
    Outcome.NEW: _("Added"),
    Outcome.CHANGED: _("Changed"),
    Outcome.ERROR: _("Not imported: has an error"),
}


class ImportResults:
    """``shown``: the outcome to filter rows by, if any."""

    def __init__(self, upload: ImportUpload, *, shown: str = "") -> None:
        self.upload = upload
        self.is_done = upload.done_at is not None
        self.shown = shown if shown in Outcome.values else ""

    @cached_property
    def report(self) -> ImportReport:
        return ImportReport.from_data(self.upload.report)

    @property
    def to_load(self) -> int:
        """Groups without errors that loading would add or change."""
        counts = self.report.counts
        return 0 if self.is_done else counts[Outcome.NEW] + counts[Outcome.CHANGED]

    @property
    def errors(self) -> int:
        return self.report.counts[Outcome.ERROR]

    @property
    def can_be_loaded(self) -> bool:
        return bool(self.to_load) and not self.report.failed

    @property
    def counts(self) -> list[dict[str, Any]]:
        return [
            {
                "outcome": outcome,
                "label": self._labels[outcome],
                "count": count,
                "is_shown": outcome == self.shown,
            }
            for outcome, count in self.report.counts.items()
            if count
        ]

    @property
    def about_the_table(self) -> list[Finding]:
        return self.report.about_the_table()

    @property
    def cells_left_out(self) -> int:
        found = self.report.findings
        first = self.report.heading_row
        return sum(item.row > first and item.severity == Severity.LEFT_OUT for item in found)

    @cached_property
    def rows(self) -> list[RowResult]:
        """Errors first, since they have to be fixed; else in the table's order."""
        rows = [row for row in self.report.rows if self.shown in ("", row.outcome)]
        return sorted(rows, key=lambda row: row.outcome != Outcome.ERROR)

    def described(self, rows: Iterable[RowResult]) -> list[dict[str, Any]]:
        """With all that there is to say about each."""
        findings = defaultdict(list)
        for finding in self.report.findings:
            findings[finding.row].append(finding)
        return [
            {
                **row._asdict(),
                "label": self._labels[row.outcome],
                "findings": findings[row.number],
                "changes": row.changes or self._said_by_new(row),
            }
            for row in rows
        ]

    def _said_by_new(self, row: RowResult) -> list[Change]:
        if row.outcome != Outcome.NEW or self.is_done:
            return []
        table, choice = self._table
        texts = {
            column: text_at(table.rows[row.number], choice.places(column))
            or choice.defaults.get(column, "")
            for column in dict.fromkeys((*choice.columns_read, *choice.defaults))
        }
        return [Change(column, "", text) for column, text in texts.items() if text]

    @cached_property
    def _table(self) -> tuple[Table, Choice]:
        return Table.from_json(self.upload.content), Choice.from_data(self.upload.columns)

    @property
    def _labels(self) -> Mapping[Outcome, object]:
        return DONE if self.is_done else FORECAST
