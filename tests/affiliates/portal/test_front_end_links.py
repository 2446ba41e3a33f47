"""Mailed links that lead to somebody else's front end, and those that stay here."""

from email import message_from_bytes, policy

import pytest
from django.conf import settings as django_settings

from affiliates.applications.mails.applying import APPLICATION_RECEIVED, DRAFT_SAVED
from affiliates.links.tokens import affiliate_url, reminders_url, update_url
from tests.affiliates.api.calls import get
from tests.factories.affiliations import UpdateRequestFactory, affiliation
from tests.factories.applications import saved_draft, submitted
from workflows.mail.rendering import render
from workflows.models import OutgoingMail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("front_end")]

PLACE = "https://www.example.org/{}/#"


@pytest.fixture
def front_end(settings):
    places = {name: PLACE.format(name) + "{token}" for name in ("draft", "status", "update")}
    settings.AFFILIATES = {"FRONT_END_LINKS": places}


def mailed_token(kind, opens):
    """What stands behind the front end's address, in the mail's text and in its HTML."""
    mail = OutgoingMail.objects.get(kind=kind)
    message = message_from_bytes(render(mail).message, policy=policy.default)
    text, html = (message.get_body((part,)).get_content() for part in ("plain", "html"))
    token = text.partition(PLACE.format(opens))[2].split()[0]
    assert f'href="{PLACE.format(opens)}{token}"' in html
    return token


def test_link_to_a_draft_leads_there_and_its_token_opens_the_draft(client, program):
    draft = saved_draft(program)
    token = mailed_token(DRAFT_SAVED, "draft")
    assert get(client, f"drafts/{token}/").json()["reference"] == draft.reference


def test_link_to_the_status_leads_there_and_its_token_opens_the_status(client, program):
    application = submitted(program)
    token = mailed_token(APPLICATION_RECEIVED, "status")
    assert get(client, f"applications/{token}/").json()["reference"] == application.reference


def test_link_to_answer_leads_there_and_its_token_opens_the_request(client, program):
    asked = UpdateRequestFactory(affiliation=affiliation(program))
    link = update_url(asked, asked.affiliation.primary_contact)
    token = link.removeprefix(PLACE.format("update"))
    assert get(client, f"update-requests/{token}/").json()["period"] == asked.period.label


def test_links_that_are_not_named_stay_here(program):
    asked = UpdateRequestFactory(affiliation=affiliation(program))
    group, contact = asked.affiliation, asked.affiliation.primary_contact
    for link in (affiliate_url(group, contact), reminders_url(group, contact)):
        assert link.startswith(django_settings.WAGTAILADMIN_BASE_URL)
