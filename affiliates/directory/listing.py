"""The directory on the program page and in the embed: short ones whole, others in pages."""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import QueryDict

from affiliates.core.conf import settings
from affiliates.core.regions import region_name
from affiliates.core.states import Network, Scope
from affiliates.directory import queries
from affiliates.directory.region_map import RegionMap, region_map
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
    """``countries`` for a whole directory, else ``results``, one page of matches."""

    search: Search
    regions: list[queries.RegionCount]
    countries: list[queries.CountryListing]
    results: Page | None
    scopes = Scope.choices
    networks = Network.choices

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
    def map(self) -> RegionMap:
        return region_map(self.regions)

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
    if sum(region.count for region in regions) <= settings.DIRECTORY_WHOLE and not search.wanted:
        return Directory(search, regions, queries.directory(program, listed), None)
    found = queries.search_directory(program, listed, **search.wanted)
    pages = Paginator(found, settings.DIRECTORY_PAGE)
    if search.wanted.keys() <= {"region"}:
        # The regions were counted above, which saves a query.
        pages.count = sum(item.count for item in regions if search.region in ("", item.code))
    return Directory(search, regions, [], pages.get_page(query.get("page")))


def _readable(value: str) -> str:
    return " ".join(value[:LETTERS].replace("\0", "").split())
