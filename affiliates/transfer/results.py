"""What the page about an uploaded table shows: counts, findings and outcomes."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from affiliates.models import ImportUpload
from affiliates.transfer.importing.report import Finding, ImportReport, Outcome, Severity

FINDINGS_SHOWN = 100
FORECAST = {
    Outcome.NEW: _("New: will be added"),
    Outcome.CHANGED: _("Will be changed"),
    Outcome.UNCHANGED: _("Unchanged"),
    Outcome.LEFT_OUT: _("Left out"),
    Outcome.ERROR: _("Error: please fix"),
}
DONE = {**FORECAST, Outcome.NEW: _("Added"), Outcome.CHANGED: _("Changed")}


class ImportResults:
    """``shown``: the outcome to filter rows by, if any."""

    def __init__(self, upload: ImportUpload, *, shown: str = "") -> None:
        self.report: ImportReport = ImportReport.from_data(upload.report)
        self.is_done = upload.done_at is not None
        self.shown = shown if shown in Outcome.values else ""

    @property
    def can_be_loaded(self) -> bool:
        counts = self.report.counts
        changes_something = counts[Outcome.NEW] or counts[Outcome.CHANGED]
        return bool(changes_something) and not (self.is_done or self.report.failed)

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
        return [finding for finding in self.report.findings if finding.row <= 1]

    @property
    def cells_left_out(self) -> int:
        found = self.report.findings
        return sum(item.row > 1 and item.severity == Severity.LEFT_OUT for item in found)

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
