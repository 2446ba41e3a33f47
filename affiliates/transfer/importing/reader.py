"""Reads an Excel file in a process of its own, whose memory and time are bounded.

``python -m affiliates.transfer.importing.reader < file.xlsx`` prints JSON: ``rows`` (line number
and cells, without empty ones), ``title``, ``others`` and ``hidden``, or a ``problem``.
"""

import io
import json
import os
import re
import sys
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils import column_index_from_string
from openpyxl.utils.exceptions import InvalidFileException

if sys.platform != "win32":
    import resource

Cells = list[str]

MAXIMUM_ROWS = 10_000
MAXIMUM_COLUMNS = 100
HEADINGS_WITHIN = 20
"""Lines among which the headings are looked for; those above them are titles."""
LINES_LOOKED_AT = 1_048_576
"""The limit of spreadsheets. Most lines are empty in most tables."""
MAXIMUM_TEXT = 10_000_000
"""Characters in all cells: a text that cells share is stored once, and counts in each."""
MAXIMUM_COVERED = 100_000
"""Cells covered by merged ones."""

MAXIMUM_PARTS = 1_000
MAXIMUM_UNPACKED = 50_000_000
MAXIMUM_PART = (
    (re.compile(r"sharedStrings"), 10_000_000),  # in memory all at once
    (re.compile(r"styles|workbook\.xml|theme|docProps|\[Content_Types\]|\.rels$"), 1_000_000),
)
"""Bytes that a part may unpack to, by what stands in its name."""

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 10
OUT_OF_MEMORY = 3
"""The exit status."""

DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError, SyntaxError),
    *(LookupError, ValueError, TypeError, AttributeError, OSError, EOFError, NotImplementedError),
    *(RecursionError, OverflowError),
)
"""What openpyxl raises for files that are not workbooks, or broken ones."""

# Neither reads past the next tag, so that unclosed ones cost no more than others.
_MERGED = re.compile(rb'<mergeCell\s[^<>]*?\bref="([A-Z]{1,3})(\d{1,20}):[A-Z]{1,3}(\d{1,20})"')


class Problem(StrEnum):
    DAMAGED = "damaged"
    TOO_LARGE = "too large"
    TOO_MANY_MERGED = "too many merged"
    NOTHING_VISIBLE = "nothing visible"


class Refused(Exception):
    """Its one argument is the problem."""


def main() -> None:
    _limit_this_process()
    try:
        json.dump(_answer(sys.stdin.buffer.read()), sys.stdout)
        sys.stdout.flush()
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # There may be none left for anything else.


def _answer(content: bytes) -> dict[str, Any]:
    try:
        return _first_sheet(content)
    except Refused as refusal:
        return {"problem": refusal.args[0]}
    except DAMAGED:
        return {"problem": Problem.DAMAGED}


def _limit_this_process() -> None:
    """macOS knows no limit of a process's memory, Windows none at all; the caller's time-out holds
    everywhere.
    """
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        if sys.platform == "linux":
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _first_sheet(content: bytes) -> dict[str, Any]:
    _refuse_bombs(content)
    # About styles, which are not read: some programs leave them out.
    warnings.simplefilter("ignore", UserWarning)
    book = openpyxl.load_workbook(
        io.BytesIO(content), read_only=True, data_only=True, keep_links=False
    )
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not visible:
        raise Refused(Problem.NOTHING_VISIBLE)
    lines = _lines(visible[0], _merged(content, visible[0]))
    return {
        "rows": list(_filled(lines)),
        "title": visible[0].title,
        "others": len(visible) > 1,
        "hidden": len(book.worksheets) > len(visible),
    }


def _refuse_bombs(content: bytes) -> None:
    """Check the archive's own list of contents: a few kilobytes can unpack to gigabytes."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
    if (
        len(parts) > MAXIMUM_PARTS
        or sum(part.file_size for part in parts) > MAXIMUM_UNPACKED
        or any(part.file_size > _maximum(part.filename) for part in parts)
    ):
        raise Refused(Problem.TOO_LARGE)


def _maximum(name: str) -> int:
    return next((size for names, size in MAXIMUM_PART if names.search(name)), MAXIMUM_UNPACKED)


def _filled(lines: Iterator[Cells]) -> Iterator[tuple[int, Cells]]:
    """At most one row more than a table may have, which is enough to be refused."""
    text = 0
    filled = ((n, cells) for n, cells in enumerate(lines, start=1) if any(cells))
    for number, cells in islice(filled, MAXIMUM_ROWS + HEADINGS_WITHIN + 1):
        text += sum(map(len, cells))
        if text > MAXIMUM_TEXT:
            raise Refused(Problem.TOO_LARGE)
        yield number, cells


def _lines(sheet: Any, merged: dict[tuple[int, int], tuple[int, int]]) -> Iterator[Cells]:
    """Repeat a merged cell's text in every row it covers, as it looks in the spreadsheet."""
    sheet.reset_dimensions()  # Some programs write wrong dimensions.
    sources: dict[tuple[int, int], str] = dict.fromkeys(merged.values(), "")
    rows = islice(sheet.iter_rows(values_only=True), LINES_LOOKED_AT)
    for number, values in enumerate(rows, start=1):
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
    ranges = [
        (column_index_from_string(left.decode()), int(top), int(bottom))
        for left, top, bottom in _MERGED.findall(xml)
    ]
    if sum(max(bottom - top, 0) for _left, top, bottom in ranges) > MAXIMUM_COVERED:
        raise Refused(Problem.TOO_MANY_MERGED)
    return {
        (row, left): (top, left)
        for left, top, bottom in ranges
        for row in range(top + 1, bottom + 1)
    }


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


if __name__ == "__main__":
    main()
