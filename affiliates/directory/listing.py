"""The directory on the program page and in the embed: short ones whole, others in pages."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.translation import gettext as _

from affiliates.core.conf import settings
from affiliates.core.networks import label_of
from affiliates.core.regions import country_of, is_country, region_name
from affiliates.core.regions.coverage import Coverage
from affiliates.core.scopes import as_choices, scopes_of
from affiliates.core.states import Scope
from affiliates.directory import queries
from affiliates.directory.region_map import MAPPED, RegionMap, region_map
from affiliates.models import AffiliateProgramPage

LETTERS = 200
"""The longest search that is used; the rest is cut off."""


@dataclass(frozen=True)
class Search:
    q: str = ""
    region: str = ""
    scope: str = ""
    network: str = ""

    @classmethod
    def from_query(cls, query: QueryDict) -> "Search":
        names = [field.name for field in fields(cls)]
        return cls(**{name: _readable(query.get(name, "")) for name in names})

    @property
    def wanted(self) -> dict[str, str]:
        """The given conditions, by their name in the query and in ``queries.search_directory``."""
        return {name: value for name, value in vars(self).items() if value}

    @property
    def address(self) -> str:
        """The query string that repeats this search, ready to append to."""
        return f"?{urlencode(self.wanted)}&" if self.wanted else "?"

    @property
    def region_name(self) -> str:
        return region_name(self.region)

    @property
    def only_region(self) -> bool:
        return list(self.wanted) == ["region"]


@dataclass(frozen=True)
class Directory:
    """``countries`` for a whole directory, else ``results``, one page of matches. ``counted``: the
    ``regions`` by country.
    """

    search: Search
    coverage: Coverage
    regions: list[queries.RegionCount]
    counted: list[queries.Country[queries.RegionCount]]
    countries: list[queries.Country[queries.RegionListing]]
    results: Page | None
    networks: list[tuple[str, str]]

    @cached_property
    def count(self) -> int:
        return sum(region.count for region in self.regions)

    @property
    def first_position(self) -> int:
        return self.results.start_index() if self.results else 1

    @property
    def has_form(self) -> bool:
        return self.results is not None

    @property
    def scopes(self) -> list[tuple[str, str]]:
        known = scopes_of(self.coverage)
        chosen = [scope for scope in Scope if scope == self.search.scope]
        return as_choices(dict.fromkeys([*known, *chosen]), self.coverage)

    @property
    def region_choices(self) -> list[tuple[str, str, list[tuple[str, str, int]]]]:
        """Each country's code and name, and its regions with their counts, to choose from. Without
        a name where there is just one country. Who works online only is found by the scope.
        """
        named = [country for country in self.counted if country.code]
        return [
            (one.code, one.name if len(named) > 1 else "", list(_choices(one))) for one in named
        ]

    @property
    def map(self) -> RegionMap | None:
        """Of the US and Canada, if the program tells their regions apart."""
        return region_map(self.regions) if MAPPED & {*self.coverage.divided} else None

    @property
    def region_lists(self) -> list[tuple[str, list[queries.RegionCount]]]:
        """Each country's name and its regions; without a name those that are one themselves, and
        all of them if there is one country, or if the map says where they are.
        """
        named = [country for country in self.counted if country.code]
        if len(named) < 2 or all(country.code in MAPPED for country in named):
            return [("", self.regions)]
        lists = [(country.name, country.regions) for country in named if not country.is_whole]
        whole = [one for country in self.counted if country.is_whole for one in country.regions]
        return [*lists, *([("", whole)] if whole else [])]

    @property
    def is_for_search_engines(self) -> bool:
        """Index pages of the directory and of a region, but no other searches."""
        wanted = self.search.wanted
        return self.results is None or bool(
            self.results.paginator.count and wanted.keys() <= {"region"}
        )

    @property
    def canonical_query(self) -> str:
        """The part of the query that distinguishes this page from the program's first."""
        named = {"region": self.search.region}
        if self.results is not None and self.results.number > 1:
            named["page"] = str(self.results.number)
        query = urlencode({name: value for name, value in named.items() if value})
        return f"?{query}" if query else ""


def show_directory(program: AffiliateProgramPage, request: Any) -> Directory:
    query = request.GET
    search = Search.from_query(query)
    listed = queries.listed_for(request, program)
    regions = queries.region_counts(program, listed)
    counts = (program.coverage, regions, queries.by_country(program, regions))
    networks = [(name, label_of(name)) for name in program.network_names]
    if sum(region.count for region in regions) <= settings.DIRECTORY_WHOLE and not search.wanted:
        return Directory(search, *counts, queries.directory(program, listed), None, networks)
    found = queries.search_directory(program, listed, **search.wanted)
    pages = Paginator(found, settings.DIRECTORY_PAGE)
    if search.wanted.keys() <= {"region"}:
        # The regions were counted above, which saves a query.
        pages.count = sum(item.count for item in regions if _is_within(item.code, search.region))
    return Directory(search, *counts, [], pages.get_page(query.get("page")), networks)


def _choices(country: queries.Country[queries.RegionCount]) -> Iterator[tuple[str, str, int]]:
    for region in country.regions:
        if not region.is_country:
            yield region.code, region.name, region.count
    count = sum(region.count for region in country.regions)
    yield country.code, _("All of the country") if len(country.regions) > 1 else country.name, count


def _is_within(code: str, wanted: str) -> bool:
    return wanted in ("", code) or (is_country(wanted) and country_of(code) == wanted)


def _readable(value: str) -> str:
    return " ".join(value[:LETTERS].replace("\0", "").split())
