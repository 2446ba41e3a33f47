"""A tile map of the US and Canada; equal tiles make small regions as easy to press as large."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from affiliates.core.regions import large_regions
from affiliates.directory.queries import RegionCount

DRAWING = """
 .  .  YT NT NU .  .  .  .  NL .  .
 AK .  BC AB SK MB ON QC NB PE NS .
 .  .  .  .  .  .  .  .  .  .  .  ME
 .  WA ID MT ND MN WI MI .  NY VT NH
 .  OR NV WY SD IA IL IN OH PA MA RI
 .  CA UT CO NE MO KY WV MD DE NJ CT
 .  .  AZ NM KS AR TN VA DC .  .  .
 .  .  .  .  OK LA MS AL NC .  .  .
 HI .  .  .  TX .  .  GA SC .  .  .
 GU MP AS UM .  .  .  .  FL .  PR VI
"""

MAPPED = frozenset({"US", "CA"})

SIZE = 40
GAP = 3
SIDE = SIZE - GAP
_ROWS = [line.split() for line in DRAWING.strip().splitlines()]
WIDTH = SIZE * len(_ROWS[0]) - GAP
HEIGHT = SIZE * len(_ROWS) - GAP


@dataclass(frozen=True)
class Tile:
    """A region's place on the map. ``shape`` has no link, title or count, which vary."""

    region: RegionCount
    shape: SafeString
    count_at: SafeString


@dataclass(frozen=True)
class RegionMap:
    """``taken`` tiles link to their groups; those that have none are drawn as one ``empty`` shape
    with ``letters``. All is text, since a template asks for each number how it is written.
    """

    taken: list[Tile]
    empty: SafeString
    letters: SafeString
    view_box = f"-2 -2 {WIDTH + 4} {HEIGHT + 4}"


def region_map(regions: Iterable[RegionCount]) -> RegionMap:
    known = {region.code: region for region in regions}
    taken = [Tile(known[code], *_shape(code)) for code in PLACES if code in known]
    return RegionMap(taken, *_empty(frozenset(PLACES.keys() - known.keys())))


@lru_cache(maxsize=64)
def _empty(codes: frozenset[str]) -> tuple[SafeString, SafeString]:
    places = [(code, *PLACES[code]) for code in PLACES if code in codes]
    path = "".join(f"M{x} {y}h{SIDE}v{SIDE}h-{SIDE}z" for _code, x, y in places)
    letters = format_html_join(
        "",
        '<text x="{}" y="{}">{}</text>',
        ((x + SIDE // 2, y + 24, _letters(code)) for code, x, y in places),
    )
    return mark_safe(path), letters  # noqa: S308 (numbers only)


@cache
def _shape(code: str) -> tuple[SafeString, SafeString]:
    x, y = PLACES[code]
    shape = format_html(
        '<rect x="{}" y="{}" width="{}" height="{}"/><text x="{}" y="{}">{}</text>',
        *(x, y, SIDE, SIDE, x + SIDE // 2, y + 17, _letters(code)),
    )
    return shape, format_html('x="{}" y="{}"', x + SIDE // 2, y + 32)


def _letters(code: str) -> str:
    return code.partition("-")[2]


_CODES = {_letters(code): code for country in MAPPED for code in large_regions(country)}
PLACES: dict[str, tuple[int, int]] = {
    _CODES[word]: (column * SIZE, row * SIZE)
    for row, letters in enumerate(_ROWS)
    for column, word in enumerate(letters)
    if word in _CODES
}
