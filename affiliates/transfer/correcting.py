"""What the page shows on which the rows with errors are corrected, and what comes back from it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from affiliates.transfer.importing.columns import Choice, text_at
from affiliates.transfer.importing.corrections import Typed
from affiliates.transfer.importing.headings import REQUIRED, columns
from affiliates.transfer.importing.labels import label_of
from affiliates.transfer.importing.report import Finding, ImportReport, Severity
from affiliates.transfer.importing.tables import Table

TOGETHER = {
    "region": ("name",),
    "country": ("region",),
    "name": ("region",),
    "scope": ("locality",),
    "locality": ("scope",),
    "contact_name": ("contact_email",),
    "contact_email": ("contact_name",),
    "alternate_name": ("alternate_email",),
    "alternate_email": ("alternate_name",),
}
"""Columns that an error of the first can be mended in, too."""

LONG_TEXTS = frozenset({"about"})

_NAME = re.compile(r"row-(\d{1,7})-([a-z_]{1,40})")


@dataclass(frozen=True)
class Cell:
    """``now``: what the table says by now, if that differs from what was typed."""

    name: str
    label: str
    text: str
    errors: list[str]
    is_long: bool
    now: str | None = None


@dataclass(frozen=True)
class Row:
    number: int
    name: str
    cells: list[Cell]
    errors: list[str]
    """About the row, not about one of its cells."""


def rows_with_errors(report: ImportReport) -> list[int]:
    return sorted(row for row in report.bad_rows if row > report.heading_row)


def rows_to_correct(
    table: Table, choice: Choice, report: ImportReport, numbers: Iterable[int], typed: Typed
) -> Iterator[Row]:
    """``typed``: what was typed but could not be written into the table."""
    names, ours = {row.number: row.name for row in report.rows}, columns()
    findings: dict[int, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        findings[finding.row].append(finding)
    for number in numbers:
        found = [item for item in findings[number] if item.severity != Severity.NOTE]
        wrong = {item.column: item for item in found if item.column in ours}
        yield Row(
            number,
            names.get(number, ""),
            [
                _cell(table, choice, number, column, found, typed.get(number, {}))
                for column in ours
                if column in typed.get(number, {}) or column in _shown(wrong)
            ],
            [item.message for item in found if item.column not in ours],
        )


def _shown(wrong: Iterable[str]) -> set[str]:
    shown = {*wrong, *(other for column in wrong for other in TOGETHER.get(column, ()))}
    return shown or set(REQUIRED[:2])


def _cell(
    table: Table,
    choice: Choice,
    number: int,
    column: str,
    found: list[Finding],
    typed: Mapping[str, str],
) -> Cell:
    text = text_at(table.rows.get(number, []), choice.places(column))
    wanted = typed.get(column, text)
    return Cell(
        name=f"row-{number}-{column}",
        label=label_of(column),
        text=wanted,
        errors=[item.message for item in found if item.column == column],
        is_long=column in LONG_TEXTS or "\n" in wanted,
        now=text if wanted != text else None,
    )


def problems_of(rows: Iterable[Row]) -> list[dict[str, str]]:
    """What is still wrong, for a summary with links."""
    return [
        {"id": cell.name, "label": f"{row.name or '–'}, {cell.label}", "message": message}
        for row in rows
        for cell in row.cells
        for message in cell.errors
    ]


def typed_rows(typed: Typed) -> list[dict[str, Any]]:
    return [
        {
            "number": number,
            "cells": [{"label": label_of(name), "text": text} for name, text in texts.items()],
        }
        for number, texts in sorted(typed.items())
    ]


def typed_cells(data: QueryDict) -> dict[int, dict[str, str]]:
    """By line and column; what is none of our fields is passed over."""
    typed: dict[int, dict[str, str]] = defaultdict(dict)
    ours = columns()
    for name, text in data.items():
        if (found := _NAME.fullmatch(name)) and found[2] in ours:
            typed[int(found[1])][found[2]] = str(text).replace("\r\n", "\n")
    return dict(typed)
