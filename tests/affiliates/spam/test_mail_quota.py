"""How many mails strangers can cause to one mailbox, and what they can write into them."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from affiliates.affiliations.forms import ContactForm
from affiliates.applications.forms.public import PublicForm
from affiliates.applications.services.submission import withdraw_application
from affiliates.core.people import clean_person_name
from affiliates.core.states import Actor
from affiliates.portal.forms import OwnDetailsForm, PersonForm
from affiliates.portal.services.link_requests import answer_link_requests, request_link
from affiliates.transfer.importing.contacts import read_contact_cell
from tests.affiliates.api.calls import application, mistakes, send
from tests.factories.affiliations import affiliation
from tests.factories.applications import form_data, saved_draft, submitted
from workflows.models import OutgoingMail

pytestmark = pytest.mark.django_db

VICTIM = "vic.tim@example.net"
SPELLINGS = ("vic.tim@example.net", "victim@example.net", "VicTim+1@example.net")


def arrived():
    """Mails to the victim that are not held back."""
    sent = OutgoingMail.objects.exclude(state="suppressed")
    return [mail for mail in sent if mail.recipient.lower() in map(str.lower, SPELLINGS)]


def causes(program, group):
    """Every way to cause a mail to an address that one does not own, with a spelling of it."""
    now = timezone.now()
    application = submitted(program, name="One", contact_email=SPELLINGS[0])
    submitted(program, name="Two", alternate_name="Vic", alternate_email=SPELLINGS[1])
    withdraw_application(application=application, actor=Actor.APPLICANT, now=now)
    saved_draft(program, email=SPELLINGS[2])
    request_link(address=VICTIM, now=now)
    answer_link_requests(now=timezone.now())
    Client().post("/join/link/renew/", {"reference": application.reference})
    answer_link_requests(now=timezone.now())
    Client().post("/join/link/renew/", {"reference": group.reference})
    answer_link_requests(now=timezone.now())


def test_all_that_strangers_can_cause_to_a_mailbox_counts_together(program, settings):
    settings.AFFILIATES = {"MAILS_PER_ADDRESS": 3}
    group = affiliation(program, contact__email=VICTIM, contact__email_key="victim@example.net")
    start = timezone.now()
    for minute in range(0, 30, 10):
        with time_machine.travel(start + timedelta(minutes=minute)):
            causes(program, group)
    assert len(arrived()) == 3
    with time_machine.travel(start + timedelta(hours=25)):
        causes(program, group)
    assert len(arrived()) == 6


def test_contact_of_many_groups_gets_the_links_to_all_of_them(program, settings):
    settings.AFFILIATES = {"MAILS_PER_ADDRESS": 2}
    for _ in range(3):
        affiliation(program, contact__email=VICTIM, contact__email_key="victim@example.net")
    now = timezone.now()
    request_link(address=VICTIM, now=now)
    assert answer_link_requests(now=now) == 3
    assert len(arrived()) == 3


def test_quota_costs_the_same_for_more_mails(program, django_assert_max_num_queries):
    with django_assert_max_num_queries(100) as first:
        submitted(program, name="One", contact_email=VICTIM)
    submitted(program, name="Two", contact_email=VICTIM)
    with django_assert_max_num_queries(len(first)):
        submitted(program, name="Three", contact_email=VICTIM)


ADVERTISEMENTS = (
    "Win at https://evil.example",
    "www.evil",
    "Kim Evil.com",
    "x.com",
    "evil．com",
    "evil。com",
    "K" * 101,
)


@pytest.mark.parametrize("name", ADVERTISEMENTS)
def test_name_of_a_person_is_no_advertisement_wherever_it_is_typed(client, program, name):
    forms = [
        (ContactForm({"name": name}), "name"),
        (PersonForm({"name": name}), "name"),
        (OwnDetailsForm({"name": name}), "name"),
        (PublicForm(program, form_data(program, contact_name=name)), "contact_name"),
        (PublicForm(program, form_data(program, alternate_name=name)), "alternate_name"),
    ]
    for form, field in forms:
        assert field in form.errors
    for column in ("contact_name", "alternate_name"):
        with pytest.raises(ValidationError):
            read_contact_cell({}, column, name)
    body = application(program)
    body["contact"]["name"] = name
    assert list(mistakes(send(client, program, body))) == [("contact", "name")]
    program.contact_name = name
    with pytest.raises(ValidationError, match="contact_name"):
        program.full_clean()


@pytest.mark.parametrize(
    "name",
    [
        "J.R. Lee",
        "J.R.R. Tolkien",
        "J.Lee",
        "Kim St. John, Ph.D.",
        "Dr. Sam Roe Jr.",
        "María-José Núñez",
        "Zoë",
        "K" * 100,
    ],
)
def test_people_are_called_many_things(name):
    assert clean_person_name(name) == name
