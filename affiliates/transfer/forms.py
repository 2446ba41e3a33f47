"""The forms of an import: a file, and what its columns are taken for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from affiliates.core.regions.coverage import Coverage
from affiliates.transfer.importing.columns import FOR_EMPTY_CELLS, Choice, problems
from affiliates.transfer.importing.labels import groups, label_of
from affiliates.transfer.importing.places import read_place
from affiliates.transfer.importing.rows import READERS
from affiliates.transfer.importing.tables import MAXIMUM_BYTES, Table
from workflows.core.keys import ModelChoiceField

SAMPLES = 3
SAMPLE_LENGTH = 60
TITLE_LENGTH = 80


class ImportForm(forms.Form):
    """A table and its program. ``programs``: those the user may choose."""

    program: ModelChoiceField = ModelChoiceField(
        queryset=None, label=_("Program"), empty_label=None
    )
    file = forms.FileField(
        label=_("Table"),
        allow_empty_file=True,  # Reading it gives our own message.
        help_text=_("A CSV or XLSX file of at most 5 MB and 10,000 groups."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def __init__(self, *args, programs, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["program"].queryset = programs

    def clean_file(self) -> bytes:
        """Read no more than the maximum size of a table."""
        self.filename: str = self.cleaned_data["file"].name
        return self.cleaned_data["file"].read(MAXIMUM_BYTES + 1)


class ColumnsForm(forms.Form):
    """What each column of ``table`` is taken for. ``choice`` is what stands there at first."""

    def __init__(self, *args: Any, table: Table, choice: Choice, coverage: Coverage, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.table, self.coverage = table, coverage
        self.lines = _lines_of_headings(table)
        self.fields["headings_in"] = _headings_field(table, self.lines)
        of_groups = ((name, [*labels.items()]) for name, labels in groups().items())
        options = [("", _("Leave it out")), *of_groups]
        for place, column in enumerate(choice.columns):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                choices=options,
                initial=column,
                required=False,
                label=table.headings[place] or gettext("Column %s") % table.heading(place),
                help_text=_samples(table, place),
            )
        for column in FOR_EMPTY_CELLS:
            self.fields[f"default-{column}"] = _default_field(column, choice)

    @property
    def columns(self) -> list[forms.BoundField]:
        return [self[f"column-{place}"] for place in range(len(self.table.headings))]

    @property
    def defaults(self) -> list[forms.BoundField]:
        return [self[f"default-{column}"] for column in FOR_EMPTY_CELLS]

    @property
    def problems(self) -> list[dict[str, Any]]:
        """All errors, with the id of their field."""
        return [
            {
                "id": self[name].auto_id if name in self.fields else "",
                "label": self[name].label if name in self.fields else "",
                "message": message,
            }
            for name, messages in self.errors.items()
            for message in messages
        ]

    @property
    def line_chosen(self) -> int:
        """In which line the headings stand; that of the table if nothing else was chosen."""
        chosen = self.data.get("headings_in", "")
        return int(chosen) if chosen in self.lines else self.table.line

    def clean(self) -> None:
        columns = [
            self.cleaned_data.get(f"column-{place}", "")
            for place in range(len(self.table.headings))
        ]
        texts = {column: self._default(column) for column in FOR_EMPTY_CELLS}
        defaults = {column: text for column, text in texts.items() if text}
        self.choice = Choice(columns, defaults)
        for problem in problems(self.table, self.choice):
            for place in problem.places:
                self.add_error(f"column-{place}", problem.message)
            if not problem.places:
                self._say_what_is_missing(problem.column)

    def _default(self, column: str) -> str:
        text = self.cleaned_data.get(f"default-{column}", "")
        try:
            if column in READERS:
                READERS[column][1](text)
            elif text:
                read_place({}, {column: text}, self.coverage)
        except ValidationError as refusal:
            for message in refusal.messages:
                self.add_error(f"default-{column}", message)
        return text

    def _say_what_is_missing(self, column: str) -> None:
        label = label_of(column)
        if column not in FOR_EMPTY_CELLS:
            message = gettext("Please choose the column that says: %(label)s.")
            self.add_error(None, message % {"label": label})
        elif not self.has_error(f"default-{column}"):
            message = gettext(
                "No column was chosen for “%(label)s”. Please choose one above, or write here what"
                " is true of all groups."
            )
            self.add_error(f"default-{column}", message % {"label": label})


def _lines_of_headings(table: Table) -> dict[str, str]:
    """The lines that may hold the headings, with what they say."""
    first_rows = dict(list(table.rows.items())[:SAMPLES])
    lines = table.above | {table.line: table.headings} | first_rows
    return {str(line): _title_of(line, cells) for line, cells in lines.items()}


def _headings_field(table: Table, lines: dict[str, str]) -> forms.ChoiceField:
    return forms.ChoiceField(
        choices=list(lines.items()),
        initial=str(table.line),
        required=False,
        label=_("The headings are in"),
        help_text=_("Rows above the headings are not read."),
    )


def _title_of(line: int, cells: list[str]) -> str:
    text = Truncator(", ".join(filter(None, cells))).chars(TITLE_LENGTH)
    return gettext("Row %(row)d: %(text)s") % {"row": line, "text": text}


def _default_field(column: str, choice: Choice) -> forms.CharField:
    is_missing = not choice.places(column) and column == "about"
    suggestion = gettext("One of our affiliates.") if is_missing else ""
    return forms.CharField(
        required=False,
        initial=choice.defaults.get(column, suggestion),
        label=label_of(column),
    )


def _samples(table: Table, place: int) -> str:
    """The first texts of a column that differ."""
    found: dict[str, None] = {}
    for cells in table.rows.values():
        if len(cells) > place and cells[place]:
            found[cells[place][: SAMPLE_LENGTH + 1]] = None
            if len(found) == SAMPLES:
                break
    texts = [Truncator(text).chars(SAMPLE_LENGTH) for text in found]
    return " · ".join(texts) or gettext("This column is empty.")
