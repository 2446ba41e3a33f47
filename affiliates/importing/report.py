"""What an import did, and what it says about each cell that was not good."""

from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _


class Severity(models.TextChoices):
    ERROR = "error", _("Error: nothing was stored")
    LEFT_OUT = "left_out", _("Left out")
    NOTE = "note", _("Note")


@dataclass(frozen=True)
class Finding:
    """A message about a cell. ``row`` is the line of a spreadsheet (the headings are 1), 0 if the
    whole table is meant; ``column`` is a heading, empty if the whole row is meant."""

    row: int
    column: str
    severity: Severity
    message: str


@dataclass
class ImportReport:
    """The names of the groups that were created, updated or already as the table says."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether anything was wrong enough that nothing was stored."""
        return any(finding.severity == Severity.ERROR for finding in self.findings)

    def add(self, row: int, column: str, severity: Severity, *messages: str) -> None:
        self.findings += [Finding(row, column, severity, message) for message in messages]
