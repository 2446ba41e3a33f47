"""All that regions are called, by a key that ignores how it is written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from affiliates.core.regions import (
    all_codes,
    all_names,
    all_regions,
    country_of,
    former_codes,
    is_country,
)
from affiliates.core.regions.coverage import Coverage
from affiliates.core.regions.spellings import OTHER
from affiliates.core.text import fold

Codes = frozenset[str]
Found = dict[str, set[str]]
NONE: Codes = frozenset()

_AFTER = frozenset(
    {
        *("state", "province", "prov", "territory", "region", "land", "canton", "kanton"),
        *("departement", "provincia", "provincie", "bundesland", "prefecture", "governorate"),
        *("voivodeship", "oblast", "all", "whole", "statewide", "provincewide", "country"),
    }
)
_IN_NAMES = _AFTER | {"county", "department", "district", "republic"}
_BEFORE = _IN_NAMES | {
    *("a", "the", "of", "de", "del", "du", "des", "la", "le", "el", "di", "da", "do", "d", "l"),
    *("commonwealth", "co", "entire", "estado", "etat", "stato", "freistaat"),
}
"""Words around a name that say what it is. “Washington County” is not Washington, but
“Stockholm County” is Stockholm."""

_JOINING = frozenset({"and", "und", "et"})
_LONG_FORMS = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})


@lru_cache(maxsize=4096)
def meanings(text: str, coverage: Coverage) -> Codes:
    """All that it can mean here, by the first of these that finds any: names, letters and codes,
    names in other languages; each as it stands, and without “State of” and the like.
    """
    index = index_of(coverage)
    keys = list(_keys(fold(text).split(), _AFTER))
    for names in (index.names, index.letters, index.translations):
        for key in keys:
            if codes := chosen(names.get(key, NONE), coverage):
                return codes
    return NONE


def chosen(codes: Codes, coverage: Coverage) -> Codes:
    places = {coverage.place_of(code) for code in codes} - {""}
    return frozenset(places | {code for code in codes if coverage.has(code)})


def key_of(text: str) -> str:
    return _joined(fold(text).split())


def _joined(words: list[str]) -> str:
    kept = [_LONG_FORMS.get(word, word) for word in words if word not in _JOINING]
    return "".join(kept or words)


def _keys(words: list[str], after: Codes) -> Iterator[str]:
    """Of a name, and of the same without the words around it."""
    start, end = 0, len(words)
    while start < end and words[start] in _BEFORE:
        start += 1
    while end > start and words[end - 1] in after:
        end -= 1
    yield _joined(words)
    yield _joined(words[start:])
    yield _joined(words[:end])
    yield _joined(words[start:end])


def _names(*names: str) -> Iterator[str]:
    """The keys of names; also with “ue” for “ü”."""
    for name in names:
        yield from _keys(fold(name).split(), _IN_NAMES)
        yield key_of(name.casefold().translate(_UMLAUTS))


@dataclass(frozen=True)
class Index:
    names: dict[str, Codes]
    letters: dict[str, Codes]
    translations: dict[str, Codes]


@lru_cache(maxsize=64)
def index_of(coverage: Coverage) -> Index:
    """Of all regions in the program's countries, also those that it does not tell apart."""
    names: Found = {}
    letters: Found = {}
    translations: Found = {}
    for country, _division in coverage.countries:
        for code in (country, *all_regions(country)):
            first, *others = all_names(code)
            _add(names, code, _names(first, *OTHER.get(code, ())))
            _add(letters, code, map(key_of, _letters(code, coverage)))
            _add(translations, code, _names(*others))
    for old, new in former_codes().items():
        _add(letters, new, [key_of(old)])
    return Index(_frozen(names), _frozen(letters), _frozen(translations))


def _letters(code: str, coverage: Coverage) -> Iterator[str]:
    """The code, and its second part, such as TX, where regions are told apart."""
    yield code
    letters = code.partition("-")[2]
    if letters and not coverage.is_whole(country_of(code)):
        yield letters


@lru_cache(maxsize=1)
def world() -> dict[str, Codes]:
    """The codes and English names of all regions, and all names of countries."""
    found: Found = {}
    for code in all_codes():
        names = all_names(code) if is_country(code) else all_names(code)[:1]
        codes = () if is_country(code) else (code,)
        for name in (*names, *OTHER.get(code, ()), *codes):
            found.setdefault(key_of(name), set()).add(code)
    return _frozen(found)


def _add(found: Found, code: str, keys: Iterable[str]) -> None:
    for key in filter(None, keys):
        found.setdefault(key, set()).add(code)


def _frozen(found: Found) -> dict[str, Codes]:
    return {key: frozenset(codes) for key, codes in found.items()}
