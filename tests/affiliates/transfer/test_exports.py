"""Spreadsheets cannot run what a stranger typed, and are still readable."""

import csv
import io

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from affiliates.core.states import ContactRole
from tests.factories.application_rows import ApplicationFactory, ContactFactory
from workflows.core.spreadsheets import csv_safe, starts_a_formula, xlsx_safe

URL = "/admin/affiliates/applications/"

FORMULAS = [
    "=HYPERLINK('https://evil.example')",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "  =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\ufeff@SUM(A1)",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
]


def csv_rows(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def xlsx_cells(response):
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    headings, *rows = sheet.iter_rows()
    return [
        {heading.value: cell for heading, cell in zip(headings, row, strict=True)} for row in rows
    ]


@pytest.mark.parametrize("text", FORMULAS)
def test_csv_cell_with_a_formula_becomes_text(text):
    assert csv_safe(text) == "'" + csv_safe(text).removeprefix("'")
    assert csv_safe(text).replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize("text", ["", "Ohio Parents", "a = b", "a+b@x.org", "2 - 1", "5;6", "'="])
def test_csv_cell_without_a_formula_stays(text):
    assert csv_safe(text) == text


def test_csv_phone_number_stays_readable():
    assert csv_safe("+1 555 0100") == "'+1 555 0100"


@pytest.mark.parametrize("separator", [";", "\t", "\n", "\r\n"])
def test_csv_formula_after_another_separator_becomes_text(separator):
    assert csv_safe(f"x{separator}=1+1") == f"x{separator}'=1+1"


@given(st.text(alphabet=' \t\r\n;"=+-@＝a\u200b'))
def test_csv_safe_leaves_no_part_that_starts_a_formula(text):
    safe = csv_safe(text)
    parts = [part.replace('"', "") for part in safe.replace("\n", ";").split(";")]
    assert not any(starts_a_formula(part.strip("\r\n\t ")) for part in parts)
    assert safe.replace("'", "") == text


def test_xlsx_safe_replaces_what_xml_cannot_hold():
    assert xlsx_safe("a\x00b\x0bc\td\ne") == "a\ufffdb\ufffdc\td\ne"


@pytest.mark.parametrize("name", FORMULAS)
def test_csv_export_of_a_formula_as_name_is_text(editor_client, program, name):
    ApplicationFactory(program=program, name=name)
    [row] = csv_rows(editor_client.get(URL, {"export": "csv"}))
    assert row["Group"].startswith("'")


@pytest.mark.parametrize("name", FORMULAS)
def test_xlsx_export_of_a_formula_as_name_is_text(editor_client, program, name):
    ApplicationFactory(program=program, name=name)
    [row] = xlsx_cells(editor_client.get(URL, {"export": "xlsx"}))
    assert row["Group"].data_type == "s"
    assert row["Group"].quotePrefix
    assert row["Contact's phone"].value == "+1 555 0100"
    assert not row["Reference"].quotePrefix


def test_xlsx_export_of_control_characters_still_works(editor_client, program):
    ApplicationFactory(program=program, name="Ohio\x0bParents")
    [row] = xlsx_cells(editor_client.get(URL, {"export": "xlsx"}))
    assert row["Group"].value == "Ohio\ufffdParents"


def test_export_has_all_that_an_editor_needs(editor_client, program):
    application = ApplicationFactory(
        program=program,
        name="Les Parents du Québec",
        region="CA-QC",
        scope="local",
        locality="Montréal",
        links=[
            {"network": "website", "url": "https://qc.example/"},
            {"network": "facebook", "url": "https://www.facebook.com/qc"},
            {"network": "mastodon", "url": "https://qc.example/@qc"},
        ],
        answers=[
            {"name": "a", "label": "Members?", "value": "120"},
            {"name": "b", "label": "Helps with?", "value": ["Events", "Mail"]},
            {"name": "c", "label": "Newsletter?", "value": True},
        ],
    )
    ContactFactory(application=application, role=ContactRole.ALTERNATE, name="Lou Second")
    [row] = csv_rows(editor_client.get(URL, {"export": "csv"}))
    assert row["Reference"] == application.reference
    assert row["State"] == "Submitted"
    assert row["Program"] == program.title
    assert (row["Region code"], row["Region"]) == ("CA-QC", "Quebec")
    assert (row["Group"], row["Town or county"]) == ("Les Parents du Québec", "Montréal")
    assert row["Facebook"] == "https://www.facebook.com/qc"
    assert row["Other links"] == "Mastodon: https://qc.example/@qc"
    assert "Bluesky" not in row
    assert row["Contact's email"] == application.contacts.first().email
    assert row["Second contact"] == "Lou Second"
    assert row["Answers"] == "Members?\n120\n\nHelps with?\nEvents, Mail\n\nNewsletter?\nYes"
    assert row["Statements accepted"] == "4"


def test_export_has_only_what_the_filters_leave(editor_client, program):
    ApplicationFactory(program=program, region="US-OH", name="Ohio")
    ApplicationFactory(program=program, region="US-MI", name="Michigan")
    rows = csv_rows(editor_client.get(URL, {"export": "csv", "region": "US-MI"}))
    assert [row["Group"] for row in rows] == ["Michigan"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_export_costs_as_many_queries_for_three_as_for_one(
    editor_client, program, django_assert_num_queries, kind
):
    def export():
        return b"".join(editor_client.get(URL, {"export": kind}).streaming_content)

    ApplicationFactory(program=program)
    export()  # Permissions and content types are cached from here on.
    queries = 12  # networks of the programs; the keys first, see workflows.core.chunks
    with django_assert_num_queries(queries):
        export()
    ApplicationFactory.create_batch(2, program=program)
    with django_assert_num_queries(queries):
        export()


def test_export_is_offered_on_the_list(editor_client, program):
    ApplicationFactory(program=program)
    page = editor_client.get(reverse("affiliates_application:index"), {"region": "US-OH"})
    assert b"?region=US-OH&amp;export=csv" in page.content
    assert b"?region=US-OH&amp;export=xlsx" in page.content
