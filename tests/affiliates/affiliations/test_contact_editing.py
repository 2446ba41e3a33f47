"""What staff do about the people of an affiliate."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from wagtail.models import ModelLogEntry

from affiliates.affiliations.services.contacts import (
    enter_contact,
    remove_contact,
    send_own_link,
)
from affiliates.affiliations.services.notices import note_bounce
from affiliates.core.exceptions import TransitionNotAllowed
from affiliates.core.people import ContactDetails
from affiliates.core.states import ContactRole
from affiliates.models import Contact
from affiliates.updates.services.asking import open_due_requests
from tests.factories.affiliations import affiliation
from tests.factories.users import UserFactory
from tests.standing import stands
from workflows.deadlines.sweep import sweep
from workflows.models import OutgoingMail

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 6, 16, tzinfo=UTC)
ASKED = datetime(2026, 9, 16, 18, tzinfo=UTC)


@stands()
def group(program):
    return affiliation(program, now=NOW, contact__email="old@group.example")


def enter(group, user, *, role=ContactRole.PRIMARY, name="Kim", email="new@group.example", now=NOW):
    details = ContactDetails(role, name, email, "")
    return enter_contact(affiliation=group, details=details, user=user, now=now)


def test_new_address_resets_the_bounce_and_kills_older_links(group, admin_user):
    note_bounce(address="old@group.example", now=NOW)
    before = group.primary_contact
    after = enter(group, admin_user)
    assert after.pk == before.pk
    assert after.bounced_at is None
    assert after.link_nonce != before.link_nonce
    assert after.email_key == "new@group.example"


def test_corrected_name_leaves_links_and_bounce_as_they_are(group, admin_user):
    note_bounce(address="old@group.example", now=NOW)
    before = Contact.objects.get()
    after = enter(group, admin_user, name="Kim Lee", email="old@group.example")
    assert (after.link_nonce, after.bounced_at) == (before.link_nonce, before.bounced_at)
    assert Contact.objects.get().name == "Kim Lee"


@pytest.mark.parametrize("role", [ContactRole.ALTERNATE, ContactRole.PRESS])
def test_contact_is_added_and_removed(group, admin_user, role):
    enter(group, admin_user, role=role)
    assert group.contacts.get(role=role).email == "new@group.example"
    remove_contact(affiliation=group, role=role, user=admin_user, now=NOW)
    remove_contact(affiliation=group, role=role, user=admin_user, now=NOW)
    assert not group.contacts.filter(role=role).exists()
    assert [entry.message for entry in ModelLogEntry.objects.order_by("pk")] == [
        "Contact changed",
        "Contact removed",
    ]


def test_new_address_is_asked_at_once_for_what_is_owed(group, admin_user):
    open_due_requests(now=ASKED)
    with time_machine.travel(ASKED, tick=False):
        sweep(now=ASKED)
    enter(group, admin_user, now=ASKED)
    asked = OutgoingMail.objects.filter(kind="update_ask").order_by("pk")
    assert [mail.recipient for mail in asked] == ["old@group.example", "new@group.example"]
    assert group.update_requests.get().due_on == date(2026, 9, 30)


def test_new_address_is_asked_for_nothing_while_nothing_is_owed(group, admin_user):
    enter(group, admin_user)
    assert not OutgoingMail.objects.exists()


def test_link_to_the_own_page_is_mailed_once_a_minute(group, admin_user):
    for _ in range(2):
        send_own_link(contact=group.primary_contact, user=admin_user, now=NOW)
    assert OutgoingMail.objects.get().kind == "affiliate_link"


def test_stranger_changes_no_contact(group):
    stranger = UserFactory(groups=["Editors"])
    with pytest.raises(TransitionNotAllowed):
        enter(group, stranger)
    with pytest.raises(TransitionNotAllowed):
        remove_contact(affiliation=group, role=ContactRole.PRIMARY, user=stranger, now=NOW)
    with pytest.raises(TransitionNotAllowed):
        send_own_link(contact=group.primary_contact, user=stranger, now=NOW)
    assert Contact.objects.get().email == "old@group.example"
