"""What the public sees of programs and affiliates. Nothing here changes anything."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from affiliates.regions import COUNTRIES, REGIONS, country_of
from affiliates.states import Standing

if TYPE_CHECKING:
    from wagtail.query import PageQuerySet

    from affiliates.models import AffiliatePage, AffiliateProgramPage

UNLISTED = (Standing.PAUSED, Standing.ENDED)


@dataclass(frozen=True)
class RegionListing:
    """A state or province and its affiliates, by name. ``anchor`` is an id for the page."""

    code: str
    affiliates: "list[AffiliatePage]"

    @property
    def name(self) -> str:
        return REGIONS[self.code]

    @property
    def anchor(self) -> str:
        return region_anchor(self.code)


@dataclass(frozen=True)
class CountryListing:
    """A country and those of its regions that have affiliates, by name."""

    code: str
    regions: list[RegionListing]

    @property
    def name(self) -> str:
        return str(COUNTRIES[self.code])


def region_anchor(code: str) -> str:
    return code.lower()


def listed_affiliates(program: "AffiliateProgramPage") -> "PageQuerySet":
    """Affiliates that the public sees: live, not private, neither paused nor ended."""
    from affiliates.models import AffiliatePage

    children = AffiliatePage.objects.child_of(program).live().public()
    return children.exclude(standing__in=UNLISTED).prefetch_related("links")


def directory(program: "AffiliateProgramPage") -> list[CountryListing]:
    """The listed affiliates by country and region, as many queries for one as for a thousand."""
    by_region: dict[str, list[AffiliatePage]] = {}
    for affiliate in sorted(listed_affiliates(program), key=lambda page: page.title.casefold()):
        by_region.setdefault(affiliate.region, []).append(affiliate)
    listings = [RegionListing(code, by_region[code]) for code in _by_name(by_region)]
    countries = (
        CountryListing(country, [item for item in listings if country_of(item.code) == country])
        for country in COUNTRIES
    )
    return [country for country in countries if country.regions]


def _by_name(codes: dict[str, list["AffiliatePage"]]) -> list[str]:
    return sorted(REGIONS.keys() & codes.keys(), key=REGIONS.__getitem__)
