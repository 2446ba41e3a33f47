"""Reads CSV and XLSX files as tables of text."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.utils.translation import gettext as _

from affiliates.transfer.importing.reader import (
    LINES_LOOKED_AT,
    MAXIMUM_COLUMNS,
    MAXIMUM_ROWS,
    Cells,
)
from affiliates.transfer.importing.workbooks import TableUnreadable, read_workbook

MAXIMUM_BYTES = 5_000_000

BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
XLSX_START = b"PK\x03\x04"

_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""Spreadsheet programs write and read this first line; it is not part of the table."""


@dataclass(frozen=True)
class Table:
    """``rows`` are by spreadsheet line, without empty ones; ``notes`` say what was not read."""

    headings: Cells
    rows: dict[int, Cells]
    notes: list[str] = field(default_factory=list)


def read_table(content: bytes) -> Table:
    """Read an XLSX file's first visible sheet, or any common CSV. Raises ``TableUnreadable``."""
    if len(content) > MAXIMUM_BYTES:
        raise TableUnreadable(_("This file is larger than 5 MB."))
    if content.startswith(XLSX_START):
        sheet = read_workbook(content)
        return _table(sheet.rows, sheet.notes)
    lines = islice(_read_csv(_decoded(content)), LINES_LOOKED_AT)
    return _table(enumerate(lines, start=1), [])


def column_letters(number: int) -> str:
    """What a spreadsheet calls a column: A, B … Z, AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _table(lines: Iterable[tuple[int, Cells]], notes: list[str]) -> Table:
    filled: dict[int, Cells] = {}
    for number, cells in lines:
        if any(cells):
            filled[number] = _without_empty_end(cells)
            _refuse_too_large(filled, number)
    if not filled:
        raise TableUnreadable(_("This file is empty."))
    return Table(headings=filled.pop(min(filled)), rows=filled, notes=notes)


def _refuse_too_large(filled: dict[int, Cells], number: int) -> None:
    if len(filled) > MAXIMUM_ROWS + 1:
        raise TableUnreadable(_("This file has more than 10,000 rows."))
    if len(filled[number]) > MAXIMUM_COLUMNS:
        raise TableUnreadable(
            _("Row %(row)d has more than 100 columns. Is this the right file?") % {"row": number}
        )


def _without_empty_end(cells: Cells) -> Cells:
    while cells and not cells[-1]:
        cells.pop()
    return cells


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


def _read_csv(text: str) -> Iterator[Cells]:
    named = _SEPARATOR_LINE.match(text)
    delimiter = named[1] if named else _likely_delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    if named:
        next(reader)
        yield []
    try:
        for row in reader:
            yield [cell.strip() for cell in row]
    except csv.Error:
        raise TableUnreadable(
            _("The table ends unexpectedly near line %(line)d. A quotation mark may be missing.")
            % {"line": reader.line_num}
        ) from None


def _likely_delimiter(text: str) -> str:
    lines = (line for line in io.StringIO(text) if line.strip(" \t\r\n,;"))
    first_line = re.sub(r'"[^"]*"', "", next(lines, ""))
    return max(",;\t", key=first_line.count)
