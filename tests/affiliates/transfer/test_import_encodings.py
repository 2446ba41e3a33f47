"""Tables whose letters were saved wrongly are mended, and it is said."""

import pytest

from affiliates.core.regions.coverage import NORTH_AMERICA
from affiliates.transfer.importing.decoding import LOST_LETTER
from affiliates.transfer.importing.report import ImportReport, Severity
from affiliates.transfer.importing.rows import read_rows
from affiliates.transfer.importing.tables import Table, read_table
from tests.factories.tables import workbook

HEAD = "region,name,about\n"


def read(content):
    report = ImportReport()
    table = read_table(content if isinstance(content, bytes) else content.encode())
    return read_rows(table, report, NORTH_AMERICA), report


def broken(text, encoding):
    """UTF-8 that somebody read in another encoding, and saved."""
    return text.encode().decode(encoding)


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "mac_roman"])
@pytest.mark.parametrize("text", ["Parents d’élèves", "Eltern für Kinder – Köln", "Niños y más"])
def test_text_read_in_the_wrong_encoding_is_mended_with_a_word_about_it(text, encoding):
    wrong = text.encode().decode(encoding, "replace")
    if LOST_LETTER in wrong:
        wrong = text.replace("’", "'").encode().decode(encoding)
        text = text.replace("’", "'")
    (group,), report = read(f"{HEAD}Ohio,{wrong},Words\n")
    assert group.fields["title"] == text
    (finding,) = report.findings
    assert (finding.row, finding.column, finding.severity) == (2, "name", Severity.NOTE)
    assert wrong.strip() in finding.message
    assert text in finding.message


@pytest.mark.parametrize(
    "text",
    [
        "Parents d’élèves",
        "Über 40 Gruppen – “Ärzte & Eltern”",
        "¿Niños? ¡Sí!",
        "Zażółć gęślą jaźń",
        "日本の親の会",
        "Rodičia Ľubošových detí",
        "Ölçü Ğ İstanbul",
        "naïve façade — 5 €",
        "Ελληνικά",
        "Привет",
        "Tiếng Việt",
        "🎉 Fête",
    ],
)
def test_text_that_is_right_is_left_alone(text):
    table = read_table(f"{HEAD}Ohio,A,{text}\n".encode())
    assert (table.rows[2][2], table.mended) == (text, [])


def test_wrong_letters_in_a_workbook_and_in_headings_are_mended_too():
    table = read_table(workbook((broken("Région", "cp1252"),), (broken("Québec", "cp1252"),)))
    assert (table.headings, table.rows[2]) == (["Région"], ["Québec"])


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (f"{HEAD}Ohio,Élan,Words\r\n".encode("cp1252"), "Windows-1252"),
        (f"{HEAD}Ohio,Élan,Words\n".replace("\n", "\r").encode("mac_roman"), "Mac OS Roman"),
        (f"{HEAD}Ohio,Élan,Words\n".encode("utf-16"), "UTF-16"),
    ],
)
def test_file_in_another_encoding_is_read_with_a_word_about_it(content, encoding):
    (group,), report = read(content)
    assert group.fields["title"] == "Élan"
    (finding,) = report.findings
    assert finding.row == 0
    assert f"saved as {encoding}" in finding.message


def test_plain_letters_need_no_word_about_the_encoding():
    assert read(f"{HEAD}Ohio,A,Words\n".encode("utf-16"))[1].findings == []


def test_letter_that_is_lost_has_to_be_typed_again():
    _groups, report = read(f"{HEAD}Ohio,{LOST_LETTER}lan,Words\n")
    assert [(item.row, item.column, item.severity) for item in report.findings] == [
        (2, "name", Severity.ERROR)
    ]


def test_table_is_the_same_after_it_was_kept():
    table = read_table(f"Title\n{HEAD}Ohio,{broken('Élan', 'cp1252')},Words\n".encode())
    assert Table.from_json(table.as_json()) == table
