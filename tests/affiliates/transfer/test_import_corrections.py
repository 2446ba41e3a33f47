"""Rows with errors: corrected on a page, downloaded as a sheet, or left out."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from affiliates.models import AffiliatePage, Contact, ImportUpload
from affiliates.transfer.services.uploads import CHECKED_AT_ONCE
from tests.affiliates.transfer.imports import choose, upload, words
from tests.factories.pages import AffiliatePageFactory
from tests.factories.tables import checked_upload
from tests.factories.users import UserFactory

HEAD = "state,name,about,scope,contact email\n"
TABLE = (
    f"Our groups\n{HEAD}"
    "Ohio,Lima Parents,Words,,\n"
    "Atlantis,Erie Parents,Words,,\n"
    "Iowa,,Words,planet,\n"
    "Iowa,Ames Parents,Words,local,\n"
)


@pytest.fixture
def person(editor_client, editor):
    return editor


@pytest.fixture
def kept(program, person):
    return checked_upload(program, person, TABLE)


def page_of(upload):
    return reverse("affiliates_import_errors", args=[upload.pk])


def preview_of(upload):
    return reverse("affiliates_import_result", args=[upload.pk])


def correct(client, upload, **cells):
    """Cells are named as ``region_4``; with the version that the page has now."""
    names = {name.rpartition("_"): text for name, text in cells.items()}
    typed = {f"row-{row}-{column}": text for (column, _sign, row), text in names.items()}
    version = client.get(page_of(upload)).context["upload"].version
    return client.post(page_of(upload), typed | {"version": version})


def shown(response):
    """The texts of the cells on the page, by name."""
    return {cell.name: cell.text for row in response.context["rows"] for cell in row.cells}


def test_rows_with_errors_are_shown_with_their_cells_and_nothing_else(editor_client, kept):
    response = editor_client.get(page_of(kept))
    page = words(response)
    assert "3 rows have errors." in page
    assert "Row 4: Erie Parents" in page
    assert "Lima Parents" not in page
    assert shown(response) == {
        "row-4-region": "Atlantis",
        "row-4-name": "Erie Parents",
        "row-5-region": "Iowa",
        "row-5-name": "",
        "row-5-scope": "planet",
        "row-5-locality": "",
        "row-6-scope": "local",
        "row-6-locality": "",
    }
    assert 'aria-invalid="true" aria-describedby="row-4-region-errors"' in page
    assert "We do not know the state or province “Atlantis”" in page


def test_rows_are_corrected_one_by_one_and_what_is_still_wrong_is_kept(editor_client, kept):
    response = correct(
        editor_client,
        kept,
        region_4="Ohio",
        name_4="Erie Parents",
        name_5="Iowa City",
        scope_5="world",
    )
    assert response.status_code == 422
    page = words(response)
    assert (
        '<a href="#row-5-scope">Iowa City, Scope, such as state, local or national: “world”' in page
    )
    assert shown(response)["row-5-scope"] == "world"
    assert "row-4-region" not in shown(response)
    again = editor_client.get(page_of(kept))
    assert "2 rows have errors." in words(again)
    assert "Row 5: Iowa City" in words(again)
    assert "row-6-locality" in shown(again)
    assert correct(editor_client, kept, scope_5="", locality_6="Ames").url == preview_of(kept)
    editor_client.post(preview_of(kept))
    pages = AffiliatePage.objects.order_by("title").values_list("title", "region", "locality")
    assert list(pages) == [
        ("Ames Parents", "US-IA", "Ames"),
        ("Erie Parents", "US-OH", ""),
        ("Iowa City", "US-IA", ""),
        ("Lima Parents", "US-OH", ""),
    ]


def test_column_that_the_table_lacks_can_be_filled(editor_client, program, person):
    person.is_superuser = True
    person.save()
    kept = checked_upload(program, person, f"{HEAD}Ohio,Lima,Words,,kim@example.org\n")
    assert correct(editor_client, kept, contact_name_2="Kim Lee").url == preview_of(kept)
    editor_client.post(preview_of(kept))
    assert Contact.objects.get().name == "Kim Lee"


def test_name_in_two_columns_is_corrected_as_one(editor_client, program, person):
    person.is_superuser = True
    person.save()
    table = "state,name,about,First name,Last name,E-mail\nOhio,Lima,Words,🎉,,kim@example.org\n"
    kept = checked_upload(program, person, table + "Ohio,Erie,Words,Lou,Poe,\n")
    assert correct(editor_client, kept, contact_name_2="Kim Lee").status_code == 302
    correct(editor_client, kept, contact_name_3="Lou Poe", contact_email_3="lou@example.org")
    editor_client.post(preview_of(kept))
    assert set(Contact.objects.values_list("name", flat=True)) == {"Kim Lee", "Lou Poe"}


def test_correcting_a_row_looks_at_others_for_the_same_group_again(editor_client, program, person):
    kept = checked_upload(
        program, person, "state,name,about\nOhio,Lima,A\nOhio,Lima,B\nIowa,Ames,C\n"
    )
    page = words(editor_client.get(page_of(kept)))
    assert "This is the same group as in row 2." in page
    response = correct(editor_client, kept, name_3="Ames", region_3="Iowa")
    assert response.status_code == 302
    (row,) = editor_client.get(page_of(kept)).context["rows"]
    assert row.number == 4
    correct(editor_client, kept, name_4="Ames Two", region_4="Iowa")
    assert "Load this table now" in words(editor_client.get(preview_of(kept)))


def test_rows_without_errors_go_in_alone_if_the_person_says_so(editor_client, kept, program):
    page = words(editor_client.get(preview_of(kept)))
    assert "Import 1 group, leave out 3" in page
    assert "Load this table now" not in page
    response = editor_client.post(preview_of(kept), {"leave_out": "1"}, follow=True)
    page = words(response)
    assert "The table was loaded." in page
    assert "3 rows were left out" in page
    assert "Not imported: has an error: 3" in page
    assert AffiliatePage.objects.get().title == "Lima Parents"
    kept.refresh_from_db()
    assert not kept.content
    rest = editor_client.get(page_of(kept.rest))
    assert "3 rows have errors." in words(rest)
    correct(editor_client, kept.rest, region_4="Ohio", name_5="B", scope_5="", locality_6="Ames")
    page = words(editor_client.post(preview_of(kept.rest), follow=True))
    assert "Added: 3" in page
    assert AffiliatePage.objects.count() == 4


def test_without_that_word_nothing_goes_in(editor_client, kept):
    editor_client.post(preview_of(kept))
    assert AffiliatePage.objects.count() == 0
    assert "3 rows have errors." in words(editor_client.get(page_of(kept)))


def test_only_those_errors_are_left_out_that_the_person_has_seen(editor_client, program, person):
    page = AffiliatePageFactory(parent=program, title="Lima Parents", region="US-OH")
    table = f"{HEAD}Ohio,Lima Parents,Words,local,\nAtlantis,B,Words,,\nIowa,C,Words,,\n"
    page.locality = "Lima"
    page.save()
    kept = checked_upload(program, person, table)
    page.locality = ""
    page.save()
    shown = words(editor_client.post(preview_of(kept), {"leave_out": "1"}, follow=True))
    assert "nothing was stored" in shown
    assert "Import 1 group, leave out 2" in shown
    assert AffiliatePage.objects.count() == 1


def test_sheet_is_the_table_with_a_column_that_says_what_is_wrong(editor_client, kept, program):
    response = editor_client.get(reverse("affiliates_import_errors_sheet", args=[kept.pk]))
    assert response["Content-Disposition"] == 'attachment; filename="to-correct.xlsx"'
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert rows[0][0] == "Our groups"
    assert rows[1] == ["state", "name", "about", "scope", "contact email", "What is wrong"]
    assert rows[2][5] == ""
    assert rows[3][5].startswith("Region: We do not know the state or province “Atlantis”")
    assert "Name of the group: This cell is empty." in rows[4][5]
    sheet["A4"] = "Ohio"
    corrected = io.BytesIO()
    sheet.parent.save(corrected)
    address = choose(
        editor_client, upload(editor_client, program, corrected.getvalue(), "a.xlsx").url
    ).url
    page = words(editor_client.get(address))
    assert "New: will be added: 2" in page
    assert "What is wrong" not in page


def test_formulas_of_strangers_are_texts_in_the_sheet(editor_client, program, person):
    table = 'region,name,about\nAtlantis,"=HYPERLINK(""http://evil"")",Words\n'
    kept = checked_upload(program, person, table)
    response = editor_client.get(reverse("affiliates_import_errors_sheet", args=[kept.pk]))
    cell = openpyxl.load_workbook(io.BytesIO(response.content)).active["B2"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_older_copy_of_the_page_undoes_nothing_and_loses_nothing(editor_client, kept):
    older = {"version": kept.version, "row-4-region": "Utah", "row-4-name": "Erie Parents"}
    correct(editor_client, kept, region_4="Ohio")
    response = editor_client.post(page_of(kept), older)
    assert response.status_code == 409
    page = words(response)
    assert "The table was changed in another tab" in page
    assert shown(response)["row-4-region"] == "Utah"
    assert "The table says by now: Ohio" in page
    newest = response.context["upload"].version
    assert editor_client.post(page_of(kept), older | {"version": newest}).status_code == 302
    kept.refresh_from_db()
    assert '"Utah"' in kept.content


@pytest.mark.parametrize(
    "changed", [{"columns": {}, "is_checked": False}, {"is_checked": False}], ids=["moved", "begun"]
)
def test_what_was_typed_while_the_columns_were_chosen_anew_is_given_back(
    editor_client, kept, changed
):
    ImportUpload.objects.update(**changed)
    typed = {"row-4-region": "Utah", "row-4-name": "Erie"}
    response = editor_client.post(page_of(kept), typed)
    assert response.status_code == 409
    assert shown(response) | typed == shown(response)
    assert "The table was changed in another tab" in words(response)
    assert editor_client.get(page_of(kept)).status_code == 302


def test_what_was_typed_while_the_table_was_loaded_is_given_back(editor_client, kept):
    def load_before_the_table_is_read(execute, sql, params, many, context):
        if sql.startswith("SELECT") and '"affiliates_importupload"."content"' in sql:
            ImportUpload.objects.update(content="", done_at=timezone.now())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(load_before_the_table_is_read):
        response = editor_client.post(page_of(kept), {"row-4-region": "Utah"})
    assert response.status_code == 404
    assert "Row 4, Region: Utah" in words(response)


def test_button_of_an_older_preview_asks_to_look_again(editor_client, kept):
    correct(editor_client, kept, region_4="Ohio")
    response = editor_client.post(
        preview_of(kept), {"version": kept.version, "leave_out": "1"}, follow=True
    )
    assert "changed in another tab" in words(response)
    assert AffiliatePage.objects.count() == 0


@pytest.mark.parametrize("end", ["loaded", "deleted"])
def test_what_was_typed_for_a_table_that_is_gone_is_given_back(editor_client, kept, end):
    if end == "loaded":
        editor_client.post(preview_of(kept), {"leave_out": "1"})
    else:
        ImportUpload.objects.update(created_at=timezone.now() - timedelta(hours=25))
        call_command("forget")
    response = editor_client.post(
        page_of(kept), {"row-4-region": "<b>Ohio", "row-4-nothing": "x", "version": "0"}
    )
    assert response.status_code == 404
    page = words(response)
    assert "Row 4, Region: &lt;b&gt;Ohio" in page
    assert "nothing" not in page.partition("Row 4")[2]


def test_table_of_another_person_cannot_be_seen_or_corrected(editor_client, program, kept):
    stranger = UserFactory(username="stranger", is_superuser=True)
    editor_client.force_login(stranger)
    sheet = reverse("affiliates_import_errors_sheet", args=[kept.pk])
    columns = reverse("affiliates_import_columns", args=[kept.pk])
    for address in (page_of(kept), preview_of(kept), sheet, columns):
        response = editor_client.get(address)
        assert (response.status_code, b"Erie" in response.content) == (404, False)
    typed = {"row-4-region": "Ohio", "version": kept.version}
    assert editor_client.post(page_of(kept), typed).status_code == 404
    before = kept.content
    kept.refresh_from_db()
    assert kept.content == before


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"row-9999999-region": "Ohio"},
        {"row-2-region": "Ohio"},
        {"row-4-secret": "x", "row-x-region": "y", "region": "z", "version": "nine"},
        {"row-4-name": "\ud800\x00\u202e"},
        {"row-4-about": "x" * 200_000},
    ],
)
def test_fields_that_the_page_does_not_have_do_nothing(editor_client, kept, typed):
    typed = {name: text.encode("utf-8", "replace").decode() for name, text in typed.items()}
    assert editor_client.post(page_of(kept), typed).status_code in (302, 422)
    assert len(editor_client.get(page_of(kept)).context["rows"]) == 3


def test_error_of_a_whole_row_is_told_with_the_row(editor_client, program, person):
    kept = checked_upload(program, person, "region,name,about\nOhio,Lima,Words,more\n")
    page = words(editor_client.get(page_of(kept)))
    assert "This row has more cells than there are headings." in page


@pytest.mark.parametrize("rows", [1, 3])
def test_page_of_errors_takes_the_same_queries_for_each_table(
    editor_client, program, person, rows, django_assert_num_queries
):
    table = "region,name,about\n" + "".join(f"Atlantis,Group {n},Words\n" for n in range(rows))
    kept = checked_upload(program, person, table)
    editor_client.get(page_of(kept))
    with django_assert_num_queries(ERRORS_QUERIES):
        editor_client.get(page_of(kept))
    typed = {f"row-{n + 2}-region": "Ohio" for n in range(rows)} | {"version": kept.version}
    with django_assert_num_queries(CORRECTING_QUERIES):
        editor_client.post(page_of(kept), typed)


ERRORS_QUERIES = 15
CORRECTING_QUERIES = 19


def test_many_errors_are_shown_in_parts_and_a_long_table_is_checked_in_steps(
    editor_client, program, person
):
    rows = "".join(f"Atlantis,Group {n},Words\n" for n in range(2 * CHECKED_AT_ONCE + 1))
    # The last row says the same as the first, which was checked two steps before.
    kept = checked_upload(program, person, f"region,name,about\nOhio,A,x\n{rows}Ohio,A,y\n")
    page = words(editor_client.get(preview_of(kept)))
    assert f"{2 * CHECKED_AT_ONCE} of {2 * CHECKED_AT_ONCE + 3} rows are checked." in page
    assert 'http-equiv="refresh"' in page
    for _the_last_rows_and_then_the_report in range(2):
        page = words(editor_client.get(preview_of(kept)))
        assert f"{2 * CHECKED_AT_ONCE + 3} of {2 * CHECKED_AT_ONCE + 3} rows are checked." in page
    page = words(editor_client.get(preview_of(kept)))
    assert f"Import 1 group, leave out {2 * CHECKED_AT_ONCE + 2}" in page
    assert 'http-equiv="refresh"' not in page
    parts = 2 * CHECKED_AT_ONCE // 50 + 1
    response = editor_client.get(page_of(kept))
    assert f"Part 1 of {parts}" in words(response)
    assert len(response.context["rows"]) == 50
    last = editor_client.get(page_of(kept), {"p": parts})
    assert [row.errors for row in last.context["rows"]][-1] == []
    assert "This is the same group as in row 2." in words(last)
