"""Saying what the columns of an uploaded table are, on a page and on the command line."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from affiliates.models import AffiliatePage, Contact, ImportColumns, ImportUpload
from tests.affiliates.transfer.imports import checked, choose, suggested, upload, words
from tests.factories.pages import ProgramPageFactory
from tests.factories.users import UserFactory

TABLE = (
    "Our groups in 2026\n"
    "\n"
    "Timestamp,Wer seid ihr?,Bundesstaat,Worum geht es?,First name,Last name,E-mail\n"
    "9/20/2026,Lima Parents,Ohio,QuÃ©bec and more,Kim,Lee,kim@example.org\n"
    "9/21/2026,Ames Parents,Iowa,Words,Rosa,Diaz,rosa@example.org\n"
    "9/22/2026,Ames Parents,Iowa,Words,Rosa,Diaz,rosa@example.org\n"
    "9/23/2026,Erie Parents,Ohio,Words,Lou,Poe,lou@example.org\n"
)
CHOICES = {"Wer seid ihr?": "name", "Bundesstaat": "region", "Worum geht es?": "about"}


def columns_page(client, program, table=TABLE):
    return upload(client, program, table).url


def test_page_shows_each_column_with_some_of_its_texts_and_what_it_was_taken_for(
    editor_client, program
):
    address = columns_page(editor_client, program)
    response = editor_client.get(address)
    page = words(response)
    assert "Lima Parents · Ames Parents · Erie Parents" in page
    assert "9/20/2026 · 9/21/2026 · 9/22/2026" in page
    assert "“QuÃ©bec and more” is now “Québec and more”" in page
    assert [field.value() for field in response.context["form"].columns] == (
        [""] * 4 + ["contact_first_name", "contact_last_name", "contact_email"]
    )
    assert '<option value="3" selected>Row 3: Timestamp, Wer seid ihr?' in page
    assert AffiliatePage.objects.count() == 0


def test_columns_that_were_chosen_are_what_is_loaded(editor_client, program):
    response = choose(editor_client, columns_page(editor_client, program), **CHOICES)
    page = words(editor_client.get(response.url))
    assert "New: will be added: 3" in page
    assert "“First name + Last name” was read as contact_name." in page
    assert "2 rows above the headings" not in page  # an empty one is no row
    assert "1 row above the headings is not read." in page
    assert "Saved with the wrong letters" in page
    editor_client.post(response.url)
    names = AffiliatePage.objects.values_list("title", "region").order_by("title")
    assert list(names) == [
        ("Ames Parents", "US-IA"),
        ("Erie Parents", "US-OH"),
        ("Lima Parents", "US-OH"),
    ]


def test_name_in_two_columns_is_one_name(client, program):
    client.force_login(UserFactory(is_superuser=True))
    address = choose(client, columns_page(client, program), **CHOICES).url
    client.post(address)
    assert set(Contact.objects.values_list("name", flat=True)) == {
        "Kim Lee",
        "Rosa Diaz",
        "Lou Poe",
    }


def test_choice_is_remembered_for_the_same_headings_of_the_same_program(editor_client, program):
    choose(editor_client, columns_page(editor_client, program), **CHOICES)
    later = "\n\n" + TABLE.replace("Our groups in 2026\n\n", "").replace("Bundes", "BUNDES")
    response = editor_client.get(columns_page(editor_client, program, later))
    assert "The choices from then are filled in." in words(response)
    assert [field.value() for field in response.context["form"].columns][1:4] == [
        *("name", "region", "about")
    ]
    other = editor_client.get(columns_page(editor_client, ProgramPageFactory()))
    assert "The choices from then" not in words(other)
    assert ImportColumns.objects.count() == 1


def test_choice_that_nobody_uses_is_forgotten_after_two_years(editor_client, program):
    choose(editor_client, columns_page(editor_client, program), **CHOICES)
    call_command("forget")
    assert ImportColumns.objects.count() == 1
    ImportColumns.objects.update(used_at=timezone.now() - timedelta(days=731))
    call_command("forget")
    assert ImportColumns.objects.count() == 0


@pytest.mark.parametrize(
    ("choices", "messages"),
    [
        (
            {},
            ["Please choose the column that says: Name of the group.", "No column was chosen for"],
        ),
        (
            CHOICES | {"Timestamp": "name"},
            ["“Timestamp” and “Wer seid ihr?” mean the same here. Please keep one of them."],
        ),
        (
            CHOICES | {"Timestamp": "contact_name"},
            ["“Timestamp” and “First name” mean the same here."],
        ),
        (
            CHOICES | {"default-region": "Atlantis"},
            ["We do not know the state or province “Atlantis”"],
        ),
        (CHOICES | {"Timestamp": "secret"}, ["Select a valid choice."]),
    ],
)
def test_choice_that_cannot_be_is_refused_beside_the_column_and_kept(
    editor_client, program, choices, messages
):
    response = choose(editor_client, columns_page(editor_client, program), **choices)
    page = words(response)
    assert response.status_code == 422
    for message in messages:
        assert message in page
    assert 'role="alert"' in page
    kept = {field.label: field.value() for field in response.context["form"]}
    assert {name: kept[name] for name in CHOICES if name in choices} == (
        {name: column for name, column in CHOICES.items() if name in choices}
    )
    assert not ImportUpload.objects.get().columns


def test_what_is_true_of_all_groups_is_written_once(editor_client, program):
    address = columns_page(editor_client, program, "name,about\nLima,\nErie,We meet.\n")
    page = editor_client.get(address)
    assert suggested(page)["default-about"] == ""
    response = choose(
        editor_client, address, **{"default-region": "OH", "default-about": "A group in Ohio."}
    )
    editor_client.post(response.url)
    assert list(AffiliatePage.objects.order_by("title").values_list("region", "summary")) == [
        ("US-OH", "We meet."),
        ("US-OH", "A group in Ohio."),
    ]


def test_table_that_says_nothing_about_its_groups_has_a_suggestion(editor_client, program):
    address = checked(editor_client, program, "name,state\nLima,Ohio\n")
    editor_client.post(address)
    assert AffiliatePage.objects.get().summary == "One of our affiliates."


def test_headings_may_be_in_another_row(editor_client, program):
    address = columns_page(editor_client, program, "Gruppe,Land\nName,State\nLima,Ohio\n")
    assert choose(editor_client, address, headings_in="1").url == address
    page = editor_client.get(address)
    assert [field.label for field in page.context["form"].columns] == ["Gruppe", "Land"]
    choose(editor_client, address, headings_in="2")
    page = editor_client.get(address)
    assert [field.label for field in page.context["form"].columns] == ["Name", "State"]
    assert choose(editor_client, address, headings_in="9999").status_code == 422


def test_columns_can_be_chosen_again(editor_client, program):
    address = columns_page(editor_client, program)
    preview = choose(editor_client, address, **CHOICES).url
    page = editor_client.get(address)
    assert [field.value() for field in page.context["form"].columns][1] == "name"
    choose(editor_client, address, **{"E-mail": ""})
    assert "You left it out." in words(editor_client.get(preview))


def test_choice_in_an_older_tab_does_not_undo_what_came_after(editor_client, program):
    address = columns_page(editor_client, program)
    older = suggested(editor_client.get(address))
    choose(editor_client, address, **CHOICES)
    response = editor_client.post(address, older | {"column-0": "scope", "column-1": "name"})
    assert response.status_code == 422
    assert ImportUpload.objects.get().columns["columns"][1:4] == ["name", "region", "about"]


def test_pages_of_a_table_lead_to_where_it_stands(editor_client, program):
    address = columns_page(editor_client, program)
    (kept,) = ImportUpload.objects.all()
    preview = reverse("affiliates_import_result", args=[kept.pk])
    errors = reverse("affiliates_import_errors", args=[kept.pk])
    assert editor_client.get(preview).url == address
    assert editor_client.get(errors).url == preview
    choose(editor_client, address, **CHOICES)
    editor_client.post(preview)
    assert editor_client.get(address).url == preview
    assert editor_client.get(errors).url == preview


@pytest.mark.parametrize("rows", [1, 3])
def test_page_of_columns_takes_the_same_queries_for_each_table(
    editor_client, program, rows, django_assert_num_queries
):
    lines = TABLE.splitlines()
    address = columns_page(editor_client, program, "\n".join(lines[: 3 + rows]))
    editor_client.get(address)
    with django_assert_num_queries(COLUMNS_QUERIES):
        editor_client.get(address)


COLUMNS_QUERIES = 17


def imported(program, tmp_path, table, *options):
    file = tmp_path / "groups.csv"
    file.write_text(table)
    call_command("import_affiliates", str(file), "--program", program.slug, *options)


MAPPED = ("--map", "Wer seid ihr?=name", "--map", "bundesstaat = region")


def test_command_takes_the_columns_that_it_is_told(program, tmp_path, capsys):
    people = ("--map", "E-mail=", "--map", "First name=", "--map", "Last name=")
    imported(program, tmp_path, TABLE, *MAPPED, "--map", "Worum geht es?=about", *people)
    assert AffiliatePage.objects.count() == 3
    said = capsys.readouterr().out
    assert "“Wer seid ihr?” was taken for name." in said
    assert not Contact.objects.exists()


def test_command_knows_headings_with_an_equals_sign_and_texts_for_all(program, tmp_path):
    imported(
        *(program, tmp_path, "a=b,state\nLima,Ohio\n", "--map", "a=b=name"),
        *("--default", "about=1 + 1 = 2"),
    )
    assert AffiliatePage.objects.get().summary == "1 + 1 = 2"


def test_command_leaves_out_rows_with_errors_if_told(program, tmp_path, capsys):
    table = "region,name,about\nOhio,A,Words\nAtlantis,B,Words\nIowa,C,Words\n"
    imported(program, tmp_path, table, "--skip-errors", "--dry-run")
    assert "Would be: 2 new, 0 changed, 0 unchanged. 1 left out." in capsys.readouterr().out
    assert AffiliatePage.objects.count() == 0
    imported(program, tmp_path, table, "--skip-errors")
    said = capsys.readouterr().out
    assert "Error: this row was left out (row 3, region): We do not know the state" in said
    assert "Done: 2 new, 0 changed, 0 unchanged. 1 left out." in said
    assert set(AffiliatePage.objects.values_list("title", flat=True)) == {"A", "C"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--map", "Nothing=name"),
            "The file has no column “Nothing”. Its columns are: Timestamp,",
        ),
        (("--map", "Timestamp=nothing"), "There is no column “nothing”. There are: region, name,"),
        (("--map", "Timestamp"), "--map needs a “=”. It has none in “Timestamp”."),
        (("--default", "Ohio"), "--default needs a “=”. It has none in “Ohio”."),
        (("--default", "nothing=x"), "There is no column “nothing”."),
        (("--skip-errors",), "Nothing was stored."),
    ],
)
def test_command_that_is_told_what_cannot_be_says_so(program, tmp_path, options, message):
    with pytest.raises(CommandError, match=message.replace("?", r"\?").replace(".", r"\.")):
        imported(program, tmp_path, TABLE, *options)
