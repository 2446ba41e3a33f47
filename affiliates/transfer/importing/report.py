"""The result of an import or dry run: each row's outcome, and messages about cells."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from pydantic import TypeAdapter


class Severity(models.TextChoices):
    ERROR = "error", _("Error: nothing was stored")
    LEFT_OUT = "left_out", _("Left out")
    NOTE = "note", _("Note")


class Outcome(models.TextChoices):
    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    LEFT_OUT = "left_out", _("Left out")
    ERROR = "error", _("Error")


@dataclass(frozen=True)
class Finding:
    """A message. ``row``: spreadsheet line, 0 for the table; ``column``: empty for the row."""

    row: int
    column: str
    severity: Severity
    message: str


@dataclass(frozen=True)
class Change:
    column: str
    before: str
    after: str


@dataclass(frozen=True)
class RowResult:
    number: int
    name: str
    outcome: Outcome
    changes: tuple[Change, ...] = ()


@dataclass
class ImportReport:
    """``rows``: the outcome of each; ``headings``: the heading used for each column."""

    rows: list[RowResult] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    headings: dict[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        return any(finding.severity == Severity.ERROR for finding in self.findings)

    @property
    def created(self) -> list[str]:
        """Names of new groups; none if nothing was stored."""
        return self._stored(Outcome.NEW)

    @property
    def updated(self) -> list[str]:
        return self._stored(Outcome.CHANGED)

    @property
    def unchanged(self) -> list[str]:
        return self._stored(Outcome.UNCHANGED)

    @property
    def counts(self) -> dict[Outcome, int]:
        found = Counter(row.outcome for row in self.rows)
        return {outcome: found[outcome] for outcome in Outcome}

    @property
    def bad_rows(self) -> set[int]:
        return {item.row for item in self.findings if item.severity == Severity.ERROR}

    @property
    def renamed(self) -> dict[str, str]:
        """Columns whose headings differ from ours, with these headings."""
        return {
            column: heading
            for column, heading in self.headings.items()
            if heading.casefold() != column
        }

    def _stored(self, outcome: Outcome) -> list[str]:
        return [] if self.failed else [row.name for row in self.rows if row.outcome == outcome]

    def add(self, row: int, column: str, severity: Severity, *messages: str) -> None:
        self.findings += [Finding(row, column, severity, message) for message in messages]

    def as_data(self) -> dict[str, Any]:
        return _REPORTS.dump_python(self, mode="json")

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "ImportReport":
        return _REPORTS.validate_python(data)


_REPORTS = TypeAdapter(ImportReport)
