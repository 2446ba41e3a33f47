"""What the public sees of programs and affiliates. Nothing here changes anything."""

from collections.abc import Mapping
from dataclasses import dataclass

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
    """A state or province. ``anchor`` is its id on the page."""

    code: str

    @property
    def name(self) -> str:
        return REGIONS[self.code]

    @property
    def anchor(self) -> str:
        return region_anchor(self.code)


@dataclass(frozen=True)
class RegionListing(Region):
    """A state or province and its affiliates, by name."""

    affiliates: list[AffiliatePage]


@dataclass(frozen=True)
class RegionCount(Region):
    """A state or province and how many affiliates it has; ``address`` leads there from the page."""

    count: int
    address: str


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


def public_programs(site: Site | None) -> PageQuerySet:
    """The programs that visitors of this site see, in all its languages, in its tree's order."""
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
    """Of several translations the one in the language that is active, else the first."""
    if not getattr(django_settings, "WAGTAIL_I18N_ENABLED", False):
        return programs.first()
    return programs.filter(locale=Locale.get_active()).first() or programs.first()


def listed_affiliates(program: AffiliateProgramPage) -> PageQuerySet:
    """Affiliates that the public sees: live, not private, neither paused nor ended.

    A page that is new has no affiliation for a moment, and is listed at once.
    """
    children = AffiliatePage.objects.child_of(program).live().public()
    unlisted = Affiliation.objects.filter(state__in=UNLISTED).values("group_key")
    return children.exclude(translation_key__in=unlisted).prefetch_related("links")


def search_directory(
    program: AffiliateProgramPage,
    *,
    q: str = "",
    region: str = "",
    scope: str = "",
    network: str = "",
) -> PageQuerySet:
    """The listed affiliates that fit, by name and then key: the same order on every page.

    Each word of ``q`` is somewhere in the name, the place or the text, whatever its case and
    accents; part of a word is enough. ``region`` is a code, ``network`` one that the group has a
    link to. An unknown value, or a ``q`` without words, finds nothing.
    """
    found = listed_affiliates(program).order_by("directory_name", "pk")
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


def region_counts(program: AffiliateProgramPage) -> list[RegionCount]:
    """The regions that have listed affiliates, by name, with their number."""
    listed = listed_affiliates(program).prefetch_related(None).order_by()
    counted = listed.values("region").annotate(count=Count("pk"))
    counts: dict[str, int] = {row["region"]: row["count"] for row in counted}
    whole = sum(counts.values()) <= settings.DIRECTORY_WHOLE
    address = "#{0}" if whole else "?region={1}#results"
    return [
        RegionCount(code, counts[code], address.format(region_anchor(code), code))
        for code in _by_name(counts)
    ]


def directory(program: AffiliateProgramPage) -> list[CountryListing]:
    """The listed affiliates by country and region, as many queries for one as for a thousand."""
    by_region: dict[str, list[AffiliatePage]] = {}
    for affiliate in search_directory(program):
        by_region.setdefault(affiliate.region, []).append(affiliate)
    listings = [RegionListing(code, by_region[code]) for code in _by_name(by_region)]
    countries = (
        CountryListing(country, [item for item in listings if country_of(item.code) == country])
        for country in COUNTRIES
    )
    return [country for country in countries if country.regions]


def _by_name(codes: Mapping[str, object]) -> list[str]:
    return sorted(REGIONS.keys() & codes.keys(), key=REGIONS.__getitem__)


def find_program(request: HttpRequest, slug: str) -> AffiliateProgramPage:
    """The published program with this slug on the request's site, in the visitor's language if
    there are translations. Raises Http404.
    """
    programs = public_programs(Site.find_for_request(request)).filter(slug=slug.replace("\0", ""))
    program = in_visitors_language(programs)
    if program is None:
        raise Http404
    return program
