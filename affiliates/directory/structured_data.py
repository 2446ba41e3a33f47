"""A page's schema.org data as JSON-LD. It says only what the page says."""

import json
from collections.abc import Iterable
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from affiliates.core.regions import country_of, is_country, region_name
from affiliates.core.states import Scope
from affiliates.directory.listing import Directory
from affiliates.models import AffiliateLink, AffiliatePage, AffiliateProgramPage

Data = dict[str, Any]

_ESCAPES = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


def as_json_ld(data: Data) -> SafeString:
    """JSON-LD escaped so that no text ends its script element, which a strict CSP allows."""
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False)
    return mark_safe(text.translate(_ESCAPES))  # noqa: S308 (escaped in the same line)


def program_data(program: AffiliateProgramPage, directory: Directory, request: Any) -> Data:
    items = [
        {
            "@type": "ListItem",
            "position": position,
            "name": page.title,
            "url": page.get_full_url(request),
        }
        for position, page in enumerate(_shown(directory), start=directory.first_position)
    ]
    listed = {"@type": "ItemList", "numberOfItems": directory.count, "itemListElement": items}
    organization = _organization(program, request)
    return {"@graph": [organization, listed] if items else [organization]}


def affiliate_data(
    page: AffiliatePage,
    program: AffiliateProgramPage,
    links: Iterable[AffiliateLink],
    request: Any,
) -> Data:
    address = page.get_full_url(request)
    data = {
        "@type": "NGO",
        "@id": f"{address}#group",
        "name": page.title,
        "url": address,
        "description": page.summary,
        "areaServed": _area(page) if page.region else None,
        "sameAs": [link.url for link in links],
        "memberOf": _organization(program, request),
    }
    return {name: value for name, value in data.items() if value}


def _shown(directory: Directory) -> Iterable[AffiliatePage]:
    if directory.results is not None:
        return directory.results.object_list
    regions = (region for country in directory.countries for region in country.regions)
    return (page for region in regions for page in region.affiliates)


def _organization(program: AffiliateProgramPage, request: Any) -> Data:
    address = program.get_full_url(request)
    return {
        "@type": "Organization",
        "@id": f"{address}#program",
        "name": program.title,
        "url": address,
    }


def _area(page: AffiliatePage) -> Data:
    region = {
        "@type": _kind(page.region),
        "name": region_name(page.region),
        "identifier": page.region,
    }
    if page.scope != Scope.LOCAL or not page.locality:
        return region
    return {"@type": "Place", "name": page.locality, "containedInPlace": region}


def _kind(region: str) -> str:
    if is_country(region):
        return "Country"
    return "State" if country_of(region) == "US" else "AdministrativeArea"
