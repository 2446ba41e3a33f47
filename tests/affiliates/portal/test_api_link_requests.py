"""A new link for whoever lost the old one, without telling whether we know them."""

import pytest
from django.utils import timezone

from affiliates.affiliations.mails.links import AFFILIATE_LINK
from affiliates.models import LinkRequest
from affiliates.portal.services.link_requests import answer_link_requests
from tests.affiliates.api.calls import get, mistakes, post
from tests.factories.affiliations import UpdateRequestFactory, affiliation
from tests.factories.applications import submitted
from tests.standing import stands
from workflows.models import OutgoingMail


@stands()
def group(program):
    return affiliation(program, title="Michigan Parents", contact__email="jo@example.net")


def recipients():
    sent = OutgoingMail.objects.filter(kind=AFFILIATE_LINK)
    return sorted(sent.values_list("recipient", flat=True))


def test_contact_gets_a_link_and_nobody_learns_who_is_one(client, group):
    answers = [post(client, "links/", {"email": f"{name}@example.net"}) for name in ("jo", "no")]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].content == answers[1].content
    assert "within a few minutes" in answers[0].json()["detail"]
    answer_link_requests(now=timezone.now())
    assert recipients() == ["jo@example.net"]
    assert not LinkRequest.objects.exists()


@pytest.mark.parametrize("email", ["", "jo", "jo@localhost", "a@b.org\nBcc: c@d.org"])
def test_address_that_is_none_is_refused_at_its_place(client, db, email):
    assert list(mistakes(post(client, "links/", {"email": email}))) == [("email",)]
    assert not LinkRequest.objects.exists()


def test_reference_brings_a_link_to_the_address_on_record(client, group):
    asked = UpdateRequestFactory(affiliation=group)
    known = post(client, "links/renew/", {"reference": asked.reference.lower().replace("-", " ")})
    unknown = post(client, "links/renew/", {"reference": "AAA-AAA"})
    assert (known.status_code, known.content) == (202, unknown.content)
    answer_link_requests(now=timezone.now())
    assert recipients() == ["jo@example.net"]


def test_reference_of_an_application_brings_its_link(client, program):
    application = submitted(program)
    OutgoingMail.objects.all().delete()
    post(client, "links/renew/", {"reference": application.reference})
    answer_link_requests(now=timezone.now())
    assert OutgoingMail.objects.get().recipient == application.primary_contact.email


@pytest.mark.parametrize("reference", ["", "~", "\u0000", "x" * 5000, "K7M-4QX; DROP"])
def test_any_text_is_a_reference_that_nothing_has(client, db, reference):
    assert post(client, "links/renew/", {"reference": reference}).status_code == 202
    answer_link_requests(now=timezone.now())
    assert not OutgoingMail.objects.exists()


def test_reference_has_to_be_there(client, db):
    assert list(mistakes(post(client, "links/renew/", {}))) == [("reference",)]


def test_looking_is_no_way_to_ask(client, db):
    for path in ("links/", "links/renew/"):
        assert get(client, path).status_code == 405
