"""What the page about an uploaded table shows: counts, findings, what becomes of each row."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from affiliates.models import ImportUpload
from affiliates.transfer.importing.report import Change, Finding, ImportReport, Outcome, Severity

FINDINGS_SHOWN = 100
FORECAST = {
    Outcome.NEW: _("New: will be added"),
    Outcome.CHANGED: _("Will be changed"),
    Outcome.UNCHANGED: _("Is as the table says"),
    Outcome.LEFT_OUT: _("Left out"),
    Outcome.ERROR: _("Error: please mend"),
}
DONE = {**FORECAST, Outcome.NEW: _("Added"), Outcome.CHANGED: _("Changed")}


@dataclass(frozen=True)
class ShownRow:
    number: int
    name: str
    outcome: Outcome
    label: str
    changes: tuple[Change, ...]
    findings: list[Finding]


@dataclass(frozen=True)
class Count:
    outcome: Outcome
    label: str
    count: int
    is_shown: bool


class ImportResults:
    """``shown``: the outcome to which the rows are narrowed down, if any."""

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
    def counts(self) -> list[Count]:
        return [
            Count(outcome, str(self._labels[outcome]), count, outcome == self.shown)
            for outcome, count in self.report.counts.items()
            if count
        ]

    @property
    def about_the_table(self) -> list[Finding]:
        """What is said of the file and its headings."""
        return [finding for finding in self.report.findings if finding.row <= 1]

    @property
    def cells_left_out(self) -> int:
        found = self.report.findings
        return sum(item.row > 1 and item.severity == Severity.LEFT_OUT for item in found)

    @cached_property
    def rows(self) -> list[ShownRow]:
        """Errors first, since they have to be mended; else in the table's order."""
        findings = defaultdict(list)
        for finding in self.report.findings:
            findings[finding.row].append(finding)
        rows = [
            ShownRow(
                row.number,
                row.name,
                row.outcome,
                str(self._labels[row.outcome]),
                row.changes,
                findings[row.number],
            )
            for row in self.report.rows
            if self.shown in ("", row.outcome)
        ]
        return sorted(rows, key=lambda row: row.outcome != Outcome.ERROR)

    @property
    def _labels(self) -> Mapping[Outcome, object]:
        return DONE if self.is_done else FORECAST
