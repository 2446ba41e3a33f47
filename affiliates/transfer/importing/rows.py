"""Reads rows of a table as groups, and reports errors."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from affiliates.core.networks import names
from affiliates.core.networks.links import clean_link
from affiliates.core.regions import region_name
from affiliates.core.regions.coverage import Coverage
from affiliates.core.scopes import whole
from affiliates.core.states import ContactRole, Scope
from affiliates.core.text import clean_line, clean_name, name_key
from affiliates.models import AffiliateLink, AffiliatePage
from affiliates.models.affiliate_page import clean_summary
from affiliates.transfer.importing.columns import Choice, guess, report_columns, text_at
from affiliates.transfer.importing.contacts import CONTACT_COLUMNS, Said, read_contact_cell
from affiliates.transfer.importing.decoding import LOST_LETTER
from affiliates.transfer.importing.headings import REQUIRED
from affiliates.transfer.importing.places import COLUMNS as PLACE
from affiliates.transfer.importing.places import read_place
from affiliates.transfer.importing.report import Change, ImportReport, Outcome, RowResult, Severity
from affiliates.transfer.importing.tables import Table
from affiliates.transfer.importing.workbooks import Cells

SPREADSHEET_ERRORS = frozenset(
    {"#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#N/A", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
)

SEVERAL = " ::: "
"""What Google writes between several addresses in one cell."""


@dataclass
class GroupRow:
    """A group from its row. Keys missing from ``fields`` or ``links`` were not given."""

    number: int
    fields: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    people: dict[ContactRole, Said] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        return self.fields["region"], name_key(self.fields["title"])

    def says_the_same(self, other: "GroupRow") -> bool:
        return (self.fields, self.links, self.people) == (other.fields, other.links, other.people)


def read_rows(
    table: Table,
    report: ImportReport,
    coverage: Coverage,
    choice: Choice | None = None,
    shown: Collection[str] | None = None,
) -> list[GroupRow]:
    """The rows that say which group they are about; by the headings if nothing was chosen.
    ``shown``: as for ``clean_link``. Links to other networks are read, too.
    """
    choice = choice or guess(table)
    report.add(0, "", Severity.NOTE, *table.notes, *_not_read_above(table))
    report_columns(table, choice, report)
    if report.failed:
        return []
    _note_mended(table, choice, report)
    given = {column: choice.places(column) for column in (*choice.columns_read, *choice.defaults)}
    groups = [
        _read_row(
            number,
            {
                column: text_at(cells, places) or choice.defaults.get(column, "")
                for column, places in given.items()
            },
            report,
            coverage,
            shown,
        )
        for number, cells in table.rows.items()
        if _fits(number, cells, choice.columns, report)
    ]
    complete = [group for group in groups if group.fields.keys() >= REQUIRED_FIELDS]
    report.keys = {group.number: " ".join(group.key) for group in complete}
    return _without_doubles(complete, report)


def _not_read_above(table: Table) -> Iterator[str]:
    if count := len(table.above):
        yield ngettext(
            "%(count)d row above the headings is not read.",
            "%(count)d rows above the headings are not read.",
            count,
        ) % {"count": count}


def _note_mended(table: Table, choice: Choice, report: ImportReport) -> None:
    """Nothing is mended silently."""
    for mended in table.mended:
        cells = table.rows.get(mended.line, [])
        column = "".join(choice.columns[mended.place : mended.place + 1])
        if column and mended.place < len(cells):
            words = {"before": mended.before, "after": cells[mended.place]}
            message = _("Saved with the wrong letters: “%(before)s” was read as “%(after)s”.")
            report.add(mended.line, column, Severity.NOTE, message % words)


def _fits(number: int, cells: Cells, columns: Cells, report: ImportReport) -> bool:
    fits = not any(cells[len(columns) :])
    if not fits:
        report.add(
            number,
            "",
            Severity.ERROR,
            _("This row has more cells than there are headings. A text with a comma needs quotes."),
        )
    return fits


def _read_row(
    number: int,
    cells: dict[str, str],
    report: ImportReport,
    coverage: Coverage,
    shown: Collection[str] | None,
) -> GroupRow:
    group, place = GroupRow(number), {}
    for column, cell in cells.items():
        if cell in SPREADSHEET_ERRORS:
            message = _("The spreadsheet has an error here: %(cell)s") % {"cell": cell}
            report.add(number, column, Severity.ERROR, message)
            continue
        if SEVERAL in cell and column not in READERS:
            cell = cell.partition(SEVERAL)[0]
            message = _("There are several here. Only the first is read: %(cell)s")
            report.add(number, column, Severity.NOTE, message % {"cell": cell})
        if LOST_LETTER in cell:
            message = _("A letter was lost here (%(lost)s). Please type it again.")
            report.add(number, column, Severity.ERROR, message % {"lost": LOST_LETTER})
            continue
        if column in PLACE:
            place[column] = cell
            continue
        try:
            _read_cell(group, column, cell, shown)
        except ValidationError as refusal:
            # Leave out a bad link, and keep the one that is there.
            severity = Severity.LEFT_OUT if column in names() else Severity.ERROR
            report.add(number, column, severity, *refusal.messages)
    if place and len(place) == len([column for column in PLACE if column in cells]):
        _read_place(group, place, report, coverage)
    if group.fields.get("scope") == "" and "region" in group.fields:
        # An empty scope is the whole region; without the column, the scope stays.
        group.fields["scope"] = whole(group.fields["region"])
    return group


def _read_place(
    group: GroupRow, said: dict[str, str], report: ImportReport, coverage: Coverage
) -> None:
    try:
        read_place(group.fields, said, coverage)
    except ValidationError as refusal:
        for column, messages in refusal.message_dict.items():
            place = column if column in said else next(iter(said))
            report.add(group.number, place, Severity.ERROR, *messages)


def _read_cell(group: GroupRow, column: str, cell: str, shown: Collection[str] | None) -> None:
    if column in names():
        group.links[column] = clean_link(column, cell, shown)
    elif column in CONTACT_COLUMNS:
        read_contact_cell(group.people, column, cell)
    elif column in READERS:
        name, read = READERS[column]
        value = read(cell)
        if column in REQUIRED and not value:
            raise ValidationError(_("This cell is empty."))
        group.fields[name] = value


def _read_scope(cell: str) -> str:
    scopes = {str(word).casefold(): scope for scope in Scope for word in (scope.value, scope.label)}
    wanted = clean_line(cell).casefold()
    if wanted and wanted not in scopes:
        raise ValidationError(
            _("“%(cell)s” is not a scope. Please write one of these: %(scopes)s."),
            params={"cell": cell, "scopes": ", ".join(Scope.values)},
        )
    return scopes[wanted] if wanted else ""


READERS: dict[str, tuple[str, Callable[[str], str]]] = {
    "name": ("title", clean_name),
    "about": ("summary", clean_summary),
    "scope": ("scope", _read_scope),
    "locality": ("locality", clean_line),
}
"""The page's field for each column, and the function that reads its cells."""


COLUMN_OF_FIELD = {"region": "region"} | {
    field: column for column, (field, _read) in READERS.items()
}
REQUIRED_FIELDS = {"region", *(READERS[column][0] for column in REQUIRED if column in READERS)}


def _without_doubles(groups: list[GroupRow], report: ImportReport) -> list[GroupRow]:
    """Leave out rows that repeat an earlier one; rows that contradict one are errors."""
    first: dict[tuple[str, str], GroupRow] = {}
    for group in groups:
        known = first.setdefault(group.key, group)
        if known is group:
            continue
        row = {"row": known.number}
        if known.says_the_same(group):
            message = _("This row says the same as row %(row)d.") % row
            report.add(group.number, "", Severity.LEFT_OUT, message)
            report.rows.append(RowResult(group.number, group.fields["title"], Outcome.LEFT_OUT))
        else:
            message = _("This is the same group as in row %(row)d.") % row
            report.add(group.number, "name", Severity.ERROR, message)
    return list(first.values())


def apply_row(page: AffiliatePage, group: GroupRow) -> tuple[Change, ...]:
    """Change the page without saving it; return the changes."""
    return (*_apply_fields(page, group), *_apply_links(page, group))


def _apply_fields(page: AffiliatePage, group: GroupRow) -> list[Change]:
    changes = []
    for name, value in group.fields.items():
        before = getattr(page, name)
        if before != value:
            setattr(page, name, value)
            changes.append(
                Change(COLUMN_OF_FIELD[name], _as_written(name, before), _as_written(name, value))
            )
    return changes


def _as_written(name: str, value: Any) -> str:
    if name == "region":
        return region_name(value)
    if name == "scope" and value in Scope.values:
        return str(Scope(value).label)
    return str(value or "")


def _apply_links(page: AffiliatePage, group: GroupRow) -> list[Change]:
    links = {link.network: link for link in page.links.all()}
    before = {network: link.url for network, link in links.items()}
    after = {network: url for network, url in {**before, **group.links}.items() if url}
    if before == after:
        return []
    for network, url in after.items():
        link = links.setdefault(network, AffiliateLink(network=network))
        link.url = url
    order = dict.fromkeys([*names(), *before])
    page.links.set([links[network] for network in order if network in after])
    return [
        Change(network, before.get(network, ""), after.get(network, ""))
        for network in order
        if before.get(network) != after.get(network)
    ]
