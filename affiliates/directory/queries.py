"""Read-only queries for what the public sees of programs and affiliates."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from django.conf import settings as django_settings
from django.db.models import Case, Count, Prefetch, Q, When
from django.http import Http404, HttpRequest
from wagtail.models import Locale, Site
from wagtail.query import PageQuerySet

from affiliates.core.conf import settings
from affiliates.core.regions import by_name, country_of, is_country, is_region, region_name
from affiliates.core.states import AffiliationState, Scope
from affiliates.core.text import MOST_WORDS, words
from affiliates.models import AffiliateLink, AffiliatePage, AffiliateProgramPage, Affiliation

UNLISTED = (AffiliationState.PAUSED, AffiliationState.ENDED)


@dataclass(frozen=True)
class Region:
    code: str

    @property
    def name(self) -> str:
        return region_name(self.code) or str(Scope.ONLINE.label)

    @property
    def anchor(self) -> str:
        return region_anchor(self.code)

    @property
    def is_country(self) -> bool:
        return is_country(self.code)


Kind = TypeVar("Kind", bound=Region)


@dataclass(frozen=True)
class RegionListing(Region):
    affiliates: list[AffiliatePage]


@dataclass(frozen=True)
class RegionCount(Region):
    """``address`` leads from the page to this region."""

    count: int
    address: str


@dataclass(frozen=True)
class Country(Region, Generic[Kind]):
    """``regions`` may hold the country itself, for groups that work in all of it. Its own code is
    empty for groups that work online.
    """

    regions: list[Kind]

    @property
    def is_whole(self) -> bool:
        """Whether it is the only region."""
        return [region.code for region in self.regions] == [self.code]


def region_anchor(code: str) -> str:
    return code.lower() or Scope.ONLINE.value


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
    or a second page is listed as long as the group of the page that it repeats.
    """
    children = AffiliatePage.objects.child_of(program).live().public()
    unlisted = Affiliation.objects.filter(state__in=UNLISTED).values("group_key")
    return children.exclude(group_key__in=unlisted).prefetch_related(_shown_links(program))


def _shown_links(program: AffiliateProgramPage) -> Prefetch:
    """As ``program.shown_links`` for many pages."""
    shown = program.network_names
    order = [When(network=name, then=place) for place, name in enumerate(shown)]
    links = AffiliateLink.objects.filter(network__in=shown)
    return Prefetch("links", links.order_by(Case(*order, default=len(order)), "pk"))


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
    code, and that of a country matches all in it; ``network`` one with a link. Unknown values, or a
    ``q`` without words, match nothing.
    """
    listed = listed_affiliates(program) if listed is None else listed
    found = listed.order_by("directory_name", "pk")
    wanted = words(q)
    choices = ((scope, Scope.values), (network, program.network_names))
    is_unknown = any(value and value not in known for value, known in choices)
    if is_unknown or (q.strip() and not wanted) or (region and not is_region(region)):
        return found.none()
    if region:
        found = found.filter(within(region))
    if scope:
        found = found.filter(scope=scope)
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
    find = partial(_search_for, program)
    return [
        RegionCount(code, counts[code], f"#{region_anchor(code)}" if whole else find(code))
        for code in by_name(filter(_is_shown, counts))
    ]


def within(region: str, field: str = "region") -> Q:
    """Groups of this region, or of this country and its regions."""
    found = Q(**{field: region})
    return found | Q(**{f"{field}__startswith": f"{region}-"}) if is_country(region) else found


def _search_for(program: AffiliateProgramPage, code: str) -> str:
    """Leads to the groups that are counted: to those in all of a country, not to all in it."""
    parts = [f"region={code}"] if code else [f"scope={Scope.ONLINE}"]
    if code in program.coverage.divided:
        parts.append(f"scope={Scope.NATIONAL}")
    return f"?{'&'.join(parts)}#results"


def directory(
    program: AffiliateProgramPage, listed: PageQuerySet | None = None
) -> list[Country[RegionListing]]:
    """Listed affiliates by country and region, with a constant number of queries."""
    by_region: dict[str, list[AffiliatePage]] = {}
    for affiliate in search_directory(program, listed):
        by_region.setdefault(affiliate.region, []).append(affiliate)
    codes = by_name(filter(_is_shown, by_region))
    return by_country(program, [RegionListing(code, by_region[code]) for code in codes])


def by_country(program: AffiliateProgramPage, regions: Iterable[Kind]) -> list[Country[Kind]]:
    """In the program's order, then other countries by name; at the end, what is only online."""
    found: dict[str, list[Kind]] = {}
    for region in regions:
        found.setdefault(country_of(region.code), []).append(region)
    first = [country for country, _division in program.coverage.countries]
    order = dict.fromkeys([*first, *by_name(filter(None, found)), ""])
    return [Country(code, found[code]) for code in order if code in found]


def _is_shown(code: str) -> bool:
    return not code or is_region(code)


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
