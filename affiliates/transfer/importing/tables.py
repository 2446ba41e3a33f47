"""Reads CSV and XLSX files as tables of text."""

import csv
import io
import json
import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from django.utils.translation import gettext as _

from affiliates.transfer.importing.decoding import decoded, mend
from affiliates.transfer.importing.headings import column_of
from affiliates.transfer.importing.reader import (
    HEADINGS_WITHIN,
    LINES_LOOKED_AT,
    MAXIMUM_COLUMNS,
    MAXIMUM_ROWS,
    Cells,
)
from affiliates.transfer.importing.workbooks import TableUnreadable, read_workbook

MAXIMUM_BYTES = 5_000_000

XLSX_START = b"PK\x03\x04"

FEWEST_NAMED = 2
"""Columns of ours that a line of headings below others has to name."""
LONGEST_LINE = 20_000
"""Characters of a first line that are looked at for delimiters."""

_NO_DELIMITERS = str.maketrans(dict.fromkeys(",;\t", " "))

_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""Spreadsheet programs write and read this first line; it is not part of the table."""


@dataclass(frozen=True)
class Mended:
    """A cell whose text had been saved in the wrong encoding, with this text."""

    line: int
    place: int
    before: str


@dataclass(frozen=True)
class Table:
    """``rows`` are by spreadsheet line, without empty ones; ``notes`` say what was not read.
    ``line`` is that of the headings, ``above`` holds the rows before it.
    """

    headings: Cells
    rows: dict[int, Cells]
    notes: list[str] = field(default_factory=list)
    line: int = 1
    above: dict[int, Cells] = field(default_factory=dict)
    mended: list[Mended] = field(default_factory=list)

    def heading(self, place: int) -> str:
        """Its letters if there is no heading."""
        return self.headings[place] or column_letters(place + 1)

    def filled(self, place: int) -> int:
        return sum(len(cells) > place and cells[place] != "" for cells in self.rows.values())

    def only(self, lines: Container[int]) -> "Table":
        return replace(
            self, rows={line: cells for line, cells in self.rows.items() if line in lines}
        )

    def headed_by(self, line: int) -> "Table":
        """The same with its headings in another line. Raises ``KeyError``."""
        lines = self.above | {self.line: self.headings} | self.rows
        return replace(
            self,
            headings=lines[line],
            line=line,
            above={number: cells for number, cells in lines.items() if number < line},
            rows={number: cells for number, cells in lines.items() if number > line},
        )

    def as_json(self) -> str:
        """What ``from_json`` reads in a few milliseconds, and that can be searched."""
        data = vars(self) | {"mended": [vars(each) for each in self.mended]}
        return json.dumps(data, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, content: str) -> "Table":
        data = json.loads(content)
        data["mended"] = [Mended(**each) for each in data["mended"]]
        for name in ("above", "rows"):
            data[name] = {int(line): cells for line, cells in data[name].items()}
        return cls(**data)


def read_table(content: bytes) -> Table:
    """Read an XLSX file's first visible sheet, or any common CSV. Raises ``TableUnreadable``."""
    if len(content) > MAXIMUM_BYTES:
        raise TableUnreadable(_("This file is larger than 5 MB."))
    if content.startswith(XLSX_START):
        sheet = read_workbook(content)
        return _table(sheet.rows, sheet.notes)
    text, notes = decoded(content)
    lines = islice(_read_csv(text), LINES_LOOKED_AT)
    return _table(enumerate(lines, start=1), notes)


def column_letters(number: int) -> str:
    """What a spreadsheet calls a column: A, B … Z, AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _table(lines: Iterable[tuple[int, Cells]], notes: list[str]) -> Table:
    filled: dict[int, Cells] = {}
    mended: list[Mended] = []
    for number, cells in lines:
        if any(cells):
            filled[number] = _without_empty_end(cells)
            mended += [Mended(number, place, text) for place, text in mend(filled[number])]
            _refuse_too_large(filled, number)
    if not filled:
        raise TableUnreadable(_("This file is empty."))
    first = min(filled)
    table = Table(filled.pop(first), filled, notes, line=first, mended=mended)
    table = table.headed_by(_line_of_headings(table))
    if len(table.rows) > MAXIMUM_ROWS:
        raise TableUnreadable(_("This file has more than 10,000 rows."))
    return table


def _line_of_headings(table: Table) -> int:
    """The line that names most of our columns; of equals, and if no line names two, the first."""
    lines = {table.line: table.headings} | table.rows
    named = {line: named_columns(lines[line]) for line in islice(lines, HEADINGS_WITHIN)}
    likely = max(named, key=lambda line: named[line])
    return likely if named[likely] >= FEWEST_NAMED else table.line


def named_columns(cells: Cells) -> int:
    return len({column for cell in cells if (column := column_of(cell))})


def _refuse_too_large(filled: dict[int, Cells], number: int) -> None:
    if len(filled) > MAXIMUM_ROWS + HEADINGS_WITHIN:
        raise TableUnreadable(_("This file has more than 10,000 rows."))
    if len(filled[number]) > MAXIMUM_COLUMNS:
        raise TableUnreadable(
            _("Row %(row)d has more than 100 columns. Is this the right file?") % {"row": number}
        )


def _without_empty_end(cells: Cells) -> Cells:
    while cells and not cells[-1]:
        cells.pop()
    return cells


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
    """What makes most headings that we know in one of the first lines; else, what is most frequent
    in the first one.
    """
    lines = (line for line in io.StringIO(text, newline=None) if line.strip(" \t\n,;"))
    first_lines = [
        re.sub(r'"[^"]*"', lambda quoted: quoted[0].translate(_NO_DELIMITERS), line[:LONGEST_LINE])
        for line in islice(lines, HEADINGS_WITHIN)
    ]
    if not first_lines:
        return ","

    def likelihood(delimiter: str) -> tuple[int, int]:
        named = (
            named_columns([cell.strip(' "\n') for cell in line.split(delimiter)[:MAXIMUM_COLUMNS]])
            for line in first_lines
        )
        return max(named), first_lines[0].count(delimiter)

    return max(",;\t", key=likelihood)
