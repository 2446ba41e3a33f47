"""The template context of program and affiliate pages."""

from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from wagtail.rich_text import get_text_for_indexing

from affiliates.core.regions import is_country, region_name
from affiliates.core.regions.coverage import Coverage
from affiliates.core.scopes import where
from affiliates.core.states import Scope
from affiliates.directory.cards import affiliate_card_url, program_card_url
from affiliates.directory.listing import show_directory
from affiliates.directory.queries import region_anchor
from affiliates.directory.structured_data import affiliate_data, as_json_ld, program_data
from affiliates.models.affiliate_page import AffiliateMixin
from affiliates.models.program_page import STATEMENT_FIELDS, AffiliateProgramMixin

DESCRIPTION_LENGTH = 200


def connect() -> None:
    AffiliateProgramMixin.provide_context(program_context)
    AffiliateMixin.provide_context(affiliate_context)


def program_context(page: Any, request: Any) -> dict[str, Any]:
    """``beliefs``, ``obligations`` and ``benefits`` (each has ``id`` and ``text``), ``directory``
    (see ``listing``), ``affiliate_count``, ``region_count``, ``canonical_url``, ``noindex``,
    ``structured_data``, ``card_url``, ``apply_url`` and ``meta_description``.
    """
    directory = show_directory(page, request)
    return {
        **{field: page.statements(field) for field in STATEMENT_FIELDS},
        "directory": directory,
        "affiliate_count": directory.count,
        "region_count": len(directory.regions),
        "canonical_url": f"{page.get_full_url(request) or ''}{directory.canonical_query}",
        "noindex": not directory.is_for_search_engines,
        "structured_data": as_json_ld(program_data(page, directory, request)),
        "card_url": program_card_url(page, request),
        "apply_url": page.apply_url,
        "meta_description": page.search_description or as_description(page.introduction),
    }


def as_description(rich_text: str) -> str:
    """What search engines show of a page that says nothing for them: the beginning of its text."""
    return Truncator(" ".join(get_text_for_indexing(rich_text).split())).chars(DESCRIPTION_LENGTH)


def affiliate_context(page: Any, request: Any) -> dict[str, Any]:
    """``program``, ``contact_email`` (the program's), ``links`` (each has ``url`` and
    ``get_network_display``), ``region_name`` and ``region_label`` (what it is; both empty without a
    region), ``region_anchor``, ``works_in``, ``structured_data`` and ``card_url``.
    """
    program = page.get_parent().specific
    links = program.shown_links(page.links.all())
    return {
        "program": program,
        "contact_email": program.contact_email,
        "links": links,
        "region_name": region_name(page.region),
        "region_label": region_label(page.region, program.coverage),
        "works_in": works_in(page),
        "region_anchor": region_anchor(page.region),
        "structured_data": as_json_ld(affiliate_data(page, program, links, request)),
        "card_url": affiliate_card_url(page, program, request),
    }


def region_label(region: str, coverage: Coverage) -> str:
    if not region:
        return ""
    return _("Country") if is_country(region) else coverage.label


def works_in(page: Any) -> str:
    """Within the region, which is shown beside it."""
    if page.scope == Scope.LOCAL:
        return page.locality or page.get_scope_display()
    return where(page.scope, page.region, page.locality)
