"""Where a program works: in which countries, how finely it tells regions apart, and their name."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from affiliates.core.regions import (
    by_name,
    country_of,
    large_regions,
    parent_of,
    region_name,
    small_regions,
)
from affiliates.core.regions.words import COUNTRY, joined, word_for

Choice = tuple[str, str]


class Division(models.TextChoices):
    """How a program tells the regions of a country apart."""

    LARGE = "large", gettext_lazy("By its main regions, such as states or provinces")
    SMALL = "small", gettext_lazy("By its smallest regions, such as counties")
    NONE = "none", gettext_lazy("Not at all: the country is the region")


_REGIONS = {
    Division.LARGE: large_regions,
    Division.SMALL: small_regions,
    Division.NONE: lambda country: [],
}


@dataclass(frozen=True)
class Coverage:
    """``countries``: the code and division of each, in the program's order. ``called``: the
    program's own word for a region, within a sentence; empty for that of the countries.
    """

    countries: tuple[tuple[str, str], ...]
    called: str = ""

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]], called: str) -> "Coverage":
        """Of rows with ``country`` and ``regions``, a ``Division``."""
        return _kept(tuple((row["country"], row["regions"]) for row in rows), called)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Of all regions to choose from. A country without regions is one itself."""
        return tuple(code for country, _division in self.countries for code in self.within(country))

    def within(self, country: str) -> tuple[str, ...]:
        return _regions(country, dict(self.countries)[country])

    @property
    def divided(self) -> list[str]:
        """Countries that consist of regions here."""
        return [country for country, _division in self.countries if not self.is_whole(country)]

    def is_whole(self, country: str) -> bool:
        return self.within(country) == (country,)

    def only(self, country: str) -> "Coverage":
        """What it covers of one of its countries."""
        return _kept(tuple(pair for pair in self.countries if pair[0] == country), self.called)

    def place_of(self, code: str) -> str:
        """The region to choose for this one: itself, or one that it is part of; else ``""``."""
        while code and code not in self._codes:
            code = parent_of(code)
        return code

    @cached_property
    def _codes(self) -> frozenset[str]:
        return frozenset(self.codes)

    @property
    def word(self) -> str:
        """Of a region, within a sentence: “state or province”."""
        return self._joined(self.countries)

    @property
    def part(self) -> str:
        """Of what is part of a country, where that is no state of the US or province of Canada."""
        return self._joined(
            (country, division)
            for country, division in self.countries
            if country not in ("US", "CA") and not self.is_whole(country)
        )

    def _joined(self, countries: Iterable[tuple[str, str]]) -> str:
        words = (
            COUNTRY if self.is_whole(country) else word_for(country, small=division == "small")
            for country, division in countries
        )
        return self.called or joined(words)

    @property
    def label(self) -> str:
        """The word alone: “State or province”."""
        return capfirst(self.word)

    def grouped(self) -> Iterator[tuple[str, list[str]]]:
        """Each divided country with its regions by name; those that are not divided as ``""``."""
        for country in self.divided:
            yield country, by_name(self.within(country))
        whole = [country for country, _division in self.countries if self.is_whole(country)]
        if whole:
            yield "", by_name(whole)

    def choices(self) -> list[Any]:
        """For a select element; by country if there is more than one. The last choice of a country
        is for groups that work in all of it.
        """
        return _choices_in(self, get_language())

    def _new_choices(self) -> list[Any]:
        groups = [
            (country, list(self._choices(country, codes))) for country, codes in self.grouped()
        ]
        if len(groups) == 1:
            return groups[0][1]
        return [
            (region_name(country) if country else _("Other countries"), choices)
            for country, choices in groups
        ]

    def _choices(self, country: str, codes: list[str]) -> Iterator[Choice]:
        for code in codes:
            yield code, region_name(code)
        if country:
            yield country, _("%(country)s as a whole") % {"country": region_name(country)}

    def has(self, code: str) -> bool:
        """Whether it stands among the choices."""
        return code in self._codes or code in self.divided

    def outside(self, codes: Iterable[str]) -> list[str]:
        """The countries of these regions that are not covered, by name."""
        covered = {"", *dict(self.countries)}
        return by_name({country_of(code) for code in codes} - covered)


@lru_cache(maxsize=512)
def _choices_in(coverage: Coverage, language: str | None) -> list[Any]:
    return coverage._new_choices()


_kept = lru_cache(maxsize=512)(Coverage)

NORTH_AMERICA = Coverage((("US", "large"), ("CA", "large")))
"""Of a new program."""


@lru_cache(maxsize=512)
def _regions(country: str, division: str) -> tuple[str, ...]:
    return tuple(_REGIONS[Division(division)](country)) or (country,)
