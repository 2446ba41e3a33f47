"""Tables as people and programs write them badly: read where that needs no guess, else refused."""

import datetime
import io
import zipfile

import openpyxl
import pytest

from affiliates.models import AffiliatePage
from affiliates.transfer.importing.headings import column_of
from affiliates.transfer.importing.report import Outcome, Severity
from affiliates.transfer.importing.tables import MAXIMUM_BYTES, read_table
from affiliates.transfer.importing.workbooks import TableUnreadable
from affiliates.transfer.services.importing import import_affiliates
from tests.factories.pages import AffiliatePageFactory
from tests.factories.tables import saved, workbook

HEAD = ("region", "name", "about")


def load(program, content, **options):
    content = content if isinstance(content, bytes) else content.encode()
    return import_affiliates(program=program, table=read_table(content), **options)


def said(report, severity=None):
    return [
        (item.row, item.column)
        for item in report.findings
        if severity is None or item.severity == severity
    ]


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("State", "region"),
        ("STATE / Province", "region"),
        ("Province", "region"),
        ("Region", "region"),
        ("Group name", "name"),
        ("Name of the group", "name"),
        ("Organisation", "name"),
        ("Description", "about"),
        ("About your group", "about"),
        ("Summary", "about"),
        ("Town or county", "locality"),
        ("City", "locality"),
        ("URL", "website"),
        ("Web site", "website"),
        ("web-site", "website"),
        ("Website URL", "website"),
        ("Home page", "website"),
        ("X", "twitter"),
        ("Twitter/X", "twitter"),
        ("X (Twitter) handle", "twitter"),
        ("Facebook page", "facebook"),
        ("Facebook Group URL", "facebook"),
        ("You Tube channel", "youtube"),
        ("Youtube", "youtube"),
        ("Ínstagram", "instagram"),
        ("Mastodon", "mastodon"),
        ("Mastodon handle", "mastodon"),
        ("Fediverse address", "mastodon"),
        ("Your group's Mastodon account (e.g. @us@server)", "mastodon"),
        ("Bluesky handle", "bluesky"),
        ("Blue Sky", "bluesky"),
        ("LinkedIn page", "linkedin"),
        ("Linked In URL", "linkedin"),
        ("What is the address of your LinkedIn company page?", "linkedin"),
        ("Threads profile", "threads"),
        ("Tik Tok account", "tiktok"),
        ("WhatsApp channel", "whatsapp"),
        ("WhatsApp channel link", "whatsapp"),
        ("WhatsApp number", "contact_phone"),
        ("May we reach you on WhatsApp?", ""),
        ("Discord server", "discord"),
        ("Discord invite link", "discord"),
        ("Meetup.com page", "meetup"),
        ("Link to your Meetup group", "meetup"),
        ("How often do you meet up?", ""),
        ("Which days are your meetup?", ""),
        ("Budget", ""),
        ("Group link", ""),
        ("🎉", ""),
        ("", ""),
    ],
)
def test_heading_as_people_write_it_is_taken_for_our_column(heading, column):
    assert column_of(heading) == column


def test_report_says_which_heading_was_taken_for_which_column(program):
    report = load(program, "State,Name,Description,Web site\nOhio,A,Words,a.org\n")
    assert report.renamed == {"region": "State", "about": "Description", "website": "Web site"}
    assert report.created == ["A"]


def test_our_own_heading_goes_before_another_word_for_the_same(program):
    report = load(program, "title,name,region,about\nOther,A,Ohio,Words\n")
    assert said(report) == [(1, "name")]
    assert "“title” is left out" in report.findings[0].message
    assert report.created == ["A"]


def test_two_other_words_for_the_same_column_stop_the_import(program):
    report = load(program, "State,Province,name,about\nOhio,Ontario,A,Words\n")
    assert said(report) == [(1, "region")]
    assert report.failed


def test_column_without_a_heading_is_reported_by_its_letter(program):
    report = load(program, "region,,name,about\nOhio,secret,A,Words\n")
    assert said(report) == [(1, "B")]
    assert report.created == ["A"]


def test_each_row_has_its_outcome_with_what_changes(program):
    AffiliatePageFactory(parent=program, title="Same", region="US-OH", summary="Words")
    page = AffiliatePageFactory(
        parent=program, title="Old", region="US-MI", links={"website": "https://old.org"}
    )
    text = (
        "region,name,about,scope,website\n"
        "Ohio,Same,Words,state,\n"
        "Michigan,OLD,New words,local,new.org\n"
        "Iowa,Fresh,Words,,\n"
        "Iowa,Fresh,Words,,\n"
        "Atlantis,Lost,Words,,\n"
    )
    page.locality = "Lansing"
    page.save()
    report = load(program, text, dry_run=True)
    assert [(row.number, row.name, row.outcome) for row in report.rows] == [
        (2, "Same", Outcome.UNCHANGED),
        (3, "OLD", Outcome.CHANGED),
        (4, "Fresh", Outcome.NEW),
        (5, "Fresh", Outcome.LEFT_OUT),
        (6, "Lost", Outcome.ERROR),
    ]
    assert [change._asdict() for change in report.rows[1].changes] == [
        {"column": "name", "before": "Old", "after": "OLD"},
        {"column": "about", "before": page.summary, "after": "New words"},
        {"column": "scope", "before": "State", "after": "Local"},
        {"column": "website", "before": "https://old.org", "after": "https://new.org"},
    ]
    assert report.counts[Outcome.ERROR] == report.counts[Outcome.LEFT_OUT] == 1
    assert said(report, Severity.LEFT_OUT) == [(5, "")]


def test_page_that_the_person_may_not_change_is_an_error(program, editor):
    page = AffiliatePageFactory(parent=program, title="A", region="US-OH")
    editor.groups.clear()
    report = load(program, "region,name,about\nOhio,A,Other words\n", by=editor)
    assert said(report) == [(2, "")]
    page.refresh_from_db()
    assert page.summary != "Other words"


@pytest.mark.parametrize(
    "content",
    [
        b"sep=;\r\nregion;name;about\r\nOhio;A, B and C;Words\r\n",
        b"\r\n\r\nregion;name;about\r\nOhio;A, B and C;Words\r\n",
        b'"region, or state";name;about\r\nOhio;A, B and C;Words\r\n'.replace(
            b'"region, or state"', b'"region"'
        ),
        b"region\tname\tabout\rOhio\tA, B and C\tWords\r",
    ],
)
def test_separator_is_found_however_the_file_begins(program, content):
    assert load(program, content).created == ["A, B and C"]


def test_text_of_several_lines_in_quotes_is_one_cell(program):
    report = load(program, 'region,name,about\nOhio,A,"One\nTwo"\nOhio,,Words\n')
    assert said(report) == [(3, "name")]
    load(program, 'region,name,about\nOhio,A,"One\nTwo"\n')
    assert AffiliatePage.objects.get().summary == "One\nTwo"


@pytest.mark.parametrize("cell", ["=1+1", "+1 555", "-x", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_formula_is_kept_as_the_text_that_it_is(program, cell):
    load(program, workbook(HEAD, ("Ohio", "A", f"Words {cell}"), ("Iowa", "B", "x")))
    assert AffiliatePage.objects.get(title="A").summary == f"Words {cell}"
    quoted = cell.replace('"', '""')
    load(program, f'region,name,about\nTexas,C,"{quoted}"\n')
    assert AffiliatePage.objects.get(title="C").summary == cell


def test_error_of_the_spreadsheet_does_not_become_a_name(program):
    report = load(program, "region,name,about\nOhio,#REF!,Words\n")
    assert said(report) == [(2, "name")]
    assert "#REF!" in report.findings[0].message


@pytest.mark.parametrize("column", range(3))
def test_cell_of_a_million_letters_is_named(program, column):
    cells = ["Ohio", "A", "Words"]
    cells[column] = "x " * 60_000
    report = load(program, "region,name,about\n" + ",".join(cells) + "\n")
    assert said(report) == [(2, HEAD[column])]
    with pytest.raises(TableUnreadable, match="ends unexpectedly near line"):
        read_table(b'region,name,about\nOhio,"' + b"x" * 1_000_000 + b'",Words\n')


def test_numbers_and_dates_of_a_workbook_are_the_texts_that_people_see(program):
    date = datetime.datetime(2026, 1, 31)  # noqa: DTZ001 (so do spreadsheets)
    rows = [("Ohio", 211, date), ("Iowa", 7.0, datetime.date(2026, 2, 1)), ("Utah", True, 1.5)]
    load(program, workbook(HEAD, *rows))
    found = AffiliatePage.objects.order_by("path").values_list("title", "summary")
    assert list(found) == [("211", "2026-01-31"), ("7", "2026-02-01"), ("True", "1.5")]


def test_formulas_of_a_workbook_count_by_their_last_result(program):
    report = load(program, workbook(HEAD, ("Ohio", '="A"&"B"', "Words")))
    assert said(report) == [(2, "name")]


def test_merged_cells_say_the_same_in_every_row(program):
    book = openpyxl.Workbook()
    for row in [HEAD, ("Ohio", "A", "Words"), (None, "B", "Words"), (None, "C", "Words")]:
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    report = load(program, saved(book))
    assert said(report) == [(4, "region")]
    book.active.cell(4, 1).value = "Iowa"
    load(program, saved(book))
    found = AffiliatePage.objects.order_by("title").values_list("title", "region")
    assert list(found) == [("A", "US-OH"), ("B", "US-OH"), ("C", "US-IA")]


def test_hidden_sheet_is_passed_over_and_other_sheets_are_mentioned(program):
    book = openpyxl.Workbook()
    book.active.sheet_state = "hidden"
    book.active.append(("secret",))
    for name, group in [("Chapters", "A"), ("Old", "B")]:
        sheet = book.create_sheet(name)
        sheet.append(HEAD)
        sheet.append(("Ohio", group, "Words"))
    book.active = 1
    report = load(program, saved(book))
    assert report.created == ["A"]
    notes = " ".join(item.message for item in report.findings)
    assert "“Chapters”" in notes
    assert "Hidden" in notes


def test_size_that_a_workbook_states_wrongly_does_no_harm(program):
    content = rewritten(
        workbook(HEAD, ("Ohio", "A", "Words")),
        lambda name, data: data.replace(b'<dimension ref="A1:C2"', b'<dimension ref="A1"'),
    )
    assert load(program, content).created == ["A"]


def rewritten(content, change):
    """The archive with each part as ``change(name, data)`` says."""
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return changed.getvalue()


def far_away(row, column):
    book = openpyxl.Workbook()
    book.active.append(HEAD)
    book.active.cell(row, column).value = "x"
    return saved(book)


def bomb(name, data):
    return data + b" " * 60_000_000 if name.endswith("sheet1.xml") else data


def with_texts(count):
    """Excel itself writes texts that cells share into a part of their own."""
    content = io.BytesIO(workbook(HEAD))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b" " * count)
    return content.getvalue()


def all_merged(name, data):
    cells = b"".join(b'<mergeCell ref="A%d:A1048576"/>' % row for row in range(2, 9))
    merged = b'<mergeCells count="7">' + cells + b"</mergeCells></worksheet>"
    return data.replace(b"</worksheet>", merged) if name.endswith("sheet1.xml") else data


def merged_far(name, data):
    """A hundred thousand million cells, in sixty bytes."""
    return data.replace(b"</worksheet>", b'<mergeCell ref="A1:A99999999999"/></worksheet>')


def unclosed(name, data):
    return data.replace(b"</worksheet>", b"<mergeCell " * 20_000)


def styled(name, data):
    style = b'<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
    return data.replace(b"</cellXfs>", style * 200_000 + b"</cellXfs>")


def nested(name, data):
    """Half a gigabyte of elements within each other, out of 40 kB."""
    deep = b"<a>" * 12_000_000 + b"<sheetData>"
    return data.replace(b"<sheetData>", deep) if name.endswith("sheet1.xml") else data


def shared_by_all(name, data):
    """One long text, shown by every cell."""
    if not name.endswith("sheet1.xml"):
        return data
    cell = b'<c t="inlineStr"><is><t>' + b"x" * 2_000 + b"</t></is></c>"
    rows = b"<row>%s</row>" % (cell * 100) * 100
    return data.replace(b"<sheetData>", b"<sheetData>" + rows)


def entities(name, data):
    """Each is ten of the one before: a thousand million laughs."""
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    head = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">' + laughs + b"]>"
    body = data.partition(b"?>")[2] or data
    return head + body.replace(b"Ohio", b"&l9;") if name.endswith("sheet1.xml") else data


def from_outside(name, data):
    """A text that the file asks to be taken from this machine."""
    head = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    body = data.partition(b"?>")[2] or data
    return head + body.replace(b"Ohio", b"&f;") if name.endswith("sheet1.xml") else data


BOMBS = {
    "merged_far": (merged_far, "Too many cells are merged"),
    "unclosed": (unclosed, "damaged"),
    "styled": (styled, "too large"),
    "nested": (nested, "too large"),
    "shared_by_all": (shared_by_all, "too large"),
    "entities": (entities, "damaged"),
    "from_outside": (from_outside, "damaged"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_small_workbook_that_would_take_much_memory_or_time_is_refused_with_the_reason(name):
    change, reason = BOMBS[name]
    content = rewritten(workbook(HEAD, ("Ohio", "A", "x")), change)
    assert len(content) < 100_000
    with pytest.raises(TableUnreadable, match=reason):
        read_table(content)


@pytest.mark.parametrize("text", [",", "\n", '"', '""', "a,", "a\n"])
def test_csv_of_the_largest_size_is_read_or_refused_with_a_sentence(text):
    content = (text * MAXIMUM_BYTES)[:MAXIMUM_BYTES].encode()
    with pytest.raises(TableUnreadable, match=r"[.?]$"):
        read_table(content)


def without(part):
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(HEAD))) as old,
        zipfile.ZipFile(content, "w") as new,
    ):
        for name in old.namelist():
            if part not in name:
                new.writestr(name, old.read(name))
    return content.getvalue()


def broken(part):
    return rewritten(
        workbook(HEAD, ("Ohio", "A", "x")),
        lambda name, data: data[: len(data) // 2] if part in name else data,
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda: rewritten(workbook(HEAD), bomb),
        lambda: with_texts(11_000_000),
        lambda: rewritten(workbook(HEAD), all_merged),
        lambda: far_away(1, 16_000),
        lambda: without("Content_Types"),
        lambda: without("workbook.xml"),
        lambda: without("sheet1"),
        lambda: broken("sheet1"),
        lambda: broken("workbook.xml"),
        lambda: workbook(HEAD)[:-40],
        lambda: workbook(),
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500,  # the older .xls
        lambda: b"region,name,about\nOhio,A\x00B,Words\n",
        lambda: "region,name,about\n".encode("utf-16-le"),
        lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x81\x00" * 100,
        lambda: b"sep=;\r\n",
    ],
)
def test_file_that_is_broken_or_too_large_is_refused_with_a_sentence(make):
    content = make()
    assert len(content) < 100_000
    with pytest.raises(TableUnreadable) as refusal:
        read_table(content)
    assert str(refusal.value).endswith((".", "?"))


def test_cell_in_a_workbooks_last_row_is_read(program):
    report = load(program, far_away(1_048_576, 4))
    assert said(report) == [(1_048_576, "")]
