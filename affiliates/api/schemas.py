"""What public answers look like. Whatever is not named here does not get out."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from ninja import Schema
from pydantic import Field

from affiliates.core.regions import COUNTRIES, REGIONS
from affiliates.core.states import Network, Scope


def text(description: str, *examples: str, **extra: Any) -> Any:
    return Field(description=description, examples=list(examples) or None, json_schema_extra=extra)


REGION = text("State, province or territory (ISO 3166-2).", "US-MI", enum=list(REGIONS))
SCOPE = text("Where the group works.", "state", enum=Scope.values)

RegionCode = Annotated[str, REGION]
CountryCode = Annotated[str, text("ISO 3166-1.", "US", enum=list(COUNTRIES))]
ScopeName = Annotated[str, SCOPE]
NetworkName = Annotated[str, text("Where the link leads.", "website", enum=Network.values)]
Html = Annotated[str, text("HTML, safe to show as it is.", "<p>Groups that want …</p>")]
Url = Annotated[str, text("An absolute address.", "https://example.org/", format="uri")]
Count = Annotated[int, Field(ge=0, examples=[5])]


class Statement(Schema):
    """A belief, obligation or benefit. The id stays when the text is edited."""

    id: Annotated[str, text("Stable.", "6c5cf0a3-6b3f-4c0c-9e7c-3f6f0e4b2f60")]
    text: Annotated[str, text("The exact words.", "Seclusion should end.")]


class ProgramSummary(Schema):
    slug: Annotated[str, text("Names the program in addresses.", "safe-schools")]
    title: Annotated[str, text("The program’s name.", "Safe Schools")]
    introduction: Html
    applications_open: Annotated[bool, Field(description="Whether it takes applications now.")]
    url: Url


class Policy(Schema):
    """What the program promises and asks for in time."""

    review_days: Annotated[
        int, Field(ge=0, description="Business days until a group has an answer.", examples=[5])
    ]
    answer_days: Annotated[
        int, Field(ge=0, description="Days a group has for a question of ours.", examples=[14])
    ]
    update_interval_months: Annotated[
        int, Field(ge=0, description="Months between two updates of an affiliate.", examples=[3])
    ]
    time_zone: Annotated[str, text("In which its days begin and end.", "America/New_York")]


class Counts(Schema):
    affiliates: Count
    regions: Count


class Program(ProgramSummary):
    beliefs: Annotated[list[Statement], Field(description="Applicants accept each one.")]
    obligations: Annotated[list[Statement], Field(description="Applicants accept each one.")]
    benefits: Annotated[list[Statement], Field(description="What an affiliate gets in return.")]
    how_to_apply: Html
    contact_email: Annotated[str, text("Whom to write to.", "program@example.org")]
    policy: Policy
    counts: Counts


class ProgramList(Schema):
    items: list[ProgramSummary]
    count: Annotated[Count, Field(description="Of all, not only of these.")]


class Link(Schema):
    network: NetworkName
    url: Url


class Logo(Schema):
    url: Url
    width: Count
    height: Count
    alt: Annotated[str, text("What the picture shows, in words.", "Two hands")]


class AffiliateSummary(Schema):
    slug: Annotated[str, text("Names the group in addresses.", "michigan-parents")]
    name: Annotated[str, text("The group’s name.", "Michigan Parents")]
    region: RegionCode
    region_name: Annotated[str, text("The region in words.", "Michigan")]
    country: CountryCode
    scope: ScopeName
    locality: Annotated[str, text("Town or county of a local group; else empty.", "Lansing")]
    summary: Annotated[str, text("One or two sentences.", "Parents for safe schools.")]
    links: list[Link]
    logo: Logo | None
    affiliated_since: Annotated[
        date | None, Field(description="The day it joined, if known.", examples=["2024-05-01"])
    ]
    url: Url


class Affiliate(AffiliateSummary):
    body: Html


class AffiliateList(Schema):
    items: list[AffiliateSummary]
    count: Annotated[Count, Field(description="Of all that were found, not only of these.")]


class Region(Schema):
    code: RegionCode
    name: Annotated[str, text("The region in words.", "Michigan")]
    country: CountryCode
    country_name: Annotated[str, text("The country in words.", "United States")]
    count: Annotated[int, Field(ge=1, description="Its affiliates.", examples=[2])]


class RegionList(Schema):
    items: Annotated[list[Region], Field(description="Regions with affiliates, by country, name.")]
    count: Count


class Author(Schema):
    """The affiliate that tells of something."""

    slug: Annotated[str, text("Names the group in addresses.", "michigan-parents")]
    name: Annotated[str, text("The group’s name.", "Michigan Parents")]
    region: RegionCode
    url: Url


class Update(Schema):
    id: Annotated[int, Field(description="Stays when the text is corrected.", examples=[7])]
    title: Annotated[str, text("The headline, or the first words.", "A new policy")]
    text: Annotated[str, text("Plain text with line breaks.", "We met the school board.")]
    published_at: Annotated[datetime | None, Field(description="When it was first public.")]
    affiliate: Author


class UpdateList(Schema):
    items: list[Update]
    count: Annotated[Count, Field(description="Of all, not only of these.")]


class Challenge(Schema):
    """A riddle for a script (altcha, version 2)."""

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
        list[Mistake], Field(description="All that is wrong, each with its place.")
    ] = []
    renew_url: Annotated[str, text("Where to ask for a new link, if this one has expired.")] = ""
    reference: Annotated[str, text("For “links/renew/”, if the link has expired.")] = ""
    version: Annotated[str, text("Of the draft that was saved elsewhere, to replace it.")] = ""
    status_url: Annotated[str, text("Where the status is, if the draft was sent.")] = ""


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
