"""A new link to the own page: for a contact's address on record, without telling whether it is."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from affiliates import mails
from affiliates.models import Affiliation, Contact, LinkWish
from affiliates.services.link_wishes import grant_wishes, wish_for_link
from tests.factories.affiliations import affiliation
from tests.factories.mails import read
from workflows.mail_kinds import get_kind
from workflows.models import OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(program):
    return affiliation(program, title="Michigan Parents", contact__email="jo@example.net")


def wish(address):
    now = timezone.now()
    wish_for_link(address=address, now=now)
    grant_wishes(now=now)


def recipients():
    sent = OutgoingMail.objects.filter(kind=mails.AFFILIATE_LINK).exclude(state="suppressed")
    return sorted(sent.values_list("recipient", flat=True))


def test_contact_gets_a_link_that_opens_the_own_page(group):
    wish("jo@example.net")
    message, text = read(OutgoingMail.objects.get())
    assert message["To"].endswith("<jo@example.net>")
    assert "Michigan Parents" in message["Subject"]
    assert f"/join/link/affiliate~{group.reference}~{group.primary_contact.link_nonce}" in text
    assert "It works until" in text


@pytest.mark.parametrize("typed", ["JO@example.net", "jo+x@example.net"])
def test_mail_goes_to_the_address_on_record_only(group, typed):
    wish(typed)
    assert recipients() == ["jo@example.net"]


def test_nothing_is_kept_of_an_address_that_nobody_knows(group):
    wish("stranger@example.net")
    assert not OutgoingMail.objects.exists()
    assert not LinkWish.objects.exists()


def test_contact_of_several_groups_gets_a_mail_for_each(program, group):
    affiliation(program, title="Ohio Parents", contact__email="jo@example.net")
    wish("jo@example.net")
    assert recipients() == ["jo@example.net"] * 2
    subjects = {read(mail)[0]["Subject"] for mail in OutgoingMail.objects.all()}
    assert len(subjects) == 2


def test_second_contact_may_ask_too(program):
    affiliation(program, alternate=True, alternate__email="al@example.net")
    wish("al@example.net")
    assert recipients() == ["al@example.net"]


def test_contact_of_an_ended_affiliation_gets_none(group):
    Affiliation.objects.update(state="ended")
    wish("jo@example.net")
    assert recipients() == []


def test_paused_affiliate_gets_one(group):
    Affiliation.objects.update(state="paused")
    wish("jo@example.net")
    assert recipients() == ["jo@example.net"]


def test_contact_of_an_application_alone_is_no_affiliate(group):
    Contact.objects.update(affiliation=None)
    wish("jo@example.net")
    assert recipients() == []


def test_pressing_often_sends_one_a_minute_and_five_a_day(group):
    start = timezone.now()
    for second in range(0, 3600, 20):
        with time_machine.travel(start + timedelta(seconds=second), tick=False):
            wish("jo@example.net")
    sent = list(OutgoingMail.objects.order_by("created_at").values_list("created_at", flat=True))
    assert len(sent) == 5
    assert sent[1] - sent[0] >= timedelta(minutes=1)
    with time_machine.travel(start + timedelta(hours=25), tick=False):
        wish("jo@example.net")
    assert len(recipients()) == 6


def test_address_that_bounced_gets_one_try_a_day(group):
    Contact.objects.update(bounced_at=timezone.now())
    start = timezone.now()
    for minute in (0, 2, 4):
        with time_machine.travel(start + timedelta(minutes=minute), tick=False):
            wish("jo@example.net")
    assert recipients() == ["jo@example.net"]


def test_link_is_not_sent_to_who_is_no_contact_any_more(group):
    wish("jo@example.net")
    mail = OutgoingMail.objects.get()
    Contact.objects.update(email="new@example.net")
    mail.refresh_from_db()
    kind = get_kind(mail.kind)
    assert not kind.still_owed(mail)


def test_same_work_for_known_and_unknown_addresses(group, django_assert_num_queries):
    for address in ("jo@example.net", "stranger@example.net"):
        with django_assert_num_queries(1):
            wish_for_link(address=address, now=timezone.now())
