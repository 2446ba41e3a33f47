"""Writes an XLSX file whose texts are texts."""

import io
from collections.abc import Iterable
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell

from workflows.core.spreadsheets import starts_a_formula, xlsx_safe


def as_workbook(title: str, rows: Iterable[Iterable[str]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append([_cell(sheet, xlsx_safe(text)) for text in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _cell(sheet: Any, text: str) -> Any:
    if not text or not starts_a_formula(text):
        return text or None
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    cell.quotePrefix = True  # Excel's own mark for text.
    return cell
