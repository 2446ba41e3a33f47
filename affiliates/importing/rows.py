"""A table's cells to groups that can be stored, with what is to be said about the others."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from affiliates.importing.report import ImportReport, Severity
from affiliates.importing.tables import Cells, Table
from affiliates.models import AffiliatePage
from affiliates.models.affiliate_page import clean_summary
from affiliates.networks import clean_link
from affiliates.page_checks import place_errors
from affiliates.regions import country_of, region_code
from affiliates.states import Network, Scope
from affiliates.text import clean_line, clean_name, name_key

REQUIRED = ("region", "name", "about")
OPTIONAL = ("scope", "locality")
COLUMNS = (*REQUIRED, *OPTIONAL, *Network.values)

SCOPE_OF_COUNTRY = {"US": Scope.STATE, "CA": Scope.PROVINCIAL}


@dataclass
class GroupRow:
    """A group as its row says. A key that is missing from ``fields`` or ``links`` was not said."""

    number: int
    fields: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """By which a group is recognised: its region and its name."""
        return self.fields["region"], name_key(self.fields["title"])


def read_rows(table: Table, report: ImportReport) -> list[GroupRow]:
    """The groups of the table. Adds to the report what is wrong with the others."""
    headings = [heading.casefold() for heading in table.headings]
    if not _check_headings(headings, report):
        return []
    groups = [
        _read_row(number, dict(zip(headings, _padded(cells, headings), strict=False)), report)
        for number, cells in table.rows.items()
        if _fits(number, cells, headings, report)
    ]
    complete = [group for group in groups if group.fields.keys() >= REQUIRED_FIELDS]
    _find_doubles(complete, report)
    return complete


def _check_headings(headings: Cells, report: ImportReport) -> bool:
    for heading, count in Counter(filter(None, headings)).items():
        if count > 1:
            report.add(1, heading, Severity.ERROR, _("This heading stands there more than once."))
        if heading not in COLUMNS:
            report.add(1, heading, Severity.LEFT_OUT, _("This column is not known."))
    for missing in sorted(set(REQUIRED) - set(headings)):
        report.add(1, missing, Severity.ERROR, _("This column is missing."))
    return not report.failed


def _fits(number: int, cells: Cells, headings: Cells, report: ImportReport) -> bool:
    fits = not any(cells[len(headings) :])
    if not fits:
        report.add(
            number,
            "",
            Severity.ERROR,
            _("This row has more cells than there are headings. A text with a comma needs quotes."),
        )
    return fits


def _padded(cells: Cells, headings: Cells) -> Cells:
    return cells + [""] * (len(headings) - len(cells))


def _read_row(number: int, cells: dict[str, str], report: ImportReport) -> GroupRow:
    group = GroupRow(number)
    for column, cell in cells.items():
        if column in Network.values:
            _read_link(group, column, cell, report)
        elif column in READERS:
            _read_field(group, column, cell, report)
    _complete_scope(group)
    _check_place(group, report)
    return group


def _read_link(group: GroupRow, network: str, cell: str, report: ImportReport) -> None:
    """A bad link is left out, and whatever link is there already stays."""
    try:
        group.links[network] = clean_link(network, cell)
    except ValidationError as refusal:
        report.add(group.number, network, Severity.LEFT_OUT, *refusal.messages)


def _read_field(group: GroupRow, column: str, cell: str, report: ImportReport) -> None:
    name, read = READERS[column]
    try:
        value = read(cell)
    except ValidationError as refusal:
        report.add(group.number, column, Severity.ERROR, *refusal.messages)
        return
    if column in REQUIRED and not value:
        report.add(group.number, column, Severity.ERROR, _("This cell is empty."))
        return
    group.fields[name] = value


def _read_region(cell: str) -> str:
    if not cell:
        return ""
    code = region_code(clean_line(cell))
    if code is None:
        raise ValidationError(
            _("“%(cell)s” is no state, territory or province of the US or Canada."),
            params={"cell": cell},
        )
    return code


def _read_scope(cell: str) -> str:
    scopes = {str(word).casefold(): scope for scope in Scope for word in (scope.value, scope.label)}
    wanted = clean_line(cell).casefold()
    if wanted and wanted not in scopes:
        raise ValidationError(
            _("“%(cell)s” is no scope. Please write state, provincial or local."),
            params={"cell": cell},
        )
    return scopes[wanted] if wanted else ""


READERS: dict[str, tuple[str, Callable[[str], str]]] = {
    "region": ("region", _read_region),
    "name": ("title", clean_name),
    "about": ("summary", clean_summary),
    "scope": ("scope", _read_scope),
    "locality": ("locality", clean_line),
}
"""The page's field for each column, and what reads a cell of it."""


COLUMN_OF_FIELD = {field: column for column, (field, _read) in READERS.items()}
REQUIRED_FIELDS = {READERS[column][0] for column in REQUIRED}


def _complete_scope(group: GroupRow) -> None:
    """An empty scope is the whole state or province; no such column says nothing."""
    if group.fields.get("scope") == "" and "region" in group.fields:
        group.fields["scope"] = SCOPE_OF_COUNTRY[country_of(group.fields["region"])]


def _check_place(group: GroupRow, report: ImportReport) -> None:
    """As far as the row says it all; the page is checked again when it is stored."""
    said = group.fields.keys()
    if {"scope", "region"} <= said and (group.fields["scope"] != Scope.LOCAL or "locality" in said):
        for column, message in place_errors(AffiliatePage(**group.fields)).items():
            report.add(group.number, column, Severity.ERROR, message)


def _find_doubles(groups: list[GroupRow], report: ImportReport) -> None:
    first: dict[tuple[str, str], int] = {}
    for group in groups:
        number = first.setdefault(group.key, group.number)
        if number != group.number:
            message = _("This is the same group as in row %(row)d.") % {"row": number}
            report.add(group.number, "name", Severity.ERROR, message)
