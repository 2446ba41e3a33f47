"""Where a group works within its region, and which of these answers fit a region."""

from collections.abc import Iterable

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from affiliates.core.regions import country_of, is_country, region_name
from affiliates.core.regions.coverage import Coverage
from affiliates.core.states import Scope

_WHOLE_REGION = {"US": Scope.STATE, "CA": Scope.PROVINCIAL}
_OF_ONE_COUNTRY = {scope: country for country, scope in _WHOLE_REGION.items()}
EVERYWHERE = (Scope.LOCAL, Scope.NATIONAL, Scope.ONLINE)


def whole(region: str) -> Scope:
    """The scope of a group that works in all of the region; ``""`` is none."""
    if not region:
        return Scope.ONLINE
    return Scope.NATIONAL if is_country(region) else of_regions(country_of(region))


def of_regions(country: str) -> Scope:
    return _WHOLE_REGION.get(country, Scope.REGIONAL)


def scopes_of(coverage: Coverage) -> list[Scope]:
    """What groups of a program may answer."""
    return [*dict.fromkeys(map(of_regions, coverage.divided)), *EVERYWHERE]


def as_choices(scopes: Iterable[Scope], coverage: Coverage) -> list[tuple[str, str]]:
    """In the words of a program: “County” rather than “Regional”."""
    labels = {Scope.REGIONAL: capfirst(coverage.part)}
    return [(scope.value, labels.get(scope) or str(scope.label)) for scope in scopes]


def scope_name(scope: str) -> str:
    return str(Scope(scope).label) if scope in Scope.values else scope


def where(scope: str, region: str, locality: str) -> str:
    """Where a group works, in words: “Dayton, Ohio”, “All of Ohio”."""
    if scope == Scope.LOCAL:
        return ", ".join(filter(None, (locality, region_name(region))))
    if scope == Scope.ONLINE or not region:
        return ", ".join(filter(None, (str(Scope.ONLINE.label), region_name(region))))
    if is_country(region):
        return _("%(country)s as a whole") % {"country": region_name(region)}
    return _("All of %(region)s") % {"region": region_name(region)}


def misfit(scope: str, region: str) -> str:
    """What is wrong with a scope that the region does not have, in words; else ``""``."""
    if not region or scope in (Scope.LOCAL, Scope.ONLINE) or scope == whole(region):
        return ""
    if scope == Scope.NATIONAL:
        return _("A national group works in all of its country. Choose the country as its region.")
    own = _OF_ONE_COUNTRY.get(Scope(scope), "")
    if own and own != country_of(region):
        return _("This scope is for one country only: %(country)s.") % {"country": region_name(own)}
    names = {"region": region_name(region), "right": whole(region).label}
    return _("%(region)s: groups that work in all of it have the scope “%(right)s”.") % names
