"""What the page about an uploaded table shows: counts, findings and outcomes."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from affiliates.models import ImportUpload
from affiliates.transfer.importing.report import Finding, ImportReport, Outcome, Severity

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
        self.report: ImportReport = ImportReport.from_data(upload.report)
        self.is_done = upload.done_at is not None
        self.checked = len(self.report.rows)
        self.total = self.checked + upload.unchecked
        self.shown = shown if shown in Outcome.values else ""

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
    def rows(self) -> list[dict[str, Any]]:
        """Errors first, since they have to be fixed; else in the table's order."""
        findings = defaultdict(list)
        for finding in self.report.findings:
            findings[finding.row].append(finding)
        rows = [
            {
                **vars(row),
                "label": self._labels[row.outcome],
                "findings": findings[row.number],
            }
            for row in self.report.rows
            if self.shown in ("", row.outcome)
        ]
        return sorted(rows, key=lambda row: row["outcome"] != Outcome.ERROR)

    @property
    def _labels(self) -> Mapping[Outcome, object]:
        return DONE if self.is_done else FORECAST
