"""An uploaded table with a column that says what is wrong, to be corrected in a spreadsheet."""

from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as _

from affiliates.transfer.exporting.workbooks import as_workbook
from affiliates.transfer.importing.labels import label_of
from affiliates.transfer.importing.report import ImportReport, Severity
from affiliates.transfer.importing.tables import Table
from affiliates.transfer.importing.workbooks import Cells


def export_errors(table: Table, report: ImportReport) -> bytes:
    """An XLSX file of all rows in their order. The import passes over the added column."""
    return as_workbook(_("To correct"), _rows(table, report))


def _rows(table: Table, report: ImportReport) -> Iterator[Cells]:
    said = defaultdict(list)
    for finding in report.findings:
        if finding.severity == Severity.ERROR:
            label = f"{label_of(finding.column)}: " if finding.column else ""
            said[finding.row].append(label + finding.message)
    heading = _("What is wrong")
    known = heading in table.headings
    place = table.headings.index(heading) if known else _width(table)
    yield from table.above.values()
    yield _with(table.headings, place, heading)
    for line, cells in table.rows.items():
        yield _with(cells, place, " ".join(said[line]))


def _width(table: Table) -> int:
    return max(map(len, [table.headings, *table.rows.values()]))


def _with(cells: Cells, place: int, text: str) -> Cells:
    padded = [*cells, *[""] * (place + 1 - len(cells))]
    padded[place] = text
    return padded
