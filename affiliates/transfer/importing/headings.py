"""Recognizes the columns of a table by their headings."""

import csv
import io
from collections.abc import Iterable

from django.utils.translation import gettext as _

from affiliates.core.regions import REGIONS
from affiliates.core.states import Network, Scope
from affiliates.core.text import fold
from affiliates.transfer.importing.contacts import CONTACT_COLUMNS
from affiliates.transfer.importing.report import ImportReport, Severity
from affiliates.transfer.importing.tables import column_letters
from affiliates.transfer.importing.workbooks import Cells

REQUIRED = ("region", "name", "about")
OPTIONAL = ("scope", "locality")
COLUMNS = (*REQUIRED, *OPTIONAL, *Network.values, *CONTACT_COLUMNS)

OTHER_WORDS: dict[str, tuple[str, ...]] = {
    "region": (
        *("state", "province", "state or province", "state/province", "territory", "region code"),
        *("US state", "state/territory", "state, province or territory"),
    ),
    "name": (
        *("group", "group name", "name of group", "chapter", "chapter name", "title"),
        *("organization", "organization name", "organisation", "organisation name"),
        *("affiliate", "affiliate name"),
    ),
    "about": (
        *("description", "summary", "about us", "about group", "short description", "mission"),
        *("mission statement", "what you do", "what they do"),
    ),
    "scope": ("level", "reach", "state or local", "scope of group"),
    "locality": (
        *("town", "city", "county", "town or county", "city or county", "place", "location"),
        *("city/town", "city/county", "town/county", "municipality"),
    ),
    "website": ("url", "web", "www", "homepage", "home", "site", "link", "internet"),
    "facebook": ("fb",),
    "twitter": ("x", "twitter/x", "x/twitter", "x (twitter)", "twitter (x)", "x formerly twitter"),
    "instagram": ("insta", "ig"),
    "youtube": ("yt",),
    "contact_name": ("contact", "contact person", "primary contact", "name of contact"),
    "contact_email": (
        *("email", "e-mail", "contact's email", "contact's e-mail", "mail", "email address"),
        "contact email address",
    ),
    "contact_phone": ("phone", "telephone", "contact's phone", "phone number", "tel"),
    "alternate_name": (
        *("second contact", "second contact name", "alternate", "alternate contact"),
        "alternate contact name",
    ),
    "alternate_email": (
        *("second contact email", "second contact's email", "second contact's e-mail"),
        "alternate contact email",
    ),
    "alternate_phone": (
        *("second contact phone", "second contact's phone", "alternate contact phone"),
    ),
}
"""Alternatives to our headings. Compared without case, accents, spaces and ``FILLERS``."""

FILLERS = frozenset({"the", "of", "your", "our", "a", "an"})
AFTER_A_NETWORK = frozenset(
    {"url", "link", "page", "address", "profile", "handle", "account", "channel", "group", "site"}
)
"""Words that are ignored after a network: "Facebook page", "YouTube channel link"."""


def read_headings(headings: Cells, report: ImportReport) -> Cells:
    """Our name of each column, ``""`` if not read. Exact headings win; the report gets notes."""
    columns = [column_of(heading) for heading in headings]
    for place, (heading, column) in enumerate(zip(headings, columns, strict=True)):
        if not column:
            if heading:
                report.add(1, heading, Severity.LEFT_OUT, _("This column is not known."))
        elif column in columns[:place]:
            columns[place] = _second(column, place, headings, columns, report)
    report.headings = {
        column: heading for column, heading in zip(columns, headings, strict=True) if column
    }
    for missing in sorted(set(REQUIRED) - set(columns)):
        report.add(1, missing, Severity.ERROR, _("This column is missing."))
    return columns


def column_of(heading: str) -> str:
    words = _words(heading)
    if found := _BY_WORDS.get("".join(words)):
        return found
    while words and words[-1] in AFTER_A_NETWORK:
        words = words[:-1]
    network = _BY_WORDS.get("".join(words), "")
    return network if network in Network.values else ""


def unheaded_columns(headings: Cells, rows: Iterable[Cells]) -> list[str]:
    empty = [place for place, heading in enumerate(headings) if not heading]
    used = {
        place for cells in rows for place in empty if cells[place : place + 1] not in ([], [""])
    }
    return [column_letters(place + 1) for place in sorted(used)]


def _second(column: str, place: int, headings: Cells, columns: Cells, report: ImportReport) -> str:
    """Of two columns for the same, take the one with our own heading; of equals, neither."""
    first = columns.index(column, 0, place)
    names = {"first": headings[first], "second": headings[place]}
    exact = [headings[at].casefold() == column for at in (first, place)]
    if exact[0] == exact[1]:
        message = _("“%(first)s” and “%(second)s” mean the same here. Please keep one of them.")
        report.add(1, column, Severity.ERROR, message % names)
        return ""
    message = _("“%(left)s” is left out, since “%(taken)s” says the same.")
    left, taken = (place, first) if exact[0] else (first, place)
    named = {"left": headings[left], "taken": headings[taken]}
    report.add(1, column, Severity.LEFT_OUT, message % named)
    if left == first:
        columns[first] = ""
    return column if taken == place else ""


def _words(text: str) -> list[str]:
    words = fold(text).split()
    return [word for word in words if word not in FILLERS] or words


_BY_WORDS = {
    "".join(_words(spelling)): column
    for column in COLUMNS
    for spelling in (column, *OTHER_WORDS[column])
}


EXAMPLE = {
    "region": REGIONS["US-OH"],
    "name": "Example Parents of Ohio",
    "about": "One or two sentences about the group. Please write over this row.",
    "scope": Scope.LOCAL.value,
    "locality": "Columbus",
    "website": "https://www.example.org",
    "facebook": "https://www.facebook.com/exampleparents",
    "contact_name": "Kim Example",
    "contact_email": "kim@example.org",
    "contact_phone": "614 555 0100",
}


def example_table() -> str:
    """CSV with a byte order mark, so that spreadsheet programs read it as UTF-8."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerow(EXAMPLE)
    return "\ufeff" + text.getvalue()
