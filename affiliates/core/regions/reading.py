"""Reads the name of a region as people write it.

“Mass.”, “Washington, D.C.”, “Ohio, USA”, “State of Ohio”, “TX - Texas”, “Québec (QC)”, “us-tx”. A
text that can mean two regions, names two, or none, is refused in words that help. Of a text of any
length only ``LONGEST`` characters are looked at, and the time that takes is linear in them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from affiliates.core.regions import by_name, country_of, is_country, parent_of, region_name
from affiliates.core.regions.coverage import Coverage
from affiliates.core.regions.index import NONE, Codes, index_of, key_of, meanings, world
from affiliates.core.regions.near import MOST_NEAR, VERY_NEAR, nearest

LONGEST = 120
"""Characters of a text that may be one."""

SHOWN = 60
"""Characters of a text that an error repeats."""

MOST_WORDS = MOST_PARTS = 8

# “OR” is Oregon, “or” is not; neither is what follows a comma: “portland, or”.
_ITEMS = re.compile(
    r"[/;|&+\n]|(?<=[^\s,])\s+(?:or|oder|et|ou|y|[aA][nN][dD]|[uU][nN][dD])\s+(?=\S)"
)
_DETAILS = re.compile(r"[,:()\[\]]|\s[-–—]+\s|[–—]|-{2,}")
_SEPARATORS = re.compile(f"{_ITEMS.pattern}|{_DETAILS.pattern}")


def read_region(text: str, coverage: Coverage) -> str:
    """The code that a program with this coverage has for what the text names: a region of its
    choices, or one of its countries. Raises ``ValidationError`` (``unknown``, ``elsewhere``,
    ``larger``, ``ambiguous``, ``several``).
    """
    found = _read(text[: LONGEST + 1], coverage)
    if isinstance(found, str):
        return found
    raise ValidationError(found.message(text, coverage), code=found.kind)


def read_country(text: str, coverage: Coverage) -> str:
    """The same for a text that has to be a country: “CA” is Canada. Raises ``ValidationError``."""
    text = text[:LONGEST]
    found = [code for code in meanings(text, coverage) if is_country(code)]
    if len(found) == 1:
        return found[0]
    refusal = _lost(text, coverage)
    raise ValidationError(refusal.message(text, coverage), code=refusal.kind)


@dataclass(frozen=True)
class _Refusal:
    kind: str
    codes: tuple[str, ...] = ()

    def message(self, text: str, coverage: Coverage) -> str:
        shown = Truncator(text.strip()).chars(SHOWN)
        return _MESSAGES[self.kind](shown, self.codes, coverage)


def _unknown(text: str, near: tuple[str, ...], coverage: Coverage) -> str:
    said = _("We do not know the %(word)s “%(text)s”.") % {"word": coverage.word, "text": text}
    if not near:
        return said
    meant = _("Did you mean %(names)s?") % {"names": _either(map(region_name, near))}
    return f"{said} {meant}"


def _elsewhere(text: str, found: tuple[str, ...], coverage: Coverage) -> str:
    names = {"text": text, "country": region_name(found[0])}
    if key_of(names["country"]) == key_of(text):
        return _("The program does not work in this country: %(country)s.") % names
    return _("“%(text)s” (%(country)s): the program does not work there.") % names


def _larger(text: str, smaller: tuple[str, ...], coverage: Coverage) -> str:
    names = {"text": text, "names": _either(map(region_name, smaller))}
    return _("“%(text)s” has several parts here. Please choose one, such as %(names)s.") % names


def _ambiguous(text: str, meant: tuple[str, ...], coverage: Coverage) -> str:
    names = {"text": text, "names": _either(map(_in_full, meant))}
    return _("“%(text)s” can mean %(names)s. Please add the country.") % names


def _several(text: str, named: tuple[str, ...], coverage: Coverage) -> str:
    names = {"text": text, "names": ", ".join(map(region_name, named))}
    return _("“%(text)s” names more than one: %(names)s. Please choose one for each group.") % names


_MESSAGES = {
    "unknown": _unknown,
    "elsewhere": _elsewhere,
    "larger": _larger,
    "ambiguous": _ambiguous,
    "several": _several,
}


def _either(names: Iterable[str]) -> str:
    *first, last = (_("“%(name)s”") % {"name": name} for name in names)
    return _("%(names)s or %(last)s") % {"names": ", ".join(first), "last": last} if first else last


def _in_full(code: str) -> str:
    name, country = region_name(code), region_name(country_of(code))
    around = _("the country") if is_country(code) else country
    return _("%(name)s (%(around)s)") % {"name": name, "around": around}


@lru_cache(maxsize=4096)
def _read(text: str, coverage: Coverage) -> "str | _Refusal":
    if len(text) > LONGEST or len(_parts(_SEPARATORS, text)) > MOST_PARTS:
        return _Refusal("unknown")
    if meant := meanings(text, coverage):
        return _only(meant, coverage)
    items, whole = _parts(_ITEMS, text), _read_item(text, coverage)
    if len(items) < 2 or isinstance(whole, str):
        return whole
    found = [_read_item(item, coverage) for item in items]
    refusals = [one for one in found if isinstance(one, _Refusal)]
    regions = _inner(dict.fromkeys(one for one in found if isinstance(one, str)))
    if refusals:
        return refusals[0]
    return regions[0] if len(regions) == 1 else _Refusal("several", tuple(regions))


def _read_item(text: str, coverage: Coverage) -> "str | _Refusal":
    """All that stands between commas or brackets has to fit together: “Ontario, CA”."""
    parts = [piece for part in _parts(_DETAILS, text) for piece in _pieces(part, coverage)]
    meant = {part: meanings(part, coverage) for part in parts}
    told = [codes for codes in meant.values() if codes]
    if not told:
        return _lost(text, coverage)
    named = dict.fromkeys(code for codes in told for code in sorted(codes))
    fitting = _inner(code for code in named if all(_fits(code, codes) for codes in told))
    if not fitting:
        places = [code for code in named if code in coverage.codes]
        return _Refusal("several", tuple(places if len(places) > 1 else named))
    unread = [part for part, codes in meant.items() if not codes]
    near = next(filter(None, (nearest(part, coverage, VERY_NEAR) for part in unread)), ())
    if near or (unread and not any(code in coverage.codes for code in fitting)):
        return _Refusal("unknown", near or nearest(text, coverage))
    return _only(frozenset(fitting), coverage)


def _pieces(text: str, coverage: Coverage) -> list[str]:
    """“Ohio USA” and “TX-Texas” as their two names; a text that is not made of names as it is."""
    words, pieces = re.split(r"[\s-]+", text)[: MOST_WORDS + 1], []
    if len(words) > MOST_WORDS or meanings(text, coverage):
        return [text]
    while words:
        ends = range(len(words), 0, -1)
        end = next((end for end in ends if meanings(" ".join(words[:end]), coverage)), 0)
        if not end:
            return _with_letters(text, coverage)
        pieces.append(" ".join(words[:end]))
        words = words[end:]
    return pieces


def _with_letters(text: str, coverage: Coverage) -> list[str]:
    """“Portland OR”: the letters at the end count, if they are capitals."""
    before, _space, last = text.rpartition(" ")
    return [before, last] if last.isupper() and meanings(last, coverage) else [text]


def _fits(code: str, meant: Codes) -> bool:
    return code in meant or country_of(code) in meant


def _inner(codes: Iterable[str]) -> list[str]:
    """Without countries that only stand around another one."""
    kept = list(codes)
    around = {country_of(code) for code in kept if not is_country(code)}
    return [code for code in kept if code not in around]


def _only(codes: Codes, coverage: Coverage) -> "str | _Refusal":
    """Of a region to choose and a country that shares its name, the region: “CA” is California."""
    places = [code for code in codes if code in coverage.codes] or sorted(codes)
    return places[0] if len(places) == 1 else _Refusal("ambiguous", tuple(sorted(places)))


def _lost(text: str, coverage: Coverage) -> _Refusal:
    key = key_of(text)
    if parts := _inside(index_of(coverage).names.get(key, NONE), coverage):
        return _Refusal("larger", tuple(by_name(parts)[:MOST_NEAR]))
    for part in (text, *reversed(_parts(_DETAILS, text))):
        known = world().get(key_of(part), NONE)
        elsewhere = {code for code in known if is_country(code)} or set(map(country_of, known))
        if len(elsewhere) == 1:
            return _Refusal("elsewhere", tuple(elsewhere))
    return _Refusal("unknown", nearest(text, coverage))


def _inside(codes: Codes, coverage: Coverage) -> list[str]:
    return [code for code in coverage.codes if parent_of(code) in codes]


def _parts(separators: re.Pattern[str], text: str) -> list[str]:
    return [part.strip() for part in separators.split(text) if key_of(part)]
