"""A program's affiliates as a table that an import reads back unchanged."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from django.db.models import Q

from affiliates.core.regions import country_of, region_name
from affiliates.core.states import Network
from affiliates.models import AffiliatePage, AffiliateProgramPage
from affiliates.transfer.exporting.workbooks import as_workbook
from affiliates.transfer.importing.contacts import CONTACT_COLUMNS
from affiliates.transfer.importing.headings import OPTIONAL, REQUIRED
from workflows.core.chunks import in_chunks
from workflows.core.spreadsheets import csv_safe

PUBLIC_COLUMNS = (*REQUIRED, *OPTIONAL, *Network.values)
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def export_affiliates(
    program: AffiliateProgramPage, *, file_format: str, with_contacts: bool
) -> Iterator[bytes]:
    """All that are or were public, with contacts only if asked for. See ``FORMATS``."""
    columns = (*PUBLIC_COLUMNS, *CONTACT_COLUMNS) if with_contacts else PUBLIC_COLUMNS
    rows = ([row[column] for column in columns] for row in _rows(program))
    if file_format == "csv":
        return _csv(columns, rows)
    return iter([as_workbook("Affiliates", (columns, *rows))])


def _rows(program: AffiliateProgramPage) -> Iterator[dict[str, str]]:
    pages = AffiliatePage.objects.child_of(program).order_by("region", "title", "pk")
    known = pages.filter(Q(live=True) | Q(first_published_at__isnull=False))
    complete = known.select_related("affiliation").prefetch_related(
        "links", "affiliation__contacts"
    )
    return map(_row, chain.from_iterable(in_chunks(complete)))


def _row(page: AffiliatePage) -> dict[str, str]:
    links = {link.network: link.url for link in page.links.all()}
    return {
        "region": region_name(page.region),
        "country": region_name(country_of(page.region)),
        "name": page.title,
        "about": page.summary,
        "scope": page.scope,
        "locality": page.locality,
        **{network: links.get(network, "") for network in Network.values},
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
