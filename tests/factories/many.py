"""Thousands of published affiliates within seconds, for tests and measurements of size.

They are what ``add_child`` would make, without revisions; the tree stays as Wagtail wants it.
"""

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models.sql import InsertQuery

from affiliates.core.networks import names
from affiliates.core.regions.coverage import NORTH_AMERICA
from affiliates.models import AffiliateLink, AffiliatePage, AffiliateProgramPage
from affiliates.models.base_page import Page

BATCH = 500
CODES = NORTH_AMERICA.codes
WORDS = ("parents", "children", "families", "schools", "hope", "voices", "change", "doors", "calm")
OTHERS = ("support", "learning", "allies", "county", "north", "river", "valley", "together")


def add_many(program: AffiliateProgramPage, number: int, *, links: int = 2) -> None:
    """Adds ``number`` groups to a program without any, spread over all regions."""
    pages = [group(program, index) for index in range(number)]
    parents = [Page(**{name: getattr(page, name) for name in page_fields()}) for page in pages]
    for page, parent in zip(pages, Page.objects.bulk_create(parents, BATCH), strict=True):
        page.page_ptr_id = page.pk = parent.pk
    for start in range(0, number, BATCH):
        insert(pages[start : start + BATCH])
    networks = names()[:links]
    AffiliateLink.objects.bulk_create(
        (
            AffiliateLink(affiliate=page, network=network, url=f"https://{network}.example.org/a")
            for page in pages
            for network in networks
        ),
        BATCH,
    )
    Page.objects.filter(pk=program.pk).update(numchild=number)
    if connection.vendor == "postgresql":
        # A server that is at work has counted such rows; otherwise it plans as if there were none.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def group(program: AffiliateProgramPage, index: int) -> AffiliatePage:
    word, other = WORDS[index % len(WORDS)], OTHERS[index % len(OTHERS)]
    title, slug = f"{word.title()} for {other.title()} {index}", f"group-{index}"
    return AffiliatePage(
        title=title,
        draft_title=title,
        slug=slug,
        path=AffiliatePage._get_path(program.path, program.depth + 1, index + 1),
        depth=program.depth + 1,
        url_path=f"{program.url_path}{slug}/",
        content_type=ContentType.objects.get_for_model(AffiliatePage),
        locale_id=program.locale_id,
        live=True,
        region=CODES[index % len(CODES)],
        scope="local",
        locality=f"{other.title()} {word.title()}",
        summary=f"We are {word} who work for {other} and safe schools. " * 4,
        body=f"<p>{' '.join(WORDS)}</p>" * 5,
    )


def page_fields() -> list[str]:
    """By their columns: the names would fetch what foreign keys point to, once for each page."""
    return [field.attname for field in Page._meta.concrete_fields if not field.primary_key]


def insert(pages: list[AffiliatePage]) -> None:
    """The rows of our own table, whose parents are there already."""
    query = InsertQuery(AffiliatePage)
    query.insert_values(AffiliatePage._meta.local_concrete_fields, pages)
    query.get_compiler(connection=connection).execute_sql()
