"""Spreadsheets of private records: streamed, and unable to run what a stranger typed.

A spreadsheet program takes a cell that starts like a formula for one. So a form field that
anyone may fill in could run on an editor's machine ("CSV injection" in OWASP's words).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from wagtail.admin.views.mixins import SpreadsheetExportMixin

CHUNK = 500
"""Rows that are in memory at once."""

_INVISIBLE = r"\s\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff"
_FORMULA = r"[=+\-@＝＋－＠]"

_CELL_STARTS_A_FORMULA = re.compile(rf"^[{_INVISIBLE}]*{_FORMULA}|^[\t\r\n]")

# Where commas are decimal points, spreadsheets cut lines at semicolons, and then quotation marks
# protect nothing: what follows a semicolon, tab or line break can become a cell of its own.
_PART_STARTS_A_FORMULA = re.compile(
    rf'^(?=[\t\r])|(?:^|(?<=[;\t\r\n]))(?!\n)(?=["{_INVISIBLE}]*{_FORMULA})'
)

_GUARD = re.compile(rf"(?:^|(?<=[;\t\r\n]))'(?=[\"{_INVISIBLE}]*{_FORMULA}|[\t\r])")

# XML cannot hold these, and openpyxl refuses to write them.
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def starts_a_formula(text: str) -> bool:
    """Whether a spreadsheet could take a cell with ``text`` for a formula."""
    return bool(_CELL_STARTS_A_FORMULA.search(text))


def csv_safe(text: str) -> str:
    """``text`` with an apostrophe before everything that could become a formula.

    The apostrophe is the spreadsheets' own sign for "this is text". A phone number such as
    ``+1 555 0100`` becomes ``'+1 555 0100``, which people can still read.
    """
    return _PART_STARTS_A_FORMULA.sub("'", text)


def csv_original(text: str) -> str:
    """What ``csv_safe`` made ``text`` of: a table that was exported can be imported again."""
    original = _GUARD.sub("", text)
    return original if csv_safe(original) == text else text


def xlsx_safe(text: str) -> str:
    """``text`` without the characters that cannot stand in an XLSX file."""
    return _NOT_IN_XML.sub("\ufffd", text)


@dataclass(frozen=True)
class ExportColumn:
    """A column of a spreadsheet: its heading, and how a record's value is found."""

    heading: str | Promise
    value: Callable[[Any], Any]


class SafeExportMixin(SpreadsheetExportMixin):
    """Put before Wagtail's ``IndexView``: exports ``export_columns``, as CSV or XLSX.

    Wagtail keeps XLSX cells from being formulas, but not CSV cells, and loads all rows at once.
    """

    export_columns: Mapping[str, ExportColumn] = {}

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.list_export = list(self.export_columns)

    def get(self, request, *args, **kwargs):
        """Answers an export before the list would load and count all its rows."""
        if self.is_export:
            return self.as_spreadsheet(self.get_queryset(), request.GET["export"])
        return super().get(request, *args, **kwargs)

    def get_heading(self, queryset, field) -> str:
        return str(self.export_columns[field].heading)

    def to_row_dict(self, item) -> dict[str, Any]:
        return {name: column.value(item) for name, column in self.export_columns.items()}

    def stream_csv(self, queryset: QuerySet) -> Iterator[bytes]:
        yield "\ufeff".encode()  # Without this mark, Excel takes UTF-8 for something else.
        yield from super().stream_csv(_chunked(queryset, self.prepare_rows))

    def write_xlsx(self, queryset: QuerySet, output) -> None:
        super().write_xlsx(_chunked(queryset, self.prepare_rows), output)

    def prepare_rows(self, rows: list[Any]) -> None:
        """What columns need, for many rows with few queries: called for each chunk."""

    def preprocess_field_value(self, field, value, export_format):
        value = super().preprocess_field_value(field, value, export_format)
        if not isinstance(value, str):
            return value
        return csv_safe(value) if export_format == self.FORMAT_CSV else xlsx_safe(value)

    def generate_xlsx_row(self, worksheet, row_dict, date_format=None):
        for cell in super().generate_xlsx_row(worksheet, row_dict, date_format):
            if isinstance(cell.value, str) and starts_a_formula(cell.value):
                # Excel's own mark for text. Else it would become a formula once it is edited.
                cell.quotePrefix = True
            yield cell


def _chunked(queryset: QuerySet, prepare: Callable[[list[Any]], None]) -> Iterator[Any]:
    """The rows, loaded a chunk at a time, and forgotten afterwards."""
    rows = queryset.iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        prepare(chunk)
        yield from chunk
