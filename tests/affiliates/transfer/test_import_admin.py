"""Loading a table in Wagtail's admin: what it would do first, then, by a button, doing it."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission

from affiliates.models import AffiliatePage, ImportUpload
from affiliates.transfer.importing.tables import MAXIMUM_BYTES, read_table
from affiliates.transfer.services.importing import import_affiliates
from tests.affiliates.transfer.imports import PAGE, checked, upload, words
from tests.factories.pages import AffiliatePageFactory, ProgramPageFactory
from tests.factories.tables import HEADINGS, chapters, workbook
from tests.factories.users import GroupFactory, UserFactory
from tests.standing import stands

TABLE = (
    "State,name,about,website\n"
    "Ohio,New Parents,Words,a.org\n"
    "Michigan,Old Parents,Better words,javascript:1\n"
)


@stands()
def old(program):
    return AffiliatePageFactory(parent=program, title="Old Parents", summary="Old words")


@pytest.fixture
def client_of(client, program):
    """A client of somebody whose group has these permissions for the program's page."""

    def log_in(*permissions, username="helper"):
        group = GroupFactory()
        for name in permissions:
            GroupPagePermission.objects.create(group=group, page=program, permission_type=name)
        user = UserFactory(
            username=username, groups=[group.name], permissions=["wagtailadmin.access_admin"]
        )
        client.force_login(user)
        return client

    return log_in


def test_table_is_shown_row_by_row_before_anything_is_stored(editor_client, program, old):
    page = words(editor_client.get(checked(editor_client, program, TABLE)))
    assert "Nothing is saved yet" in page
    assert "“State” was read as region." in page
    assert "Row 2: New Parents" in page
    assert "New: will be added: 1" in page
    assert "Will be changed: 1" in page
    assert "Old words" in page
    assert "Better words" in page
    assert "website:" in page
    assert "This cell is left out." in page
    assert AffiliatePage.objects.count() == 1
    old.refresh_from_db()
    assert old.summary == "Old words"


def test_button_loads_the_table_and_shows_what_it_did(editor_client, editor, program, old):
    address = checked(editor_client, program, TABLE)
    response = editor_client.post(address, follow=True)
    assert response.redirect_chain == [(address, 302)]
    page = words(response)
    assert "The table was loaded." in page
    assert "Added: 1" in page
    assert "Load this table now" not in page
    old.refresh_from_db()
    assert (old.summary, old.latest_revision.user) == ("Better words", editor)
    assert AffiliatePage.objects.get(title="New Parents").owner == editor


def test_button_pressed_twice_loads_once(editor_client, program, old):
    address = checked(editor_client, program, TABLE)
    editor_client.post(address)
    AffiliatePage.objects.get(title="New Parents").delete()
    editor_client.post(address)
    assert not AffiliatePage.objects.filter(title="New Parents").exists()


def test_content_is_gone_once_it_was_loaded(editor_client, program):
    address = checked(editor_client, program, TABLE)
    assert ImportUpload.objects.get().content
    editor_client.post(address)
    assert not ImportUpload.objects.get().content


def test_table_with_an_error_stores_nothing_and_offers_no_button(editor_client, program, old):
    address = checked(editor_client, program, TABLE + "Atlantis,Lost,Words,\n")
    page = words(editor_client.get(address))
    assert "This table has errors, so nothing was stored." in page
    assert "Error: please fix: 1" in page
    assert page.index("Row 4: Lost") < page.index("Row 2: New Parents")
    assert "We do not know the state or province “Atlantis”." in page
    assert "Load this table now" not in page
    editor_client.post(address)
    assert AffiliatePage.objects.count() == 1


def test_what_changed_since_is_looked_at_again(editor_client, program, old):
    address = checked(editor_client, program, TABLE)
    old.summary = "Somebody's own words"
    old.save()
    import_affiliates(program=program, table=read_table(b"region,name,about\nOhio,New Parents,X\n"))
    page = words(editor_client.post(address, follow=True))
    assert "Changed: 2" in page
    assert "Somebody&#x27;s own words" in page
    assert AffiliatePage.objects.count() == 2


def test_table_that_cannot_be_loaded_any_more_says_why(editor_client, editor, program, old):
    address = checked(editor_client, program, TABLE)
    pages = GroupPagePermission.objects.filter(group__in=editor.groups.all())
    pages.filter(permission__codename="change_page").delete()
    page = words(editor_client.post(address, follow=True))
    assert "You may not change the page of this group." in page
    assert not AffiliatePage.objects.filter(title="New Parents").exists()


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "empty.csv", "This file is empty."),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "logo.csv", "neither CSV nor XLSX"),
        (b"PK\x03\x04 broken", "a.xlsx", "This is not an XLSX file, or it is damaged."),
        (b'region,name\n"Ohio,A\n', "a.csv", "ends unexpectedly near line"),
        (b"x" * (MAXIMUM_BYTES + 1), "a.csv", "larger than 5 MB"),
    ],
)
def test_file_that_is_no_table_is_refused_beside_the_field(
    editor_client, program, content, name, message
):
    response = upload(editor_client, program, content, name)
    assert response.status_code == 422
    assert message in words(response)
    assert 'id="id_file"' in words(response)
    assert ImportUpload.objects.count() == 0


@pytest.mark.parametrize("data", [{}, {"program": "x"}, {"program": "99999999"}])
def test_form_without_a_file_or_program_says_what_is_missing(editor_client, program, data):
    response = editor_client.post(PAGE, data)
    assert response.status_code == 422
    assert "This field is required." in words(response)


def test_name_of_the_file_is_cleaned(editor_client, program):
    upload(editor_client, program, TABLE, name="a\u202eb<svg onload=1>" + "x" * 300 + ".csv")
    (stored,) = ImportUpload.objects.all()
    assert stored.filename.endswith(".csv")
    assert "\u202e" not in stored.filename


def test_table_of_another_person_is_not_there(editor_client, client_of, program):
    address = checked(editor_client, program, TABLE)
    helper = client_of("add", "publish")
    assert helper.get(address).status_code == 404
    assert helper.post(address).status_code == 404
    assert AffiliatePage.objects.count() == 0


@pytest.mark.parametrize("permissions", [(), ("add",), ("publish",), ("change", "add")])
def test_who_may_not_add_and_publish_below_the_program_may_not_import(
    client_of, program, permissions
):
    helper = client_of(*permissions)
    for address in (PAGE, reverse("affiliates_import_example")):
        assert helper.get(address).status_code == 302  # as Wagtail refuses: back, with a message
    assert upload(helper, program, TABLE).url == reverse("wagtailadmin_home")
    assert ImportUpload.objects.count() == 0
    assert PAGE not in words(helper.get(reverse("wagtailadmin_home")))


def test_who_may_is_offered_the_own_program_only(client_of, program):
    other = ProgramPageFactory(title="Somebody else's program")
    helper = client_of("add", "publish")
    page = words(helper.get(PAGE))
    assert program.title in page
    assert other.title not in page
    assert upload(helper, other, TABLE).status_code == 422
    assert PAGE in words(helper.get(reverse("wagtailadmin_home")))
    assert upload(helper, program, TABLE).status_code == 302


def test_right_taken_away_meanwhile_counts(client_of, program):
    helper = client_of("add", "publish")
    address = checked(helper, program, TABLE)
    GroupPagePermission.objects.filter(page=program).delete()
    assert helper.post(address).url == reverse("wagtailadmin_home")
    assert AffiliatePage.objects.count() == 0


def test_visitor_is_asked_to_log_in(client, program):
    assert reverse("wagtailadmin_login") in client.get(PAGE).url


def test_program_page_offers_the_import_and_chooses_itself(editor_client, program):
    ProgramPageFactory(title="A first program")
    address = f"{PAGE}?program={program.pk}"
    assert address in words(editor_client.get(reverse("wagtailadmin_explore", args=[program.pk])))
    assert f'<option value="{program.pk}" selected' in words(editor_client.get(address))


def test_example_is_a_table_that_can_be_loaded(editor_client, program):
    response = editor_client.get(reverse("affiliates_import_example"))
    assert response["Content-Disposition"] == 'attachment; filename="affiliates.csv"'
    report = import_affiliates(program=program, table=read_table(response.content))
    assert report.findings == []
    assert len(report.created) == 1


def test_old_uploads_are_forgotten_after_a_day(editor_client, program):
    upload(editor_client, program, TABLE)
    call_command("forget")
    assert ImportUpload.objects.count() == 1
    ImportUpload.objects.update(created_at=timezone.now() - timedelta(hours=25))
    call_command("forget")
    assert ImportUpload.objects.count() == 0


def test_long_table_is_shown_in_parts_with_few_queries(
    editor_client, program, django_assert_max_num_queries
):
    address = checked(editor_client, program, workbook(HEADINGS, *chapters(120)), "a.xlsx")
    assert "120 of 120 rows are checked." in words(editor_client.get(address))
    assert "120 of 120 rows are checked." in words(editor_client.get(address))
    first = words(editor_client.get(address))
    assert "Part 1 of 3" in first
    assert "Row 51:" in first
    assert "Row 52:" not in first
    with django_assert_max_num_queries(30):
        last = words(editor_client.get(f"{address}?p=3&show=new"))
    assert "Row 121:" in last
    assert "Show all rows" in last
    assert editor_client.get(f"{address}?p=x&show=y").status_code == 200
