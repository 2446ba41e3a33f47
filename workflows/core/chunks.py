"""Reading long tables with few rows in memory, on every database and behind every pooler.

``QuerySet.iterator()`` needs a cursor that the server keeps from one transaction to the next.
Pooling by transaction (PgBouncer) rules that out, and without one the driver fetches all rows.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

CHUNK = 500


def in_chunks(queryset: QuerySet, size: int = CHUNK) -> Iterator[list[Any]]:
    """Yield the rows in the queryset's order. Those that are deleted meanwhile, or changed so that
    the queryset no longer holds them, are left out.
    """
    for keys in keys_in_chunks(queryset, size):
        rows = {row.pk: row for row in queryset.filter(pk__in=keys).order_by()}
        yield [rows[key] for key in keys if key in rows]


def keys_in_chunks(queryset: QuerySet, size: int = CHUNK) -> Iterator[list[Any]]:
    """Only the primary keys are in memory all at once: 40 MB for a million."""
    keys = list(queryset.values_list("pk", flat=True))
    for start in range(0, len(keys), size):
        yield keys[start : start + size]
