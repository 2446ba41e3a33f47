"""A new link to the own page: for a contact's address on record, without telling whether it is."""

import re
from datetime import timedelta
from email import message_from_bytes
from html import unescape

import pytest
import time_machine
from django.utils import timezone

from affiliates.affiliations.mails.links import AFFILIATE_LINK
from affiliates.models import Affiliation, Contact, LinkRequest
from affiliates.portal.services.link_requests import (
    answer_link_requests,
    request_link,
    request_renewal,
)
from affiliates.tasks import start_reviews
from tests.factories.affiliations import UpdateRequestFactory, affiliation
from tests.factories.mails import read
from tests.factories.own_pages import own_link
from tests.factories.users import UserFactory
from tests.standing import stands
from workflows.mail.delivery import deliver_due
from workflows.mail.kinds import get_kind
from workflows.models import OutgoingMail

pytestmark = pytest.mark.django_db


@stands()
def group(program):
    return affiliation(program, title="Michigan Parents", contact__email="jo@example.net")


def request(address):
    now = timezone.now()
    request_link(address=address, now=now)
    answer_link_requests(now=now)


def recipients():
    sent = OutgoingMail.objects.filter(kind=AFFILIATE_LINK).exclude(state="suppressed")
    return sorted(sent.values_list("recipient", flat=True))


def test_contact_gets_a_link_that_opens_the_own_page(group):
    request("jo@example.net")
    message, text = read(OutgoingMail.objects.get())
    assert message["To"].endswith("<jo@example.net>")
    assert "Michigan Parents" in message["Subject"]
    assert f"/join/link/affiliate~{group.reference}~{group.primary_contact.link_nonce}" in text
    assert "It works until" in text


@pytest.mark.parametrize("typed", ["JO@example.net", "jo+x@example.net"])
def test_mail_goes_to_the_address_on_record_only(group, typed):
    request(typed)
    assert recipients() == ["jo@example.net"]


def test_nothing_is_kept_of_an_address_that_nobody_knows(group):
    request("stranger@example.net")
    assert not OutgoingMail.objects.exists()
    assert not LinkRequest.objects.exists()


def test_what_nobody_knows_costs_a_worker_no_queries_each(group, django_assert_max_num_queries):
    def queries(number):
        for one in range(number):
            request_link(address=f"stranger{one}@example.net", now=timezone.now())
            request_renewal(reference=f"ZZZ-{one:03}", now=timezone.now())
        with django_assert_max_num_queries(10) as found:
            answer_link_requests(now=timezone.now())
        return len(found)

    assert queries(1) == queries(30)
    assert not LinkRequest.objects.exists()


def test_link_that_was_asked_for_days_ago_is_not_sent_any_more(group):
    now = timezone.now()
    request_link(address="jo@example.net", now=now - timedelta(days=2))
    answer_link_requests(now=now)
    assert recipients() == []
    assert not LinkRequest.objects.exists()


def test_contact_of_several_groups_gets_a_mail_for_each(program, group):
    affiliation(program, title="Ohio Parents", contact__email="jo@example.net")
    request("jo@example.net")
    assert recipients() == ["jo@example.net"] * 2
    subjects = {read(mail)[0]["Subject"] for mail in OutgoingMail.objects.all()}
    assert len(subjects) == 2


def test_second_contact_may_ask_too(program):
    affiliation(program, alternate=True, alternate__email="al@example.net")
    request("al@example.net")
    assert recipients() == ["al@example.net"]


def test_contact_of_an_ended_affiliation_gets_none(group):
    Affiliation.objects.update(state="ended")
    request("jo@example.net")
    assert recipients() == []


def test_paused_affiliate_gets_one(group):
    Affiliation.objects.update(state="paused")
    request("jo@example.net")
    assert recipients() == ["jo@example.net"]


def test_contact_of_an_application_alone_is_no_affiliate(group):
    Contact.objects.update(affiliation=None)
    request("jo@example.net")
    assert recipients() == []


def test_pressing_often_sends_one_a_minute_and_five_a_day(group):
    start = timezone.now()
    for second in range(0, 3600, 20):
        with time_machine.travel(start + timedelta(seconds=second), tick=False):
            request("jo@example.net")
    sent = list(OutgoingMail.objects.order_by("created_at").values_list("created_at", flat=True))
    assert len(sent) == 5
    assert sent[1] - sent[0] >= timedelta(minutes=1)
    with time_machine.travel(start + timedelta(hours=25), tick=False):
        request("jo@example.net")
    assert len(recipients()) == 6


def test_address_that_bounced_gets_one_try_a_day(group):
    Contact.objects.update(bounced_at=timezone.now())
    start = timezone.now()
    for minute in (0, 2, 4):
        with time_machine.travel(start + timedelta(minutes=minute), tick=False):
            request("jo@example.net")
    assert recipients() == ["jo@example.net"]


def test_link_is_not_sent_to_who_is_no_contact_any_more(group):
    request("jo@example.net")
    mail = OutgoingMail.objects.get()
    Contact.objects.update(email="new@example.net")
    mail.refresh_from_db()
    kind = get_kind(mail.kind)
    assert not kind.still_owed(mail)


def test_same_work_for_known_and_unknown_addresses(group, django_assert_num_queries):
    for address in ("jo@example.net", "stranger@example.net"):
        with django_assert_num_queries(1):
            request_link(address=address, now=timezone.now())


# The page


PAGE = "/join/affiliate/link/"


def test_same_work_for_known_and_unknown_references(client, group, django_assert_num_queries):
    for reference in (group.reference, "ZZZ-ZZZ"):
        with django_assert_num_queries(1):
            client.post("/join/link/renew/", {"reference": reference})
    assert not OutgoingMail.objects.exists()


def test_forgotten_password_is_the_same_work_for_known_and_unknown(
    client, db, smtp, django_assert_max_num_queries
):
    UserFactory(email="ada@example.net")
    answers, counts = [], set()
    for address in ("ada@example.net", "stranger@example.net"):
        with django_assert_max_num_queries(50) as found:
            answers.append(client.post("/admin/password_reset/", {"email": address}))
        counts.add(len(found))
    assert len(counts) == 1
    assert {(answer.status_code, answer.url) for answer in answers} == {
        (302, "/admin/password_reset/done/")
    }
    assert not OutgoingMail.objects.exists()

    start_reviews()
    deliver_due()

    [mail] = smtp.received
    assert mail.recipient == "ada@example.net"
    text = message_from_bytes(mail.message).get_payload(decode=True).decode()
    link = re.search(r"http://localhost:8000(/admin/password_reset/confirm/\S+)", text)[1]
    assert client.get(link, follow=True).status_code == 200
    assert not LinkRequest.objects.exists()


@pytest.mark.parametrize("typed", ["jo@example.net", "stranger@example.net", " JO@example.net. "])
def test_same_answer_for_known_and_unknown_addresses(client, group, typed):
    response = client.post(PAGE, {"email": typed})
    assert (response.status_code, response.url) == (302, f"{PAGE}?sent=1")
    html = client.get(response.url).content.decode()
    assert "If this is the address of a contact" in html
    assert "jo@" not in html


def test_both_cost_the_same_queries(client, group, django_assert_max_num_queries):
    counts = []
    for address in ("jo@example.net", "stranger@example.net"):
        with django_assert_max_num_queries(20) as found:
            client.post(PAGE, {"email": address})
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_request_itself_sends_nothing_and_a_worker_does(client, group):
    client.post(PAGE, {"email": "jo@example.net"})
    assert not OutgoingMail.objects.exists()
    start_reviews()
    assert recipients() == ["jo@example.net"]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Please give your email address."),
        ("a@b.c, d@e.f", "one address only"),
        ("jo@localhost", "a name on the internet"),
        ("jo\nBcc: x@y.org", "address"),
        ("\0", "Please give your email address."),
        ("a" * 300 + "@example.org", "too long"),
        ("ü@x.org", "letters such as"),
    ],
)
def test_address_that_is_none_is_kept_with_the_reason(client, typed, says):
    response = client.post(PAGE, {"email": typed})
    html = unescape(response.content.decode())
    assert response.status_code == 422
    assert says in html
    assert response.context["form"]["email"].value() == typed
    assert not LinkRequest.objects.exists()


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "delete"])
def test_looking_asks_for_nothing(client, group, method):
    assert getattr(client, method)(f"{PAGE}?email=jo@example.net").status_code in (200, 405)
    assert not LinkRequest.objects.exists()


def test_page_is_not_for_caches_and_search_engines(client):
    response = client.get(PAGE)
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"


def test_reference_brings_a_link_to_each_contact(client, program):
    group = affiliation(
        program, alternate=True, contact__email="jo@example.net", alternate__email="al@example.net"
    )
    client.post("/join/link/renew/", {"reference": group.reference})
    start_reviews()
    assert recipients() == ["al@example.net", "jo@example.net"]


def test_reference_of_a_request_brings_one_too(client, group):
    asked = UpdateRequestFactory(affiliation=group)
    client.post("/join/link/renew/", {"reference": asked.reference})
    start_reviews()
    assert recipients() == ["jo@example.net"]


def test_expired_link_offers_a_new_one(client, group):
    with time_machine.travel(timezone.now() + timedelta(days=366), tick=False):
        response = client.get(own_link_made_before(group))
        assert response.status_code == 410
        assert "has expired" in response.content.decode()


def own_link_made_before(group):
    with time_machine.travel(timezone.now() - timedelta(days=366), tick=False):
        return own_link(group)


def test_program_page_leads_contacts_there(client, group):
    assert f'href="{PAGE}"' in client.get(group.program.url).content.decode()
