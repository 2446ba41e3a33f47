"""Importing, and one person's data, in Wagtail's admin in Chromium, on a phone and on a desk."""

import pytest

from affiliates.models import ImportUpload
from tests.e2e.looking import look_at_admin as look
from tests.e2e.test_application_journey import sign_in
from tests.factories.applications import submitted
from tests.factories.pages import AffiliatePageFactory
from tests.factories.users import UserFactory

pytestmark = pytest.mark.e2e

TITLE = "Our groups\n\n"
HEAD = "State,Group name,Description,Web site,Budget\n"
TABLE = (
    f"{HEAD}"
    "Ohio,New Parents with a rather long name that has to be wrapped somewhere,Words,a.org,5\n"
    "Missouri,Old Parents,https://www.example.org/a-very-long-link-without-any-place-to-break-it"
    "-into-two-lines-on-a-phone,javascript:1,5\n"
    "Iowa,Same,Words,,\n"
)


@pytest.fixture
def tab(new_tab, site_of_the_tests, demo_program):
    UserFactory(username="root", is_superuser=True)
    tab = new_tab(width=360)
    sign_in(tab, "root")
    return tab


@pytest.fixture
def groups(demo_program):
    for title, region in [("Old Parents", "US-MO"), ("Same", "US-IA")]:
        AffiliatePageFactory(parent=demo_program, title=title, region=region, summary="Words")


def upload(tab, text):
    tab.goto("/admin/affiliates/import/")
    file = {"name": "chapters.csv", "mimeType": "text/csv", "buffer": text.encode()}
    tab.set_input_files("#id_file", file)
    tab.get_by_role("button", name="Go on to the columns").click()


def check(tab, text):
    upload(tab, text)
    tab.get_by_role("button", name="Check the table").click()


def test_table_is_uploaded_looked_at_and_loaded(tab, groups):
    tab.goto("/admin/affiliates/import/")
    tab.get_by_role("heading", level=1).wait_for()
    look(tab, "import")
    upload(tab, "")
    tab.get_by_text("This file is empty.").wait_for()
    look(tab, "import-refused")
    upload(tab, TITLE + TABLE + "Atlantis,Lost,QuÃ©bec,,\n,Lost and far away,Words,,\n")
    tab.get_by_label("State", exact=True).wait_for()
    look(tab, "import-columns")
    tab.get_by_label("State", exact=True).select_option("Leave it out")
    tab.get_by_role("button", name="Check the table").click()
    tab.get_by_text("Please look at this").wait_for()
    look(tab, "import-columns-refused")
    tab.get_by_label("State", exact=True).select_option("Region")
    tab.get_by_role("button", name="Check the table").click()
    tab.get_by_text("This table has errors").wait_for()
    look(tab, "import-errors")
    tab.get_by_role("link", name="Correct 2 rows").click()
    tab.get_by_label("Region").first.fill("Texas")
    look(tab, "import-correct")
    tab.get_by_role("button", name="Save and check these rows").click()
    tab.get_by_text("Everything you typed is still here.").wait_for()
    look(tab, "import-correct-again")
    tab.get_by_label("Region").fill("Guam")
    tab.evaluate("document.querySelector('[name=version]').value = 0")
    tab.get_by_role("button", name="Save and check these rows").click()
    tab.get_by_text("The table was changed in another tab").wait_for()
    look(tab, "import-correct-changed")
    ImportUpload.objects.all().delete()
    tab.get_by_role("button", name="Save and check these rows").click()
    tab.get_by_text("What you typed could not be stored.").wait_for()
    look(tab, "import-gone")
    check(tab, TABLE)
    tab.get_by_role("button", name="Load this table now").wait_for()
    look(tab, "import-forecast")
    tab.get_by_role("button", name="Load this table now").click()
    tab.get_by_text("The table was loaded.").wait_for()
    look(tab, "import-done")


def test_person_is_looked_up_and_erased(tab, demo_program):
    submitted(demo_program)
    tab.goto("/admin/affiliates/person/")
    tab.get_by_label("The person’s email address").fill("rosa@saferschools.org")
    tab.get_by_role("button", name="Show what is stored").click()
    tab.get_by_text("What erasing would do").wait_for()
    look(tab, "person")
    tab.get_by_label("Type the address again to erase").fill("rosa@saferschools.org")
    tab.get_by_role("button", name="Erase this person").click()
    tab.get_by_text("This was done.").wait_for()
    look(tab, "person-done")
