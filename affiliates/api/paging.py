"""Lists in pieces: ``limit`` and ``offset``, and how many there are in all."""

from collections.abc import Callable
from typing import Annotated, Any

from django.db.models import QuerySet
from ninja import Schema
from pydantic import Field

MOST = 100
FURTHEST = 1_000_000


class Page(Schema):
    limit: Annotated[int, Field(ge=1, le=MOST, description="How many at most.")] = 20
    offset: Annotated[int, Field(ge=0, le=FURTHEST, description="How many to leave out.")] = 0


def page_of(
    rows: QuerySet[Any, Any], page: Page, as_json: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    return {
        "items": [as_json(row) for row in rows[page.offset : page.offset + page.limit]],
        "count": rows.count(),
    }
