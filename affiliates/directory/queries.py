"""Read-only queries for what the public sees of programs and affiliates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings as django_settings
from django.db.models import Count
from django.http import Http404, HttpRequest
from wagtail.models import Locale, Site
from wagtail.query import PageQuerySet

from affiliates.core.conf import settings
from affiliates.core.regions import COUNTRIES, REGIONS, country_of
from affiliates.core.states import AffiliationState, Network, Scope
from affiliates.core.text import MOST_WORDS, words
from affiliates.models import AffiliateLink, AffiliatePage, AffiliateProgramPage, Affiliation

UNLISTED = (AffiliationState.PAUSED, AffiliationState.ENDED)


@dataclass(frozen=True)
class Region:
    code: str

    @property
    def name(self) -> str:
        return REGIONS[self.code]

    @property
    def anchor(self) -> str:
        return region_anchor(self.code)


@dataclass(frozen=True)
class RegionListing(Region):
    affiliates: list[AffiliatePage]


@dataclass(frozen=True)
class RegionCount(Region):
    """``address`` leads from the page to this region."""

    count: int
    address: str


@dataclass(frozen=True)
class CountryListing:
    code: str
    regions: list[RegionListing]

    @property
    def name(self) -> str:
        return str(COUNTRIES[self.code])


def region_anchor(code: str) -> str:
    return code.lower()


def public_programs(site: Site | None) -> PageQuerySet:
    """Programs visible on this site, in all its languages, in tree order."""
    programs = AffiliateProgramPage.objects.live().public().order_by("path")
    if site is None:
        return programs
    below = programs.descendant_of(site.root_page)
    if not getattr(django_settings, "WAGTAIL_I18N_ENABLED", False):
        return below
    for root in site.root_page.get_translations():
        below |= programs.descendant_of(root)
    return below


def in_visitors_language(programs: PageQuerySet) -> AffiliateProgramPage | None:
    """The translation in the active language, else the first."""
    if not getattr(django_settings, "WAGTAIL_I18N_ENABLED", False):
        return programs.first()
    return programs.filter(locale=Locale.get_active()).first() or programs.first()


def listed_affiliates(program: AffiliateProgramPage) -> PageQuerySet:
    """Live, public affiliates, not paused or ended. New pages may have no affiliation yet. An alias
    is listed as long as the group of the page that it repeats.
    """
    children = AffiliatePage.objects.child_of(program).live().public()
    unlisted = Affiliation.objects.filter(state__in=UNLISTED).values("group_key")
    listed = children.exclude(translation_key__in=unlisted)
    return listed.exclude(alias_of__translation_key__in=unlisted).prefetch_related("links")


def listed_for(request: Any, program: AffiliateProgramPage) -> PageQuerySet:
    """The same, with the question which pages are private asked once for a request."""
    key = f"_affiliates_listed_{program.pk}"
    if not hasattr(request, key):
        setattr(request, key, listed_affiliates(program))
    return getattr(request, key)


def search_directory(
    program: AffiliateProgramPage,
    listed: PageQuerySet | None = None,
    *,
    q: str = "",
    region: str = "",
    scope: str = "",
    network: str = "",
) -> PageQuerySet:
    """Listed affiliates that match, by name and key, so that paging is stable.

    Each word of ``q`` is part of the name, place or text, without case and accents. ``region`` is a
    code, ``network`` one with a link. Unknown values, or a ``q`` without words, match nothing.
    """
    listed = listed_affiliates(program) if listed is None else listed
    found = listed.order_by("directory_name", "pk")
    wanted = words(q)
    choices = ((region, REGIONS), (scope, Scope.values), (network, Network.values))
    if (q.strip() and not wanted) or any(value and value not in known for value, known in choices):
        return found.none()
    chosen = {"region": region, "scope": scope}
    found = found.filter(**{field: value for field, value in chosen.items() if value})
    if network:
        found = found.filter(
            pk__in=AffiliateLink.objects.filter(network=network).values("affiliate")
        )
    for word in wanted[:MOST_WORDS]:
        found = found.filter(directory_words__contains=word)
    return found.defer("directory_name", "directory_words")


def region_counts(
    program: AffiliateProgramPage, listed: PageQuerySet | None = None
) -> list[RegionCount]:
    listed = listed_affiliates(program) if listed is None else listed
    counted = listed.prefetch_related(None).order_by().values("region").annotate(count=Count("pk"))
    counts: dict[str, int] = {row["region"]: row["count"] for row in counted}
    whole = sum(counts.values()) <= settings.DIRECTORY_WHOLE
    address = "#{0}" if whole else "?region={1}#results"
    return [
        RegionCount(code, counts[code], address.format(region_anchor(code), code))
        for code in _by_name(counts)
    ]


def directory(
    program: AffiliateProgramPage, listed: PageQuerySet | None = None
) -> list[CountryListing]:
    """Listed affiliates by country and region, with a constant number of queries."""
    by_region: dict[str, list[AffiliatePage]] = {}
    for affiliate in search_directory(program, listed):
        by_region.setdefault(affiliate.region, []).append(affiliate)
    listings = [RegionListing(code, by_region[code]) for code in _by_name(by_region)]
    countries = (
        CountryListing(country, [item for item in listings if country_of(item.code) == country])
        for country in COUNTRIES
    )
    return [country for country in countries if country.regions]


def _by_name(codes: Mapping[str, object]) -> list[str]:
    return sorted(REGIONS.keys() & codes.keys(), key=REGIONS.__getitem__)


def with_slug(pages: PageQuerySet, slug: str) -> PageQuerySet:
    """No database takes a NUL, so no page has one in its slug."""
    return pages.none() if "\0" in slug else pages.filter(slug=slug)


def find_program(request: HttpRequest, slug: str) -> AffiliateProgramPage:
    """The site's published program with this slug, in the visitor's language. Raises Http404."""
    programs = with_slug(public_programs(Site.find_for_request(request)), slug)
    program = in_visitors_language(programs)
    if program is None:
        raise Http404
    return program
