"""What a group says by phone, and staff enter in its name."""

from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse

from affiliates.models import ContactUpdate, SupportRequest, Transition, UpdateRequest
from affiliates.updates.forms import HeardUpdateForm
from tests.factories.affiliations import UpdateRequestFactory, affiliation
from tests.factories.mails import read
from tests.factories.own_pages import opened_own, own_path
from tests.factories.reviews import reviewer
from tests.factories.users import UserFactory
from tests.standing import stands
from workflows.models import OutgoingMail

pytestmark = pytest.mark.django_db


@stands()
def program(reviewed_program):
    return reviewed_program


@stands()
def group(program):
    return affiliation(program, title="Michigan Parents", contact__name="Jo Smith")


@pytest.fixture
def staff(client, program):
    client.force_login(reviewer(program, first_name="Ann", last_name="Abel"))
    return client


def page_of(group, name="enter_update"):
    return reverse(f"affiliates_affiliation:{name}", args=[group.pk])


def heard(group, **fields):
    person = group.primary_contact.pk
    said = {"kind": "news", "text": "We met the board.", "contact": person, "key": str(uuid4())}
    return {**said, **fields}


def text(answer):
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).split())


def test_update_heard_by_phone_answers_the_open_request_and_says_who_entered_it(staff, group):
    asked = UpdateRequestFactory(affiliation=group)
    assert page_of(group) in text(staff.get(page_of(group, "inspect")))
    staff.post(page_of(group), heard(group))
    update = ContactUpdate.objects.get()
    assert (update.request, update.contact.name) == (asked, "Jo Smith")
    assert UpdateRequest.objects.get().state == "answered"
    assert Transition.objects.get(action="answer").user.last_name == "Abel"
    record = text(staff.get(page_of(group, "inspect")))
    assert "Update entered (We have news)" in record
    assert "entered by Ann Abel" in record
    own = text(opened_own(staff, group).get(own_path(group)))
    assert "Our team wrote this down as you told us." in own


def test_contact_gets_what_was_entered_with_a_link_to_correct_it(staff, group):
    staff.post(page_of(group), heard(group))
    mail = OutgoingMail.objects.get(kind="update_thanks_news")
    _message, said = read(mail)
    assert "Someone on our team wrote this down as you told us." in said
    assert "We met the board." in said
    assert "/link/" in said


def test_nobody_is_mailed_if_someone_else_told_it(staff, group):
    staff.post(page_of(group), heard(group, contact=""))
    assert ContactUpdate.objects.get().contact is None
    assert not OutgoingMail.objects.filter(kind__startswith="update_thanks").exists()


def test_call_for_help_by_phone_is_owed_an_answer(staff, group):
    staff.post(page_of(group), heard(group, kind="help"))
    assert SupportRequest.objects.get().text == "We met the board."


def test_pressing_twice_leaves_one_update(staff, group):
    said = heard(group)
    staff.post(page_of(group), said)
    staff.post(page_of(group), said)
    assert ContactUpdate.objects.count() == 1


def test_group_that_has_left_takes_no_update_and_nothing_typed_is_lost(staff, group):
    type(group).objects.update(state="ended")
    answer = text(staff.post(page_of(group), heard(group)))
    assert "We met the board." in answer
    assert "Nothing was changed." in answer


def test_stranger_enters_nothing(client, group):
    client.force_login(UserFactory(permissions=["wagtailadmin.access_admin"]))
    client.post(page_of(group), heard(group))
    assert not ContactUpdate.objects.exists()


MISTAKES = {
    "kind": {"kind": ""},
    "text": {"kind": "news", "text": ""},
    "text ": {"kind": "quiet", "text": "A word"},
    "contact": {"kind": "quiet", "contact": "999"},
}


def test_rules_are_those_of_the_groups_own_form(group):
    for field, data in MISTAKES.items():
        form = HeardUpdateForm(group, {"key": str(uuid4()), **data})
        assert list(form.errors) == [field.strip()]
