"""Bytes of a CSV or XLSX file, as people's programs write them, to a table of texts."""

import codecs
import csv
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zipfile import BadZipFile

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from affiliates.exceptions import AffiliatesError

MAXIMUM_BYTES = 5_000_000
MAXIMUM_ROWS = 10_000

BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
XLSX_START = b"PK\x03\x04"

Cells = list[str]


class TableUnreadable(AffiliatesError):
    """This file is not a table that can be read."""


@dataclass(frozen=True)
class Table:
    """``headings`` as written; ``rows`` by their line in a spreadsheet, without empty ones."""

    headings: Cells
    rows: dict[int, Cells]


def read_table(content: bytes) -> Table:
    """The first sheet of an XLSX file, or a CSV file in UTF-8, UTF-16 or Windows-1252 with
    commas, semicolons or tabs. Raises ``TableUnreadable``.
    """
    if len(content) > MAXIMUM_BYTES:
        raise TableUnreadable(_("This file is larger than 5 MB."))
    lines = _read_xlsx(content) if content.startswith(XLSX_START) else _read_csv(_decoded(content))
    filled = {number: cells for number, cells in enumerate(lines, start=1) if any(cells)}
    if not filled:
        raise TableUnreadable(_("This file is empty."))
    if len(filled) > MAXIMUM_ROWS:
        raise TableUnreadable(_("This file has more than 10,000 rows."))
    return Table(headings=filled.pop(min(filled)), rows=filled)


def _decoded(content: bytes) -> str:
    encodings = [name for mark, name in BYTE_ORDER_MARKS.items() if content.startswith(mark)]
    for encoding in encodings or ["utf-8", "cp1252"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise TableUnreadable(_("This file is neither CSV nor XLSX. Please save the table as CSV."))


def _read_csv(text: str) -> list[Cells]:
    first_line = text.partition("\n")[0]
    delimiter = max(",;\t", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [[cell.strip() for cell in row] for row in reader]
    except csv.Error:
        raise TableUnreadable(
            _("The table breaks off near line %(line)d. A quotation mark may be missing there.")
            % {"line": reader.line_num}
        ) from None


def _read_xlsx(content: bytes) -> list[Cells]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(values_only=True, max_row=MAXIMUM_ROWS + 2)
        return [[_text(value) for value in row] for row in rows]
    except (BadZipFile, InvalidFileException, LookupError, ValueError, OSError, SyntaxError):
        # All that openpyxl raises for a file that is no workbook, or a broken one.
        raise TableUnreadable(_("This XLSX file is damaged. Please save it again.")) from None


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value).strip()
