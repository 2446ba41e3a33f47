"""Schemas of programs and affiliates in public answers; fields not listed here stay private."""

from datetime import date
from typing import Annotated

from ninja import Schema
from pydantic import Field

from affiliates.api.schemas import (
    Count,
    CountryCode,
    Html,
    Link,
    RegionCode,
    ScopeName,
    Statement,
    Url,
    text,
)


class ProgramSummary(Schema):
    slug: Annotated[str, text("Names the program in addresses.", "safe-schools")]
    title: Annotated[str, text("The program’s name.", "Safe Schools")]
    introduction: Html
    applications_open: Annotated[bool, Field(description="Whether it takes applications now.")]
    url: Url


class Policy(Schema):
    """What the program promises and asks for in time."""

    review_days: Annotated[Count, text("Business days until a group has an answer.", 5)]
    answer_days: Annotated[Count, text("Days a group has for a question of ours.", 14)]
    update_interval_months: Annotated[Count, text("Months between two updates of an affiliate.", 3)]
    time_zone: Annotated[str, text("In which its days begin and end.", "America/New_York")]


class Counts(Schema):
    affiliates: Count
    regions: Count


class NamedRegion(Schema):
    code: RegionCode
    name: Annotated[str, text("The region in words.", "Michigan")]


class ProgramCountry(Schema):
    code: CountryCode
    name: Annotated[str, text("The country in words.", "United States")]
    regions: Annotated[
        list[NamedRegion],
        Field(description="By name. None where the country itself is the region."),
    ]


class Program(ProgramSummary):
    beliefs: Annotated[list[Statement], Field(description="Applicants accept each one.")]
    obligations: Annotated[list[Statement], Field(description="Applicants accept each one.")]
    benefits: Annotated[list[Statement], Field(description="What an affiliate gets in return.")]
    how_to_apply: Html
    contact_email: Annotated[str, text("Whom to write to.", "program@example.org")]
    policy: Policy
    region_label: Annotated[str, text("What a region is called here.", "State or province")]
    countries: Annotated[
        list[ProgramCountry], Field(description="Where groups can be, in the program’s order.")
    ]
    counts: Counts


class ProgramList(Schema):
    items: list[ProgramSummary]
    count: Annotated[Count, Field(description="Of all, not only of these.")]


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
