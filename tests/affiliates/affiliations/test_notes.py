"""Internal notes of staff about an affiliate."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from affiliates.affiliations.services.notes import write_note
from affiliates.models import StaffNote
from affiliates.privacy.search import find_person
from affiliates.privacy.services import erase_person
from tests.factories.affiliations import affiliation
from tests.factories.own_pages import opened_own, own_path
from tests.factories.reviews import reviewer
from tests.factories.users import UserFactory
from tests.standing import stands

pytestmark = pytest.mark.django_db


@stands()
def program(reviewed_program):
    return reviewed_program


@stands()
def ann(program):
    return reviewer(program, first_name="Ann", last_name="Abel")


@stands()
def group(program):
    return affiliation(program, title="Michigan Parents", contact__email="jo@example.net")


@pytest.fixture
def staff(client, ann):
    client.force_login(ann)
    return client


def url(group, name, *args):
    return reverse(f"affiliates_affiliation:{name}", args=[group.pk, *args])


def text(answer):
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).split())


def test_notes_stand_on_the_record_newest_first_with_who_and_in_the_history(staff, group, ann):
    yesterday = timezone.now() - timedelta(days=1)
    write_note(affiliation=group, text="Meets on Mondays.", user=ann, now=yesterday)
    staff.post(url(group, "write_note"), {"text": "Jo is away in May."})
    record = text(staff.get(url(group, "inspect")))
    assert record.index("Jo is away in May.") < record.index("Meets on Mondays.")
    assert "Internal note written by Ann Abel" in record.replace("</strong>", "").replace(",", "")


def test_empty_note_is_refused_beside_the_field(staff, group):
    assert "Please write the note first." in text(staff.post(url(group, "write_note"), {}))


def test_long_note_is_kept_in_the_form(staff, group):
    said = text(staff.post(url(group, "write_note"), {"text": "Word " * 500}))
    assert "Word Word" in said
    assert not StaffNote.objects.exists()


def test_note_is_removed(staff, group, ann):
    note = write_note(affiliation=group, text="Wrong.", user=ann, now=timezone.now())
    assert "Wrong." in text(staff.get(url(group, "remove_note", note.pk)))
    staff.post(url(group, "remove_note", note.pk))
    assert not StaffNote.objects.exists()
    assert "Internal note removed" in text(staff.get(url(group, "inspect")))


def test_the_group_never_sees_them(client, group, ann):
    write_note(affiliation=group, text="Hard to reach.", user=ann, now=timezone.now())
    opened_own(client, group)
    assert "Hard to reach." not in text(client.get(own_path(group)))


def test_stranger_writes_none(client, group):
    client.force_login(UserFactory(permissions=["wagtailadmin.access_admin"]))
    client.post(url(group, "write_note"), {"text": "Hello"})
    assert not StaffNote.objects.exists()


def test_who_is_named_in_a_note_is_found_and_erased_there(group, ann):
    write_note(affiliation=group, text="Ask jo@example.net.", user=ann, now=timezone.now())
    assert StaffNote in {place.model for place in find_person("jo@example.net").places}
    erase_person(address="jo@example.net", by=None, now=timezone.now())
    assert "jo@example.net" not in StaffNote.objects.get().text
