"""Affiliates written as a table that can be loaded again, on the site it came from or another."""

import csv
import io

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Revision

from affiliates.models import AffiliatePage, Contact
from affiliates.transfer.exporting.affiliates import export_affiliates
from affiliates.transfer.importing.report import Outcome
from affiliates.transfer.importing.tables import read_table
from affiliates.transfer.services.importing import import_affiliates
from tests.factories.pages import AffiliatePageFactory, ProgramPageFactory
from tests.factories.users import UserFactory
from tests.standing import stands

TABLE = (
    "region,name,about,scope,locality,website,facebook,contact_name,contact_email,contact_phone,"
    "alternate_name,alternate_email\n"
    "Ohio,=1+1,Words,local,+Lima,a.org,facebook.com/a.group,Rosa,rosa@a.org,+1 614 555 0123,,\n"
    'Québec,"Élan, «vie»","@SUM(A1)\n-2; =3",provincial,,,,"=Kim",kim@b.org,,Lee,lee@b.org\n'
    'Iowa,211,"\'quoted\' ""words""",,,,,,,,,\n'
)


@stands()
def loaded(program):
    import_affiliates(program=program, table=read_table(TABLE.encode()))
    return program


def exported(program, file_format, *, with_contacts=True):
    return b"".join(
        export_affiliates(program, file_format=file_format, with_contacts=with_contacts)
    )


def facts(program):
    pages = AffiliatePage.objects.child_of(program).order_by("title")
    people = Contact.objects.filter(affiliation__program=program)
    return [
        *pages.values_list("title", "region", "summary", "scope", "locality"),
        *pages.values_list("links__network", "links__url"),
        *people.order_by("email").values_list("role", "name", "email", "phone"),
    ]


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_exported_table_changes_nothing_when_it_is_imported(loaded, file_format):
    before, revisions = facts(loaded), Revision.objects.count()
    report = import_affiliates(program=loaded, table=read_table(exported(loaded, file_format)))
    assert report.findings == []
    assert report.counts[Outcome.UNCHANGED] == 3
    assert (facts(loaded), Revision.objects.count()) == (before, revisions)


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_exported_table_makes_the_same_affiliates_elsewhere(loaded, file_format):
    other = ProgramPageFactory()
    import_affiliates(program=other, table=read_table(exported(loaded, file_format)))
    assert facts(other) == facts(loaded)


def test_csv_runs_no_formula(loaded):
    rows = list(csv.reader(io.StringIO(exported(loaded, "csv").decode("utf-8-sig"))))
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert "'=1+1" in cells


def test_workbook_holds_texts_and_no_formula(loaded):
    sheet = openpyxl.load_workbook(io.BytesIO(exported(loaded, "xlsx"))).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells if cell.value.startswith("="))


def test_draft_that_was_never_public_is_left_out_and_a_former_affiliate_is_not(loaded):
    AffiliatePage.objects.get(title="211").unpublish()
    AffiliatePageFactory(parent=loaded, title="In review", live=False)
    text = exported(loaded, "csv").decode()
    assert "211" in text
    assert "In review" not in text


def test_number_of_queries_does_not_grow(program):
    counts = []
    for rows in (1, 3):
        table = "\n".join(TABLE.split("\nQuébec")[:1]) if rows == 1 else TABLE
        import_affiliates(program=program, table=read_table(table.encode()))
        with CaptureQueriesContext(connection) as queries:
            exported(program, "csv")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_command_writes_a_file_that_can_be_imported(loaded, tmp_path, capsys):
    file = tmp_path / "all.xlsx"
    call_command("export_affiliates", str(file), "--program", loaded.slug)
    call_command("import_affiliates", str(file), "--program", loaded.slug)
    assert "Done: 0 new, 0 changed, 3 unchanged." in capsys.readouterr().out
    plain = tmp_path / "plain.csv"
    call_command("export_affiliates", str(plain), "--program", loaded.slug, "--without-contacts")
    assert b"rosa@a.org" not in plain.read_bytes()


@pytest.mark.parametrize(
    ("name", "slug", "message"),
    [
        ("a.ods", None, "has to end in"),
        ("nowhere/a.csv", None, "Cannot write"),
        ("a.csv", "other", "There is no program"),
    ],
)
def test_command_with_a_wrong_argument_says_so(program, tmp_path, name, slug, message):
    with pytest.raises(CommandError, match=message):
        call_command("export_affiliates", str(tmp_path / name), "--program", slug or program.slug)


def address(program, file_format="csv"):
    return reverse("affiliates_export", args=[program.pk, file_format])


def test_editor_exports_from_the_program_page_without_contacts(editor_client, loaded):
    page = editor_client.get(reverse("wagtailadmin_explore", args=[loaded.pk])).content.decode()
    assert address(loaded) in page
    assert address(loaded, "xlsx") in page
    response = editor_client.get(address(loaded))
    text = b"".join(response.streaming_content).decode()
    assert "no-store" in response["Cache-Control"]
    assert "Élan" in text
    assert "rosa@a.org" not in text


def test_who_looks_after_affiliates_exports_their_contacts(client, loaded):
    manager = UserFactory(
        groups=["Editors", "Moderators"], permissions=["affiliates.change_affiliation"]
    )
    client.force_login(manager)
    text = b"".join(client.get(address(loaded)).streaming_content).decode()
    assert "rosa@a.org" in text


def test_who_may_not_import_may_not_export(client, loaded):
    client.force_login(UserFactory(permissions=["wagtailadmin.access_admin"]))
    assert client.get(address(loaded)).url == reverse("wagtailadmin_home")


def test_unknown_format_or_program_is_not_found(editor_client, program):
    assert editor_client.get(address(program, "ods")).status_code == 404
    assert editor_client.get(reverse("affiliates_export", args=[0, "csv"])).status_code == 404
