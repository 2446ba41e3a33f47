"""Which column of a table is taken for which of ours: guessed by the headings, or chosen."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from affiliates.transfer.importing.headings import (
    PARTS_OF_NAMES,
    REQUIRED,
    Match,
    is_about_a_group,
    recognized,
    targets,
)
from affiliates.transfer.importing.report import ImportReport, Severity
from affiliates.transfer.importing.tables import Table
from affiliates.transfer.importing.workbooks import Cells
from workflows.core.spreadsheets import csv_original

FOR_EMPTY_CELLS = ("region", "about")
"""Required, and may be the same in all rows."""


@dataclass(frozen=True)
class Choice:
    """``columns``: for each column of the table one of ``targets``, or ``""`` to leave it out.
    ``defaults``: what counts where a cell is empty, by column. ``instead``, of a guess only: places
    that are left out, since the other place seems to say the same.
    """

    columns: Cells
    defaults: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[int, int] | None = None

    def as_data(self) -> dict[str, Any]:
        return {"columns": self.columns, "defaults": dict(self.defaults)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Choice":
        """Empty data: nothing is chosen yet."""
        return cls(list(data.get("columns", ())), dict(data.get("defaults", {})))

    def places(self, column: str) -> list[int]:
        """Where it stands; a name may stand in two parts."""
        wanted = (column,) if column in self.columns else PARTS_OF_NAMES.get(column, ())
        return [self.columns.index(each) for each in wanted if each in self.columns]

    @property
    def columns_read(self) -> list[str]:
        """Our columns that the table has, in its order."""
        whole = {part: name for name, parts in PARTS_OF_NAMES.items() for part in parts}
        return list(dict.fromkeys(whole.get(each, each) for each in self.columns if each))


@dataclass(frozen=True)
class Problem:
    """``places`` are empty if a column is missing."""

    column: str
    message: str
    places: tuple[int, ...] = ()


def text_at(cells: Cells, places: list[int]) -> str:
    """What a row says there, as it was before it was exported."""
    written = (csv_original(cells[place]) for place in places if place < len(cells))
    return " ".join(filter(None, written))


def guess(table: Table) -> Choice:
    """By the headings. Where two are equally sure, both are taken, which ``problems`` refuses."""
    found = _people_beside_groups(table, [recognized(heading) for heading in table.headings])
    columns = [column for column, _match in found]
    instead: dict[int, int] = {}
    for column in dict.fromkeys(filter(None, columns)):
        candidates = [place for place, each in enumerate(columns) if each == column]
        winners = _surest(candidates, found, table)
        for place in set(candidates) - set(winners):
            columns[place] = ""
            instead[place] = winners[0]
    for name, parts in PARTS_OF_NAMES.items():
        for part in parts if name in columns else ():
            if part in columns:
                instead[columns.index(part)] = columns.index(name)
                columns = ["" if each == part else each for each in columns]
    return Choice(columns, instead=instead)


def _people_beside_groups(table: Table, found: list[tuple[str, Match]]) -> list[tuple[str, Match]]:
    """Beside a column for groups, a mere “Name” is a person's, unless another column is surer."""
    names = [place for place, (column, _match) in enumerate(found) if column == "name"]
    of_groups = [place for place in names if is_about_a_group(table.headings[place])]
    if not of_groups:
        return found
    return [
        ("contact_name", Match.BY_RULES)
        if match is Match.OWN and column == "name"
        else (column, match)
        for column, match in found
    ]


def _surest(places: list[int], found: list[tuple[str, Match]], table: Table) -> list[int]:
    filled = {place: table.filled(place) for place in places}
    used = [place for place in places if filled[place]] or places
    best = min(found[place][1] for place in used)
    surest = [place for place in used if found[place][1] == best]
    if best <= Match.LISTED:
        return surest
    return [max(surest, key=lambda place: filled[place])]


def problems(table: Table, choice: Choice) -> list[Problem]:
    """Columns that are missing, and those that two columns of the table are taken for."""
    missing = [
        Problem(column, _("This column is missing."))
        for column in sorted(REQUIRED)
        if not (_is_given(column, choice) or (column == "region" and _is_given("country", choice)))
    ]
    return [*missing, *_doubled(table, choice)]


def _is_given(column: str, choice: Choice) -> bool:
    return bool(choice.places(column) or choice.defaults.get(column))


def _doubled(table: Table, choice: Choice) -> Iterator[Problem]:
    message = _("“%(first)s” and “%(second)s” mean the same here. Please keep one of them.")
    for column in targets():
        places = [place for place, each in enumerate(choice.columns) if each == column]
        places += [
            choice.columns.index(part)
            for part in PARTS_OF_NAMES.get(column, ())
            if places and part in choice.columns
        ]
        if len(places) > 1:
            first, second = (table.heading(place) for place in places[:2])
            yield Problem(column, message % {"first": first, "second": second}, tuple(places))


def report_columns(table: Table, choice: Choice, report: ImportReport) -> None:
    """Note which columns are read, and which are left out and why."""
    report.heading_row = table.line
    report.headings = {
        column: " + ".join(table.headings[place] for place in choice.places(column))
        for column in choice.columns_read
    }
    for place, column in enumerate(choice.columns):
        if not column and (message := _why_left_out(table, place, choice)):
            taken = (choice.instead or {}).get(place)
            about = table.heading(place) if taken is None else choice.columns[taken]
            report.add(table.line, about, Severity.LEFT_OUT, message)
    for problem in problems(table, choice):
        report.add(table.line, problem.column, Severity.ERROR, problem.message)


def _why_left_out(table: Table, place: int, choice: Choice) -> str:
    """Nothing to say of a column without any text, and of one that we wrote into the table."""
    heading = table.headings[place]
    if choice.instead is not None and place in choice.instead:
        names = {"left": heading, "taken": table.heading(choice.instead[place])}
        return _("“%(left)s” is left out, since “%(taken)s” says the same.") % names
    if not heading:
        return _("This column has no heading.") if table.filled(place) else ""
    if heading == _("What is wrong"):
        return ""
    return _("You left it out.") if choice.instead is None else _("This column is not known.")
