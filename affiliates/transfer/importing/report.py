"""The result of an import or dry run: each row's outcome, and messages about cells."""

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _


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


class Finding(NamedTuple):
    """A message. ``row``: spreadsheet line, 0 for the table; ``column``: empty for the row."""

    row: int
    column: str
    severity: Severity
    message: str


class Change(NamedTuple):
    column: str
    before: str
    after: str


class RowResult(NamedTuple):
    number: int
    name: str
    outcome: Outcome
    changes: tuple[Change, ...] = ()


@dataclass
class ImportReport:
    """``rows``: the outcome of each; ``headings``: the heading used for each column, which stands
    in ``heading_row``; ``keys``: what tells a row's group from others, where it says so much;
    ``skipped``: rows with errors that are left out, so that the others can be stored.
    """

    rows: list[RowResult] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    headings: dict[str, str] = field(default_factory=dict)
    heading_row: int = 1
    keys: dict[int, str] = field(default_factory=dict)
    skipped: list[int] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        return not self.bad_rows <= set(self.skipped)

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

    def skip(self, rows: Container[int]) -> None:
        """Leave out the rows with errors, if ``rows`` holds all of them."""
        if all(row > self.heading_row and row in rows for row in self.bad_rows):
            self.skipped = sorted(self.bad_rows)

    def only(self, rows: Container[int]) -> "ImportReport":
        """What it says about these rows and about the table."""
        return replace(
            self,
            rows=[row for row in self.rows if row.number in rows],
            findings=[
                item for item in self.findings if item.row in rows or item.row <= self.heading_row
            ],
            keys={row: key for row, key in self.keys.items() if row in rows},
            skipped=[],
        )

    def about_the_table(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.row <= self.heading_row]

    @classmethod
    def joined(cls, reports: Sequence["ImportReport"]) -> "ImportReport":
        """Of reports on one row or more after the other; one at least."""
        findings = (finding for report in reports for finding in report.findings)
        return replace(
            reports[-1],
            rows=[row for report in reports for row in report.rows],
            findings=list(dict.fromkeys(findings)),
            keys={row: key for report in reports for row, key in report.keys.items()},
        )

    def with_rows_of(self, other: "ImportReport") -> "ImportReport":
        """What ``other`` says about its rows goes before what this one says about them."""
        new = {row.number: row for row in other.rows}
        kept = [item for item in self.findings if item.row not in new]
        return replace(
            other,
            rows=sorted(
                ({row.number: row for row in self.rows} | new).values(),
                key=lambda row: row.number,
            ),
            findings=list(dict.fromkeys(kept + other.findings)),
            keys={row: key for row, key in self.keys.items() if row not in new} | other.keys,
        )

    def as_data(self) -> dict[str, Any]:
        """For JSON, and short: a table may have 10,000 rows. What new groups will say is left out,
        since their rows say it.
        """
        return {
            "rows": [
                row._replace(changes=()) if row.outcome == Outcome.NEW else row for row in self.rows
            ],
            "findings": self.findings,
            "headings": self.headings,
            "heading_row": self.heading_row,
            "keys": self.keys,
            "skipped": self.skipped,
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "ImportReport":
        if not data:
            return cls()
        return cls(
            rows=[
                RowResult(number, name, Outcome(outcome), tuple(Change(*each) for each in changes))
                for number, name, outcome, changes in data["rows"]
            ],
            findings=[
                Finding(row, column, Severity(severity), message)
                for row, column, severity, message in data["findings"]
            ],
            headings=data["headings"],
            heading_row=data["heading_row"],
            keys={int(row): key for row, key in data["keys"].items()},
            skipped=data["skipped"],
        )
