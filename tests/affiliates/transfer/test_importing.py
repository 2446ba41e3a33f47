"""Loading tables of affiliates, as spreadsheets and people write them."""

import io
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from wagtail.models import ModelLogEntry, PageLogEntry, Revision

from affiliates.core.states import Scope
from affiliates.models import AffiliatePage, AffiliateProgramPage
from affiliates.transfer.importing.report import Severity
from affiliates.transfer.importing.tables import read_table
from affiliates.transfer.importing.workbooks import TableUnreadable
from affiliates.transfer.services.importing import import_affiliates
from tests.factories.pages import AffiliatePageFactory

DEMO = Path(__file__).parents[3] / "site/program_site/demo/affiliates.csv"
HEAD = "region,name,about,website,facebook\n"
ROW = "Michigan,EndSaR,Works for safe schools,endsar-mi.org,facebook.com/EndSaRMI\n"


def load(program, text, **options):
    content = text if isinstance(text, bytes) else text.encode()
    return import_affiliates(program=program, table=read_table(content), **options)


def links(page):
    return {link.network: link.url for link in page.links.all()}


def facts():
    return [
        (page.title, page.region, page.summary, page.scope, page.locality, links(page))
        for page in AffiliatePage.objects.order_by("title")
    ]


def test_first_users_table_is_loaded_with_one_link_left_out(program):
    report = import_affiliates(program=program, table=read_table(DEMO.read_bytes()))
    assert len(report.created) == 5
    (finding,) = report.findings
    assert (finding.row, finding.column, finding.severity) == (3, "youtube", Severity.LEFT_OUT)
    assert "cut short" in finding.message
    angels = AffiliatePage.objects.get(title="Justice For Our Angels")
    assert links(angels) == {
        "facebook": "https://www.facebook.com/ForProfitMentalHealthReform",
        "twitter": "https://twitter.com/JusticeForOurA2",
        "instagram": "https://instagram.com/justiceforourangels20",
    }
    for page in AffiliatePage.objects.all():
        assert page.live
        assert all(url.startswith("https://") for url in links(page).values())


def test_same_file_again_changes_nothing(program):
    load(program, DEMO.read_bytes())
    before, revisions = facts(), Revision.objects.count()
    report = load(program, DEMO.read_bytes())
    assert (len(report.created), len(report.updated), len(report.unchanged)) == (0, 0, 5)
    assert facts() == before
    assert Revision.objects.count() == revisions


def test_changed_row_updates_its_page(program, editor):
    load(program, HEAD + ROW)
    page = AffiliatePage.objects.get()
    report = load(program, HEAD + "MI,ENDSAR,New words,,m.facebook.com/Other\n", by=editor)
    assert report.updated == ["ENDSAR"]
    updated = AffiliatePage.objects.get()
    assert (updated.pk, updated.summary) == (page.pk, "New words")
    assert links(updated) == {"facebook": "https://www.facebook.com/Other"}
    assert updated.latest_revision.user == editor
    assert links(updated.latest_revision.as_object()) == links(updated)


def test_column_that_is_missing_leaves_what_is_there(program):
    load(program, "region,name,about,locality,scope,website\nMI,EndSaR,Words,Lansing,local,a.org\n")
    load(program, "region,name,about\nMI,EndSaR,Other words\n")
    page = AffiliatePage.objects.get()
    assert (page.scope, page.locality, page.summary) == ("local", "Lansing", "Other words")
    assert links(page) == {"website": "https://a.org"}


def test_local_group_without_a_place_is_an_error_only_if_the_page_has_none(program):
    table = "region,name,about,scope\nMI,EndSaR,Words,local\n"
    report = load(program, table)
    assert [(item.row, item.column) for item in report.findings] == [(2, "locality")]
    page = AffiliatePageFactory(parent=program, title="EndSaR", locality="Lansing")
    assert load(program, table).updated == ["EndSaR"]
    page.refresh_from_db()
    assert page.scope == Scope.LOCAL


def test_bad_link_leaves_the_good_one_that_is_there(program):
    load(program, HEAD + ROW)
    report = load(program, HEAD + "Michigan,EndSaR,Words,javascript:1,facebook.com/EndSaRMI\n")
    assert [finding.column for finding in report.findings] == ["website"]
    assert links(AffiliatePage.objects.get())["website"] == "https://endsar-mi.org"


def test_pages_come_with_history_below_the_program(program, editor):
    load(program, HEAD + ROW, by=editor)
    page = AffiliatePage.objects.get()
    assert page.get_parent().pk == program.pk
    assert page.owner == editor
    actions = PageLogEntry.objects.for_instance(page).values_list("action", "user")
    assert ("wagtail.create", editor.pk) in actions
    assert ("wagtail.publish", editor.pk) in actions
    assert ModelLogEntry.objects.count() == 0
    assert AffiliateProgramPage.find_problems() == ([], [], [], [], [])
    assert not page.has_unpublished_changes


def test_row_5000_that_is_bad_leaves_nothing(program):
    rows = "".join(f"Ohio,Group {number},Words\n" for number in range(2, 5000))
    report = load(program, "region,name,about\n" + rows + "Atlantis,Last,Words\n")
    (finding,) = report.findings
    assert (finding.row, finding.column, finding.severity) == (5000, "region", Severity.ERROR)
    assert "Atlantis" in finding.message
    assert report.created == []
    assert AffiliatePage.objects.count() == 0


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("Ohio,,Words", "name"),
        (",Group,Words", "region"),
        ("Ohio,Group,", "about"),
        ("Ohio,🎉,Words", "name"),
        (f"Ohio,{'x' * 300},Words", "name"),
        (f"Ohio,Group,{'x' * 600}", "about"),
        ("Ohio,Group,Words,planet", "scope"),
        ("Ohio,Group,Words,provincial", "scope"),
        ("Ontario,Group,Words,state", "scope"),
        ("Ohio,Group,Words,local", "locality"),
        ("Ohio,Group,Words,local,Lima,extra", ""),
        ("Ohio,\u200b,Words", "name"),
    ],
)
def test_row_that_cannot_be_stored_is_named_by_row_and_column(program, row, column):
    table = f"region,name,about,scope,locality\nOhio,Good,Words,,\n{row}\n"
    report = load(program, table)
    assert [(item.row, item.column) for item in report.findings] == [(3, column)]
    assert report.failed
    assert AffiliatePage.objects.count() == 0


def test_every_bad_row_is_named_at_once(program):
    report = load(program, "region,name,about\nAtlantis,A,Words\nOhio,,Words\nOhio,B,\n")
    assert [finding.row for finding in report.findings] == [2, 3, 4]


def test_same_group_twice_is_an_error_that_names_the_first_row(program):
    report = load(program, HEAD + ROW + ROW.replace("EndSaR,", "endsar!,"))
    assert [finding.message for finding in report.findings] == [
        "This is the same group as in row 2."
    ]
    assert report.failed


def test_same_name_in_two_regions_is_two_groups(program):
    load(program, "region,name,about\nOhio,Parents,Words\nIowa,Parents,Words\n")
    assert AffiliatePage.objects.count() == 2


def test_scope_is_the_whole_state_or_province_unless_said(program):
    load(program, "region,name,about\nOhio,A,Words\nQuébec,B,Words\n")
    assert list(AffiliatePage.objects.order_by("title").values_list("region", "scope")) == [
        ("US-OH", Scope.STATE),
        ("CA-QC", Scope.PROVINCIAL),
    ]


def test_unknown_heading_is_reported_and_the_rest_loaded(program):
    report = load(program, "Region,NAME,About,Budget\nOhio,A,Words,5\n")
    assert [(item.row, item.column) for item in report.findings] == [(1, "Budget")]
    assert report.created == ["A"]


@pytest.mark.parametrize(
    ("headings", "column"),
    [("region,name,name,about", "name"), ("region,about", "name"), ("name;about", "region")],
)
def test_headings_that_are_doubled_or_missing_stop_the_import(program, headings, column):
    report = load(program, headings + "\nOhio,A,B,C\n")
    assert [item.column for item in report.findings] == [column]
    assert report.failed


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_table_is_read_in_every_usual_encoding(encoding, delimiter):
    text = f"region{delimiter}name\r\nQuébec{delimiter}Élan – “vie”\r\n"
    table = read_table(text.encode(encoding))
    assert table.headings == ["region", "name"]
    assert table.rows == {2: ["Québec", "Élan – “vie”"]}


def test_row_numbers_count_empty_lines_as_a_spreadsheet_does():
    assert list(read_table(b"a,b\n,\n\n1,2\n").rows) == [4]


def test_workbook_is_read_like_the_same_text(program):
    book = openpyxl.Workbook()
    book.active.append(["region", "name", "about", "website"])
    book.active.append(["MI", "EndSaR", "Words", None])
    content = io.BytesIO()
    book.save(content)
    assert load(program, content.getvalue()).created == ["EndSaR"]


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xef\xbb\xbf",
        b"\n\n,,\n",
        PNG,
        b"PK\x03\x04 broken",
        b'a,b\n"never closed,1\n',
        b"\xff\xfea",
        b"a" * 5_000_001,
        b"a,b\n" * 10_002,
        b'a,b\n"' + b"x" * 200_000 + b'",1\n',
    ],
    ids=range(10),
)
def test_file_that_is_no_table_is_refused_with_a_sentence(content):
    with pytest.raises(TableUnreadable) as refusal:
        read_table(content)
    assert str(refusal.value).endswith(".")


def test_page_taken_offline_is_updated_and_stays_offline(program):
    page = AffiliatePageFactory(parent=program, title="EndSaR", live=False)
    report = load(program, HEAD + ROW)
    page.refresh_from_db()
    assert not page.live
    assert page.get_latest_revision_as_object().summary == "Works for safe schools"
    assert [finding.severity for finding in report.findings] == [Severity.NOTE]


def test_dry_run_reports_and_stores_nothing(program):
    report = load(program, HEAD + ROW, dry_run=True)
    assert report.created == ["EndSaR"]
    assert AffiliatePage.objects.count() == 0
    program.refresh_from_db()
    assert program.numchild == 0


def test_command_loads_and_says_what_it_did(program, editor, capsys):
    call_command("import_affiliates", str(DEMO), "--program", program.slug, "--user", "editor")
    said = capsys.readouterr().out
    assert "Left out (row 3, youtube):" in said
    assert "Done: 5 new, 0 changed, 0 unchanged." in said
    assert AffiliatePage.objects.filter(owner=editor).count() == 5


def test_command_tried_dry_stores_nothing(program, capsys):
    call_command("import_affiliates", str(DEMO), "--program", program.slug, "--dry-run")
    assert "Would be: 5 new" in capsys.readouterr().out
    assert AffiliatePage.objects.count() == 0


def test_command_with_a_bad_table_fails(program, tmp_path, capsys):
    file = tmp_path / "bad.csv"
    file.write_text("region,name,about\nAtlantis,A,B\n")
    with pytest.raises(CommandError, match="Nothing was stored"):
        call_command("import_affiliates", str(file), "--program", program.slug)
    assert "Error: nothing was stored (row 2, region): We do not know" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["/nowhere.csv", "--program", "safe-schools"], "Cannot read"),
        ([str(DEMO), "--program", "other"], "There is no program “other”"),
        ([str(DEMO), "--program", "safe-schools", "--user", "nobody"], "There is no user"),
    ],
)
def test_command_with_a_wrong_argument_says_so(program, arguments, message):
    program.slug = "safe-schools"
    program.save()
    with pytest.raises(CommandError, match=message):
        call_command("import_affiliates", *arguments)
