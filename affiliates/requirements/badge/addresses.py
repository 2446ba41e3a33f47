"""Where a group is on the web, and by what its badge is known."""

from collections.abc import Iterable, Sequence
from functools import partial
from urllib.parse import unquote, urljoin, urlsplit

from django.urls import reverse

from affiliates.core.networks import link_key
from affiliates.core.states import Network
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
    links = AffiliateLink.objects.filter(affiliate__in=keys, network=Network.WEBSITE)
    first = dict(reversed(links.order_by("sort_order", "pk").values_list("affiliate", "url")))
    return {one.pk: first[one.page_id] for one in affiliations if one.page_id in first}


def wanted_of(affiliation: Affiliation) -> Wanted:
    program, page = affiliation.program, affiliation.page
    pages = [one for first in (program, page) if first for one in _in_all_languages(first)]
    site = site_address(program)
    pictures = [badge_address(affiliation), *_picture_addresses(program, site)]
    return Wanted(
        addresses=[_without_scheme(address) for address in pictures],
        links={link_key(url) for one in pages if (url := one.get_full_url())},
        words=[word for word in program.title.lower().split() if len(word) > 3],
        badge=partial(_fingerprint_of, program),
    )


def _in_all_languages(page: AffiliatePage | AffiliateProgramPage) -> Iterable:
    return (page, *page.get_translations().live())


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
