"""What the mails say that thank for an update, and that tell of a changed contact."""

import uuid
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import time_machine

from affiliates.affiliations.services.contacts import change_details, hand_over, name_second_contact
from affiliates.core.people import Person
from affiliates.core.states import UpdateKind
from affiliates.models import Affiliation, Contact, ContactUpdate
from affiliates.updates.services.sending import Shown, UpdateContent, take_answer
from tests.factories.affiliations import affiliation
from tests.factories.visits import ASKED, BEFORE, asked_for_update
from tests.standing import stands
from workflows.deadlines.sweep import sweep
from workflows.mail.kinds import get_kind
from workflows.mail.rendering import render
from workflows.models import OutgoingMail

pytestmark = pytest.mark.django_db

JO = Person("Jo Roe", "jo@group.example")
NEED = {"id": "1", "text": "Guidance."}


@pytest.fixture(autouse=True)
def asked_day():
    with time_machine.travel(ASKED, tick=False):
        yield


@stands(at=ASKED)
def group(program):
    return affiliation(
        program,
        now=BEFORE,
        title="Michigan Parents",
        contact__name="Kim Lee",
        contact__email="kim@group.example",
        alternate=True,
        alternate__name="Sam Poe",
        alternate__email="sam@group.example",
    )


@stands(at=ASKED)
def request_(group):
    return asked_for_update(group)


KEY = uuid.UUID("6f0f9a30-3c43-4f0b-9bd7-0d4b1a3f5a11")


def tell(group, kind, *, version=0, **content):
    return take_answer(
        affiliation=group,
        contact=group.primary_contact,
        content=UpdateContent(kind=kind, **content),
        shown=Shown(key=KEY, version=version),
        request=group.update_requests.first(),
        now=ASKED,
    )


def text_of(kind):
    mail = OutgoingMail.objects.get(kind=kind)
    assert get_kind(kind).still_owed(mail)
    message = message_from_bytes(render(mail).message, policy=policy.default)
    assert message["Reply-To"] == "program@example.org"
    return message.get_body(("plain",)).get_content().replace("\r\n", "\n")


def is_owed(kind):
    return get_kind(kind).still_owed(OutgoingMail.objects.get(kind=kind))


def test_thanks_for_a_quiet_quarter_say_when_we_ask_again(group, request_):
    tell(group, UpdateKind.QUIET)
    text = text_of("update_thanks_quiet")
    assert "nothing is new at Michigan Parents. That is all we need this time." in text
    assert "We will ask you again on Thursday, December 17, 2026." in text
    assert "/join/link/update~" in text


def test_thanks_for_news_say_who_reads_it_by_when(group, request_):
    tell(group, UpdateKind.NEWS, text="We met.\nThey listened.", may_publish=True)
    text = text_of("update_thanks_news")
    assert "Someone on our team will read it by Wednesday, September 23, 2026." in text
    assert "We met.\nThey listened." in text
    assert "Change what you wrote" in text


def test_thanks_for_news_that_are_not_published_say_so(group, request_):
    tell(group, UpdateKind.NEWS, text="We met.")
    assert "only our team sees it" in text_of("update_thanks_news")


def test_thanks_for_a_call_for_help_say_by_when_we_answer(group, request_):
    update = tell(group, UpdateKind.HELP, text="Help!", needs=[NEED])
    text = text_of("update_thanks_help")
    day = update.support_request.due_on
    assert f"Someone on our team will answer you by {day:%A, %B} {day.day}, {day.year}." in text
    assert "Help!" in text
    assert "- Guidance." in text


def test_thanks_that_are_late_promise_no_day_that_is_past(group, request_):
    tell(group, UpdateKind.NEWS, text="We met.", may_publish=True)
    with time_machine.travel(ASKED.replace(month=12, day=1), tick=False):
        text = text_of("update_thanks_news")
    assert "September 23" not in text
    assert "Someone on our team will read it. Then it appears" in text


def test_thanks_follow_what_the_update_has_become(group, request_):
    tell(group, UpdateKind.QUIET)
    tell(group, UpdateKind.NEWS, version=1, text="We met.")
    tell(group, UpdateKind.NEWS, version=2, text="We met twice.")
    assert ContactUpdate.objects.get().version == 3
    assert not is_owed("update_thanks_quiet")
    assert "We met twice." in text_of("update_thanks_news")


def test_thanks_after_moderation_offer_no_change(group, request_):
    tell(group, UpdateKind.NEWS, text="We met.")
    ContactUpdate.objects.update(live=True, first_published_at=ASKED)
    assert "Change what you wrote" not in text_of("update_thanks_news")


def test_same_answer_again_is_thanked_for_once(group, request_):
    for _ in range(2):
        tell(group, UpdateKind.QUIET)
    assert OutgoingMail.objects.filter(kind="update_thanks_quiet").count() == 1


def reminded(request, *, days_late):
    """What stands in the reminder that goes out so many days after the due day."""
    now = ASKED + (request.due_on - ASKED.date()) + timedelta(days=days_late)
    with time_machine.travel(now, tick=False):
        sweep(now=now)
        return text_of("update_reminder")


def test_reminder_names_the_second_contact_whom_we_ask_next(request_):
    text = reminded(request_, days_late=7)
    assert "we will also write to your second contact, Sam Poe. Later, someone on our team" in text


def test_reminder_after_the_second_contact_was_asked_says_that_we_call(request_):
    assert "If we do not hear from you, someone on our team will call you." in reminded(
        request_, days_late=21
    )


@pytest.mark.parametrize(
    "lose", [lambda second: second.delete(), lambda second: second.update(bounced_at=ASKED)]
)
def test_reminder_speaks_of_no_second_contact_whom_we_cannot_ask(group, request_, lose):
    lose(Contact.objects.filter(pk=group.alternate_contact.pk))
    text = reminded(request_, days_late=7)
    assert "second contact" not in text
    assert "If we do not hear from you, someone on our team will call you." in text


def test_new_contact_learns_who_named_them_and_what_is_expected(group, request_):
    hand_over(affiliation=group, person=JO, by=group.primary_contact, now=ASKED)
    text = text_of("contact_welcome")
    assert "Hello Jo Roe," in text
    assert "Kim Lee named you as the contact for Michigan Parents." in text
    assert "a short update every 3 months" in text
    assert "for one update: Q3 2026. It is due on Wednesday, September 30, 2026." in text
    assert "/join/link/update~" in text
    assert "/join/link/affiliate~" in text


def test_one_who_was_the_contact_learns_who_is_and_gets_no_link(group, request_):
    hand_over(affiliation=group, person=JO, by=group.primary_contact, now=ASKED)
    text = text_of("contact_released")
    assert "Hello Kim Lee," in text
    assert "From now on, Jo Roe is the contact for Michigan Parents." in text
    assert "program@example.org right away" in text
    assert "/join/link/" not in text
    assert "jo@group.example" not in text


def test_mail_to_the_one_before_is_not_owed_once_it_is_the_contact_again(group, request_):
    kim = group.primary_contact
    new = hand_over(affiliation=group, person=JO, by=kim, now=ASKED)
    hand_over(affiliation=group, person=Person(kim.name, kim.email), by=new, now=ASKED)
    to_kim = OutgoingMail.objects.get(kind="contact_released", recipient=kim.email)
    assert not get_kind("contact_released").still_owed(to_kim)


def test_second_contacts_learn_of_each_other(group, request_):
    name_second_contact(affiliation=group, person=JO, by=group.primary_contact, now=ASKED)
    welcome = text_of("second_contact_welcome")
    assert "Kim Lee named you as the second contact for Michigan Parents." in welcome
    assert "only if we do not hear from Kim Lee" in welcome
    released = text_of("second_contact_released")
    assert "Hello Sam Poe," in released
    assert "/join/link/" not in released


def test_both_addresses_of_a_contact_are_told(group, request_):
    new = Person("Kim Lee", "kim@new.example")
    change_details(contact=group.primary_contact, person=new, now=ASKED)
    assert "/join/link/update~" in text_of("contact_new_address")
    old = text_of("contact_old_address")
    assert "/join/link/" not in old
    assert "kim@new.example" not in old


def test_nobody_is_welcomed_by_a_group_that_has_ended(group, request_):
    hand_over(affiliation=group, person=JO, by=group.primary_contact, now=ASKED)
    Affiliation.objects.update(state="ended")
    assert not is_owed("contact_welcome")
