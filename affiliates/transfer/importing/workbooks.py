"""Reads Excel files row by row, and refuses those that could fill the memory."""

import contextlib
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from affiliates.core.exceptions import AffiliatesError

Cells = list[str]

MAXIMUM_COLUMNS = 100
MAXIMUM_UNPACKED = 50_000_000
MAXIMUM_PARTS = 1_000
MAXIMUM_SHARED = 10_000_000
"""Texts shared by cells are in memory all at once."""
MAXIMUM_COVERED = 100_000
"""Cells covered by merged ones."""

DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError, SyntaxError),
    *(LookupError, ValueError, TypeError, AttributeError, OSError, EOFError, NotImplementedError),
)
"""What openpyxl raises for files that are not workbooks, or broken ones."""

_MERGED = re.compile(rb'<mergeCell[^>]*\bref="([A-Z]+\d+:[A-Z]+\d+)"')


class TableUnreadable(AffiliatesError):
    """This file is not a table that can be read."""


@dataclass(frozen=True)
class Sheet:
    lines: Iterator[Cells]
    notes: list[str]


@contextlib.contextmanager
def read_workbook(content: bytes) -> Iterator[Sheet]:
    """The first visible sheet, read lazily. Raises ``TableUnreadable``, also during reading."""
    _refuse_bombs(content)
    with _readable(), warnings.catch_warnings():
        # About styles, which are not read: some programs leave them out.
        warnings.simplefilter("ignore", UserWarning)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    with contextlib.closing(book), _readable():
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not visible:
            raise TableUnreadable(_("This workbook has no visible sheet."))
        yield Sheet(_lines(visible[0], _merged(content, visible[0])), _notes(visible, book))


@contextlib.contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except DAMAGED:
        raise TableUnreadable(
            _("This is not an XLSX file, or it is damaged. Please save it again as XLSX or CSV.")
        ) from None


def _refuse_bombs(content: bytes) -> None:
    """Check the archive's own list of contents: a few kilobytes can unpack to gigabytes."""
    with _readable(), zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
    shared = sum(part.file_size for part in parts if "sharedStrings" in part.filename)
    if (
        len(parts) > MAXIMUM_PARTS
        or sum(part.file_size for part in parts) > MAXIMUM_UNPACKED
        or shared > MAXIMUM_SHARED
    ):
        raise TableUnreadable(
            _("This workbook is too large. Please save the sheet with the affiliates as CSV.")
        )


def _lines(sheet: Any, merged: dict[tuple[int, int], tuple[int, int]]) -> Iterator[Cells]:
    """Repeat a merged cell's text in every row it covers, as it looks in the spreadsheet."""
    sheet.reset_dimensions()  # Some programs write wrong dimensions.
    sources: dict[tuple[int, int], str] = dict.fromkeys(merged.values(), "")
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = [_text(value) for value in values[:MAXIMUM_COLUMNS]]
        if any(value is not None for value in values[MAXIMUM_COLUMNS:]):
            cells.append("…")  # Enough to be refused.
        for place in range(len(cells)):
            if (number, place + 1) in sources:
                sources[number, place + 1] = cells[place]
        for place in range(len(cells)) if merged else ():
            if source := merged.get((number, place + 1)):
                cells[place] = sources[source]
        yield cells


def _merged(content: bytes, sheet: Any) -> dict[tuple[int, int], tuple[int, int]]:
    """Map each cell covered from above to the cell that covers it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read(sheet._worksheet_path)
    covered: dict[tuple[int, int], tuple[int, int]] = {}
    for found in _MERGED.findall(xml):
        left, top, _right, bottom = range_boundaries(found.decode())
        covered |= {(row, left): (top, left) for row in range(top + 1, bottom + 1)}
        if len(covered) > MAXIMUM_COVERED:
            raise TableUnreadable(_("Too many cells are merged. Please split them."))
    return covered


def _notes(visible: list[Any], book: Any) -> list[str]:
    notes = []
    if len(visible) > 1:
        notes.append(_("Only the first sheet, “%(sheet)s”, is read.") % {"sheet": visible[0].title})
    if len(book.worksheets) > len(visible):
        notes.append(_("Hidden sheets are not read."))
    return notes


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()
