"""A program's affiliates as a table that an import reads back unchanged."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from django.db.models import Q
from wagtail.query import PageQuerySet

from affiliates.core.networks import names
from affiliates.core.regions import country_of, region_name
from affiliates.models import AffiliateLink, AffiliatePage, AffiliateProgramPage
from affiliates.transfer.exporting.workbooks import as_workbook
from affiliates.transfer.importing.contacts import CONTACT_COLUMNS
from affiliates.transfer.importing.headings import columns as all_columns
from workflows.core.chunks import in_chunks
from workflows.core.spreadsheets import csv_safe

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def export_affiliates(
    program: AffiliateProgramPage, *, file_format: str, with_contacts: bool
) -> Iterator[bytes]:
    """All that are or were public, with contacts only if asked for. See ``FORMATS``. Of the
    networks, those that the program shows and those that its groups have links to.
    """
    columns = all_columns(_networks(program))
    if not with_contacts:
        columns = tuple(column for column in columns if column not in CONTACT_COLUMNS)
    rows = ([row.get(column, "") for column in columns] for row in _rows(program))
    if file_format == "csv":
        return _csv(columns, rows)
    return iter([as_workbook("Affiliates", (columns, *rows))])


def _networks(program: AffiliateProgramPage) -> list[str]:
    links = AffiliateLink.objects.filter(affiliate__in=_known(program))
    used = links.order_by().values_list("network", flat=True).distinct()
    wanted = {*program.network_names, *used}
    return [name for name in names() if name in wanted]


def _known(program: AffiliateProgramPage) -> PageQuerySet:
    pages = AffiliatePage.objects.child_of(program)
    return pages.filter(Q(live=True) | Q(first_published_at__isnull=False))


def _rows(program: AffiliateProgramPage) -> Iterator[dict[str, str]]:
    known = _known(program).order_by("region", "title", "pk")
    complete = known.select_related("affiliation").prefetch_related(
        "links", "affiliation__contacts"
    )
    return map(_row, chain.from_iterable(in_chunks(complete)))


def _row(page: AffiliatePage) -> dict[str, str]:
    return {
        "region": region_name(page.region),
        "country": region_name(country_of(page.region)),
        "name": page.title,
        "about": page.summary,
        "scope": page.scope,
        "locality": page.locality,
        **{link.network: link.url for link in page.links.all()},
        **_people(page),
    }


def _people(page: AffiliatePage) -> dict[str, str]:
    affiliation: Any = getattr(page, "affiliation", None)
    cells = {}
    for column, (role, part) in CONTACT_COLUMNS.items():
        contact = affiliation and affiliation.contact(role)
        cells[column] = getattr(contact, part) if contact else ""
    return cells


def _csv(columns: Iterable[str], rows: Iterable[list[str]]) -> Iterator[bytes]:
    yield "\ufeff".encode()  # Excel needs this mark to recognize UTF-8.
    for row in (columns, *rows):
        line = io.StringIO()
        csv.writer(line).writerow(map(csv_safe, row))
        yield line.getvalue().encode()
