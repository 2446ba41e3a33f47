"""Cells of a table that were corrected on a page."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from affiliates.core.text import storable
from affiliates.transfer.importing.columns import Choice, text_at
from affiliates.transfer.importing.tables import Table

Typed = Mapping[int, Mapping[str, str]]
"""Texts by line and column."""


def corrected(table: Table, choice: Choice, typed: Typed) -> tuple[Table, Choice]:
    """A column that the table does not have is added to it. A name in two parts is written into the
    first. Cells that say what they said before stay as they are.
    """
    columns = {column for texts in typed.values() for column in texts}
    for column in sorted(column for column in columns if not choice.places(column)):
        table, choice = _with_column(table, choice, column)
    rows = dict(table.rows)
    touched = set()
    for line, texts in typed.items():
        for column, text in texts.items():
            places = choice.places(column)
            if line in rows and text_at(rows[line], places) != text:
                rows[line] = _with_text(rows[line], places, text)
                touched |= {(line, place) for place in places}
    mended = [item for item in table.mended if (item.line, item.place) not in touched]
    return replace(table, rows=rows, mended=mended), choice


def _with_column(table: Table, choice: Choice, column: str) -> tuple[Table, Choice]:
    """At the end, but before the cells of those rows that have too many."""
    end = len(table.headings)
    rows = {
        line: [*cells[:end], "", *cells[end:]] if len(cells) > end else cells
        for line, cells in table.rows.items()
    }
    return (
        replace(table, headings=[*table.headings, column], rows=rows),
        replace(choice, columns=[*choice.columns, column]),
    )


def _with_text(cells: Iterable[str], places: list[int], text: str) -> list[str]:
    cells = list(cells)
    cells += [""] * (max(places) + 1 - len(cells))
    for place in places:
        cells[place] = ""
    cells[places[0]] = storable(text).replace("\r\n", "\n").strip()
    return cells
