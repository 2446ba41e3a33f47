"""Spreadsheets protected against CSV injection (OWASP) through public form fields."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from wagtail.admin.views.mixins import SpreadsheetExportMixin

from workflows.core.chunks import in_chunks

_INVISIBLE = r"\s\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff"
_FORMULA = r"[=+\-@＝＋－＠]"

_CELL_STARTS_A_FORMULA = re.compile(rf"^[{_INVISIBLE}]*{_FORMULA}|^[\t\r\n]")

# In locales with decimal commas, spreadsheets split lines at semicolons and ignore our quotes:
# text after a semicolon, tab or line break can become a cell. Looked for once in each run of
# invisible characters, since from each of them takes quadratic time.
_BEFORE_A_FORMULA = re.compile(
    rf'(?<!["{_INVISIBLE}])(?P<first>^|(?<=;))?["{_INVISIBLE}]*+(?={_FORMULA})'
)
_PART_STARTS = re.compile(r"(?<=[\t\r\n])(?!\n)")

_GUARD = re.compile(rf"(?:^|(?<=[;\t\r\n]))'(?=[\"{_INVISIBLE}]*{_FORMULA}|[\t\r])")

# Invalid in XML; openpyxl refuses them.
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def starts_a_formula(text: str) -> bool:
    return bool(_CELL_STARTS_A_FORMULA.search(text))


def csv_safe(text: str) -> str:
    """Put an apostrophe, the spreadsheet mark for text, before possible formulas."""
    safe = _BEFORE_A_FORMULA.sub(_guarded, text)
    return f"'{safe}" if safe.startswith(("\t", "\r")) else safe


def _guarded(run: re.Match[str]) -> str:
    is_first = run["first"] is not None and not run[0].startswith("\n")
    return "'" * is_first + _PART_STARTS.sub("'", run[0])


def csv_original(text: str) -> str:
    """Undo ``csv_safe``, so that an exported table can be imported again."""
    original = _GUARD.sub("", text)
    return original if csv_safe(original) == text else text


def xlsx_safe(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)


def protect_exports() -> None:
    """Guard the cells of all exports, Wagtail's own reports included: they repeat titles that came
    in by public forms, and Wagtail leaves formulas in CSV, and in XLSX what openpyxl refuses.
    """
    unprotected = SpreadsheetExportMixin.preprocess_field_value

    @wraps(unprotected)
    def protected(self, field, value, export_format):
        cell = unprotected(self, field, value, export_format)
        if not isinstance(cell, str):
            return cell
        return csv_safe(cell) if export_format == self.FORMAT_CSV else xlsx_safe(cell)

    SpreadsheetExportMixin.preprocess_field_value = protected


@dataclass(frozen=True)
class ExportColumn:
    heading: str | Promise
    value: Callable[[Any], Any]


class SafeExportMixin(SpreadsheetExportMixin):
    """Exports ``export_columns`` as CSV or XLSX; put it before Wagtail's ``IndexView``, which loads
    all rows at once.
    """

    export_columns: Mapping[str, ExportColumn] = {}

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.list_export = list(self.export_columns)

    def get(self, request, *args, **kwargs):
        """Export before the list view loads and counts all rows."""
        if self.is_export:
            return self.as_spreadsheet(self.get_queryset(), request.GET["export"])
        return super().get(request, *args, **kwargs)

    def get_heading(self, queryset, field) -> str:
        """Some name what people typed, such as a requirement."""
        return csv_safe(str(self.export_columns[field].heading))

    def to_row_dict(self, item) -> dict[str, Any]:
        return {name: column.value(item) for name, column in self.export_columns.items()}

    def stream_csv(self, queryset: QuerySet) -> Iterator[bytes]:
        yield "\ufeff".encode()  # Excel needs a BOM to recognize UTF-8.
        yield from super().stream_csv(_chunked(queryset, self.prepare_rows))

    def write_xlsx(self, queryset: QuerySet, output) -> None:
        super().write_xlsx(_chunked(queryset, self.prepare_rows), output)

    def prepare_rows(self, rows: list[Any]) -> None:
        """Load what the columns need, once per chunk of rows; override as needed."""

    def generate_xlsx_row(self, worksheet, row_dict, date_format=None):
        for cell in super().generate_xlsx_row(worksheet, row_dict, date_format):
            if isinstance(cell.value, str) and starts_a_formula(cell.value):
                # Marks the cell as text; otherwise editing it in Excel makes it a formula.
                cell.quotePrefix = True
            yield cell


def _chunked(queryset: QuerySet, prepare: Callable[[list[Any]], None]) -> Iterator[Any]:
    for chunk in in_chunks(queryset):
        prepare(chunk)
        yield from chunk
