"""Regions and countries as tables write them."""

import pytest

from affiliates.models import AffiliatePage
from affiliates.transfer.exporting.affiliates import export_affiliates
from affiliates.transfer.importing.tables import read_table
from affiliates.transfer.services.importing import import_affiliates
from tests.factories.countries import program_in


def load(program, text):
    return import_affiliates(program=program, table=read_table(text.encode()))


def places(program):
    pages = AffiliatePage.objects.child_of(program).order_by("title")
    return list(pages.values_list("region", "scope"))


def messages(report):
    return [(item.column, item.message) for item in report.findings]


def test_regions_of_the_us_and_canada_are_read_as_they_are_written(program):
    report = load(
        program,
        "State,Name,About\n"
        '"Washington, D.C.",A,Words\n'
        "Mass.,B,Words\n"
        "PEI,C,Words\n"
        '"Ohio, USA",D,Words\n'
        "USA,E,Words\n"
        "Nationwide Canada,F,Words\n",
    )
    assert messages(report) == [
        (
            "region",
            "We do not know the state or province “Nationwide Canada”.",
        )
    ]


def test_groups_without_a_region_have_a_place(program):
    report = load(
        program,
        "State,Country,Name,About,Scope\n"
        "Washington DC,,A,Words,\n"
        "USA,,B,Words,\n"
        ",Canada,C,Words,\n"
        ",,D,Words,online\n"
        "Online,,E,Words,\n"
        "Ohio,,F,Words,national\n"
        "National,Canada,G,Words,\n",
    )
    assert not report.failed, messages(report)
    assert places(program) == [
        *(("US-DC", "state"), ("US", "national"), ("CA", "national"), ("", "online")),
        *(("", "online"), ("US", "national"), ("CA", "national")),
    ]


def test_country_says_which_of_two_regions_is_meant(db):
    program = program_in(BE="small", NL="large", GE="none", US="large")
    report = load(
        program,
        "Province,Country,Name,About\n"
        "Limburg,Belgium,A,Words\n"
        "Limburg,The Netherlands,B,Words\n"
        "Georgia,USA,C,Words\n"
        "Georgia,Georgia,D,Words\n",
    )
    assert not report.failed, messages(report)
    assert [region for region, _scope in places(program)] == ["BE-VLI", "NL-LI", "US-GA", "GE"]


def test_table_of_countries_needs_no_regions(db):
    program = program_in(IE="none", GB="none")
    report = load(program, "Country,Name,About\nÉire,A,Words\nScotland,B,Words\n")
    assert not report.failed, messages(report)
    assert places(program) == [("IE", "national"), ("GB", "national")]


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        ("Ohoi,,A,Words", "region", "Did you mean “Ohio”?"),
        ("TX / OK,,A,Words", "region", "names more than one: Texas, Oklahoma"),
        ("Bavaria,,A,Words", "region", "“Bavaria” (Germany): the program does not work there."),
        (",Mexico,A,Words", "country", "The program does not work in this country: Mexico."),
        ("Ontario,USA,A,Words", "region", "names more than one: Ontario, United States"),
        ("National,,A,Words", "region", "This cell is empty"),
        (",,A,Words", "region", "This cell is empty"),
        ("#REF!,,A,Words", "region", "The spreadsheet has an error here: #REF!"),
    ],
)
def test_what_is_no_region_is_told_at_its_cell_once(program, row, column, message):
    report = load(program, f"State,Country,Name,About\n{row}\n")
    [(at, said)] = messages(report)
    assert at == column
    assert message in said


def test_what_was_exported_can_be_loaded_again_and_changes_nothing(db):
    program = program_in(BE="small", NL="large", GE="none", US="large", IE="small")
    table = (
        "region,country,name,about,scope,locality\n"
        "Limburg,Belgium,A,Words,,\n"
        "Limburg,Netherlands,B,Words,,\n"
        "Georgia,United States,C,Words,local,Atlanta\n"
        ",Georgia,D,Words,,\n"
        ",Ireland,E,Words,national,\n"
        ",,F,Words,online,\n"
    )
    assert not load(program, table).failed
    exported = b"".join(export_affiliates(program, file_format="csv", with_contacts=False))
    report = import_affiliates(program=program, table=read_table(exported))
    assert not report.failed, messages(report)
    assert (report.created, report.updated, len(report.unchanged)) == ([], [], 6)
