"""Schemas of public answers. Fields that are not listed here stay private."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any

from django.db.models import QuerySet
from ninja import Schema
from pydantic import Field

from affiliates.api.problems import MOST_MISTAKES
from affiliates.core import networks
from affiliates.core.states import Scope


def text(description: str, *examples: str | int, **extra: Any) -> Any:
    return Field(description=description, examples=list(examples) or None, json_schema_extra=extra)


REGION_PATTERN = r"^([A-Z]{2}(-[A-Z0-9]{1,3})?)?$"
REGION = text(
    "State, province or other region (ISO 3166-2); a country (ISO 3166-1) for groups that work in"
    " all of it; empty for groups that work online.",
    *("US-MI", "CA"),
    pattern=REGION_PATTERN,
)
REGION_SENT = text(
    "A code from the program’s “countries”, or a name: “Michigan”, “Mich.”. Empty for groups that"
    " work online.",
    "US-MI",
)
SCOPE = text("Where the group works.", "state", enum=Scope.values)

RegionCode = Annotated[str, REGION]
CountryCode = Annotated[
    str, text("ISO 3166-1; empty for groups that work online.", "US", pattern="^([A-Z]{2})?$")
]
ScopeName = Annotated[str, SCOPE]


def one_of_networks(schema: dict[str, Any], others: Iterable[str] = ()) -> None:
    """Asked when the document is made, since a site may add networks."""
    schema["enum"] = [*others, *networks.names()]


NetworkName = Annotated[
    str,
    Field(
        description="Where the link leads.",
        examples=["website"],
        json_schema_extra=one_of_networks,
    ),
]
Html = Annotated[str, text("HTML, safe to show as it is.", "<p>Groups that want …</p>")]
Url = Annotated[str, text("An absolute address.", "https://example.org/", format="uri")]
Count = Annotated[int, Field(ge=0, examples=[5])]


class Link(Schema):
    network: NetworkName
    url: Url


class Statement(Schema):
    """A belief, obligation or benefit. The id stays when the text is edited."""

    id: Annotated[str, text("Stable.", "6c5cf0a3-6b3f-4c0c-9e7c-3f6f0e4b2f60")]
    text: Annotated[str, text("The exact words.", "Seclusion should end.")]


class Challenge(Schema):
    """A proof of work for a script (altcha, version 2)."""

    parameters: Annotated[dict, Field(description="What to solve.")]
    signature: Annotated[str, text("Ours.", "9f2c…")]


class Mistake(Schema):
    location: Annotated[
        list[str | int],
        Field(
            description="Where it stands: in the body, or behind “query” or “header”.",
            examples=[["group", "links", 1, "url"]],
        ),
    ]
    message: Annotated[
        str, text("For the person who typed it.", "Please give the name of your group.")
    ]
    code: Annotated[str, text("For programs.", "required")]
    id: Annotated[str, text("Of the statement that it is about.", "6c5cf0a3-…")] = ""


class Problem(Schema):
    """An error (RFC 9457)."""

    type: Annotated[
        str, text("Names the kind of error; never changes.", "urn:wagtail-affiliates:problem:…")
    ]
    title: Annotated[str, text("The kind in words.", "Something is not right yet")]
    status: Annotated[int, Field(ge=400, le=599, description="As in the status line.")]
    detail: Annotated[str, text("What to do.", "“errors” says what to change.")]
    errors: Annotated[
        list[Mistake],
        Field(
            description="What is wrong, each with its place: fifty at most.",
            max_length=MOST_MISTAKES,
        ),
    ] = []
    renew_url: Annotated[str, text("Where to ask for a new link, if this one has expired.")] = ""
    reference: Annotated[str, text("For “links/renew/”, if the link has expired.")] = ""
    version: Annotated[str, text("Of the draft that was saved elsewhere, to replace it.")] = ""
    status_url: Annotated[str, text("Where the status is, if the draft was sent.")] = ""


SENT_ERRORS = dict.fromkeys((400, 411, 413, 415, 422, 429), Problem)
"""Of every call with a body."""

MOST = 100
FURTHEST = 1_000_000

MOST_SENT = 200
"""Items in a list that is sent."""


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
