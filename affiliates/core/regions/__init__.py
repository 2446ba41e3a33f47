"""Countries (ISO 3166-1) and regions (ISO 3166-2) of the world, by their codes.

``names.tsv`` is made from Unicode CLDR by ``scripts/regions_table.py`` and read when it is first
needed: pycountry would add 23 MB. A group's region is a code such as ``US-MI``; a country's, such
as ``CA``, if it works in all of the country; or ``""`` if it works online.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

from affiliates.core.text import fold

LONGEST = 6
"""Letters of a code."""

_RENAMED = "="


def region_name(code: str) -> str:
    """In the current language, else in English; the code itself if it is unknown."""
    names = _names().get(code)
    if names is None:
        return code
    column = _languages().get((get_language() or "").partition("-")[0], 0)
    return (names[column] if column < len(names) else "") or names[0]


def all_names(code: str) -> tuple[str, ...]:
    """In every language of the table, each once; none if the code is unknown."""
    return tuple(dict.fromkeys(filter(None, _names().get(code, ()))))


def is_region(code: str) -> bool:
    """Whether it is the code of a region or a country."""
    return code in _names()


def is_country(code: str) -> bool:
    return len(code) == 2


def country_of(code: str) -> str:
    return code.partition("-")[0]


def parent_of(code: str) -> str:
    """The region or country around this one; ``""`` for a country."""
    return _parents().get(code, "")


def all_codes() -> Iterable[str]:
    return _names()


def countries() -> list[str]:
    return [code for code in _names() if is_country(code)]


def large_regions(country: str) -> list[str]:
    """What it consists of: states, provinces and the like. None for small countries."""
    return list(_children().get(country, ()))


def small_regions(country: str) -> list[str]:
    """What does not consist of regions itself, such as counties, else the large ones."""
    found = []
    for code in _children().get(country, ()):
        found += small_regions(code) or [code]
    return found


def all_regions(country: str) -> list[str]:
    """On every level."""
    found = []
    for code in _children().get(country, ()):
        found += [code, *all_regions(code)]
    return found


def former_codes() -> dict[str, str]:
    """Codes that are no longer used, and what took their place."""
    return {
        code: row[1].removeprefix(_RENAMED)
        for code, row in _rows().items()
        if row[1].startswith(_RENAMED)
    }


def by_name(codes: Iterable[str]) -> list[str]:
    """Sorted as people look for them in the current language; none at the end."""
    return sorted(codes, key=lambda code: (not code, fold(region_name(code))))


@cache
def _table() -> list[list[str]]:
    text = Path(__file__).with_name("names.tsv").read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]


@cache
def _rows() -> dict[str, list[str]]:
    return {row[0]: [*row, ""] for row in _table()[1:]}


@cache
def _languages() -> dict[str, int]:
    _code, _parent, *languages = _table()[0]
    return {language: column for column, language in enumerate(languages)}


@cache
def _names() -> dict[str, list[str]]:
    return {code: row[2:] for code, row in _rows().items() if not row[1].startswith(_RENAMED)}


@cache
def _parents() -> dict[str, str]:
    return {code: _rows()[code][1] for code in _names()}


@cache
def _children() -> dict[str, list[str]]:
    children: dict[str, list[str]] = {}
    for code, parent in _parents().items():
        children.setdefault(parent, []).append(code)
    return children
