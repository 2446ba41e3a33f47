"""A tile map of the US and Canada; equal tiles make small regions as easy to press as large."""

from collections.abc import Iterable
from dataclasses import dataclass

from affiliates.core.regions import region_code
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

SIZE = 40
GAP = 3
_ROWS = [line.split() for line in DRAWING.strip().splitlines()]
WIDTH = SIZE * len(_ROWS[0]) - GAP
HEIGHT = SIZE * len(_ROWS) - GAP


@dataclass(frozen=True)
class Tile:
    """A region's place on the map, in the drawing's units, and its groups, if any."""

    code: str
    x: int
    y: int
    region: RegionCount | None

    @property
    def letters(self) -> str:
        return self.code.partition("-")[2]

    @property
    def middle(self) -> int:
        return self.x + (SIZE - GAP) // 2


@dataclass(frozen=True)
class RegionMap:
    """``taken`` tiles link to their groups; ``empty`` ones have none."""

    taken: list[Tile]
    empty: list[Tile]
    width: int = WIDTH
    height: int = HEIGHT
    side: int = SIZE - GAP


def region_map(regions: Iterable[RegionCount]) -> RegionMap:
    known = {region.code: region for region in regions}
    tiles = [Tile(code, x, y, known.get(code)) for code, (x, y) in PLACES.items()]
    taken = [tile for tile in tiles if tile.region]
    return RegionMap(taken, [tile for tile in tiles if not tile.region])


PLACES: dict[str, tuple[int, int]] = {
    code: (column * SIZE, row * SIZE)
    for row, letters in enumerate(_ROWS)
    for column, word in enumerate(letters)
    if (code := region_code(word))
}
