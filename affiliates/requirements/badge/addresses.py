"""Where a group is on the web, and by what its badge is known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from affiliates.core.networks.known import WEBSITE
from affiliates.core.networks.links import link_key
from affiliates.models import AffiliateLink, AffiliatePage, AffiliateProgramPage, Affiliation
from affiliates.requirements.badge.looking import Wanted
from affiliates.requirements.badge.pictures import Fingerprint, fingerprint
from workflows.core.links import absolute_url


def badge_address(affiliation: Affiliation) -> str:
    """The badge's own address for this group, on the host of its program's page."""
    return urljoin(site_address(affiliation.program), badge_path(affiliation))


def badge_path(affiliation: Affiliation) -> str:
    return reverse("affiliates:badge", args=[affiliation.group_key])


def site_address(program: AffiliateProgramPage) -> str:
    return program.get_full_url() or absolute_url("/")


def websites_of(affiliations: Sequence[Affiliation]) -> dict[int, str]:
    """The first of each page's websites, by the key of the affiliation."""
    keys = [affiliation.page_id for affiliation in affiliations if affiliation.page_id]
    links = first_websites().filter(affiliate__in=keys)
    first = dict(reversed(links.values_list("affiliate", "url")))
    return {one.pk: first[one.page_id] for one in affiliations if one.page_id in first}


def first_websites() -> QuerySet[AffiliateLink]:
    """Those of each page in their order: the first is where a worker looks."""
    links = AffiliateLink.objects.filter(network=WEBSITE)
    return links.order_by("sort_order", "pk")


@dataclass(frozen=True)
class WantedOfProgram:
    """What is the same for all groups of a program."""

    program: AffiliateProgramPage
    wanted: Wanted


def wanted_of(affiliation: Affiliation, of_programs: dict[int, WantedOfProgram]) -> Wanted:
    """``of_programs`` keeps what was found out before, by the key of the program."""
    key = affiliation.program_id
    if key not in of_programs:
        of_programs[key] = _wanted_of(affiliation.program)
    affiliation.program, shared = of_programs[key].program, of_programs[key].wanted
    own_badge = _without_scheme(badge_address(affiliation))
    page = affiliation.page
    return replace(
        shared,
        addresses=[own_badge, *shared.addresses],
        links=shared.links | (_link_keys(page) if page else set()),
    )


def _wanted_of(program: AffiliateProgramPage) -> WantedOfProgram:
    pictures = _picture_addresses(program, site_address(program))
    wanted = Wanted(
        addresses=[_without_scheme(address) for address in pictures],
        links=_link_keys(program),
        words=[word for word in program.title.lower().split() if len(word) > 3],
        badge=cache(partial(_fingerprint_of, program)),
    )
    return WantedOfProgram(program, wanted)


def _link_keys(page: AffiliatePage | AffiliateProgramPage) -> set[str]:
    return {link_key(url) for one in _in_all_languages(page) if (url := one.get_full_url())}


def _in_all_languages(page: AffiliatePage | AffiliateProgramPage) -> Iterable:
    has_others = getattr(settings, "WAGTAIL_I18N_ENABLED", False)
    return (page, *page.get_translations().live()) if has_others else (page,)


def _picture_addresses(program: AffiliateProgramPage, site: str) -> list[str]:
    badge = program.badge
    files = [badge.file, *(one.file for one in badge.renditions.all())] if badge else []
    return [urljoin(site, file.url) for file in files]


def _without_scheme(address: str) -> str:
    parts = urlsplit(address)
    return unquote(f"{parts.netloc}{parts.path}")


def _fingerprint_of(program: AffiliateProgramPage) -> Fingerprint | None:
    if program.badge is None:
        return None
    with program.badge.open_file() as file:
        return fingerprint(file.read())
