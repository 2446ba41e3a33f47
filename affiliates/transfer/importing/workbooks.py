"""Has Excel files read by another process, so that a hostile one can fill no memory of ours."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.core.exceptions import AffiliatesError
from affiliates.transfer.importing import reader
from affiliates.transfer.importing.reader import Cells, Problem

TIMEOUT_SECONDS = 60
"""Longer than the reader's own limit, which counts only the time that it works."""

PROBLEMS = {
    Problem.DAMAGED: gettext_lazy(
        "This is not an XLSX file, or it is damaged. Please save it again as XLSX or CSV."
    ),
    Problem.TOO_LARGE: gettext_lazy(
        "This workbook is too large or too complicated. "
        "Please save the sheet with the affiliates as CSV."
    ),
    Problem.TOO_MANY_MERGED: gettext_lazy("Too many cells are merged. Please split them."),
    Problem.NOTHING_VISIBLE: gettext_lazy("This workbook has no visible sheet."),
}


class TableUnreadable(AffiliatesError):
    """This file is not a table that can be read."""


@dataclass(frozen=True)
class Sheet:
    rows: list[tuple[int, Cells]]
    """By spreadsheet line, without empty ones."""
    notes: list[str]


def read_workbook(content: bytes) -> Sheet:
    """The first visible sheet. Raises ``TableUnreadable``."""
    answer = _answer(content)
    if "problem" in answer:
        raise TableUnreadable(str(PROBLEMS[answer["problem"]]))
    rows = [(number, cells) for number, cells in answer["rows"]]
    return Sheet(rows, _notes(answer))


def _answer(content: bytes) -> dict[str, Any]:
    """What the reader prints. Raises ``CalledProcessError`` if it ends by a fault of ours."""
    try:
        done = subprocess.run(  # noqa: S603 (no shell, and nothing of the file among the arguments)
            [sys.executable, "-P", "-m", reader.__name__],
            input=content,
            stdout=subprocess.PIPE,
            timeout=TIMEOUT_SECONDS,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"problem": Problem.TOO_LARGE}
    # The system, or itself, ended it at one of its limits.
    if done.returncode < 0 or done.returncode == reader.OUT_OF_MEMORY:
        return {"problem": Problem.TOO_LARGE}
    done.check_returncode()
    return json.loads(done.stdout)


def _notes(answer: dict[str, Any]) -> list[str]:
    notes = []
    if answer["others"]:
        notes.append(_("Only the first sheet, “%(title)s”, is read.") % {"title": answer["title"]})
    if answer["hidden"]:
        notes.append(_("Hidden sheets are not read."))
    return notes
