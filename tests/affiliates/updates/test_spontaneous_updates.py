"""A contact tells us something unasked, by the link to the affiliate's own page."""

from datetime import UTC, date, datetime
from html import unescape

import pytest
import time_machine
from django.test import Client

from affiliates.affiliations.services.lifecycle import pause_affiliation
from affiliates.affiliations.services.listing import resume_affiliation
from affiliates.core.states import UpdateRequestState
from affiliates.links.tokens import affiliate_url
from affiliates.models import Affiliation, Contact, ContactUpdate
from affiliates.updates.services.asking import open_due_requests
from tests.factories.affiliations import affiliation
from tests.factories.visits import ASKED, BEFORE, asked_for_update, path_of
from tests.standing import stands

IN_AUGUST = datetime(2026, 8, 12, 18, tzinfo=UTC)
"""Amid the third quarter, long before anybody is asked how it was."""

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asked_day():
    with time_machine.travel(ASKED, tick=False):
        yield


@stands(at=ASKED)
def group(program):
    return affiliation(program, now=BEFORE, title="Michigan Parents", contact__name="Kim Lee")


def shown(response):
    return unescape(response.content.decode())


def tell_path(group, rest="update/"):
    return f"/join/affiliate/{group.reference}/{rest}"


def opened(client, group):
    client.get(path_of(affiliate_url(group, group.primary_contact)))
    return client


def form(client, group, query="", **changes):
    form = client.get(tell_path(group) + query).context["shown"]
    data = {"key": str(form.key), "version": form.version, "seen": "", "kind": "news"}
    return {**data, "text": "We met.", **changes}


def texts():
    return list(ContactUpdate.objects.order_by("pk").values_list("text", flat=True))


def test_page_asks_for_nothing_and_takes_news(client, group):
    html = shown(opened(client, group).get(tell_path(group)))
    assert "We are glad to hear from you at any time." in html
    assert "Nothing new this time" not in html
    response = client.post(tell_path(group), form(client, group), follow=True)
    assert response.redirect_chain == [(tell_path(group, "thanks/"), 302)]
    assert texts() == ["We met."]


def test_two_updates_in_a_row_are_two(client, group):
    opened(client, group)
    for text in ("First.", "Second."):
        client.post(tell_path(group), form(client, group, text=text))
    assert texts() == ["First.", "Second."]
    assert client.get(tell_path(group, "thanks/")).context["update"].text == "Second."


def test_double_click_is_one_update(client, group):
    data = form(opened(client, group), group)
    for _ in range(2):
        client.post(tell_path(group), data)
    assert texts() == ["We met."]


def test_update_can_be_changed_from_the_page_that_thanks(client, group):
    page = client
    opened(page, group).post(tell_path(group), form(page, group))
    change_url = page.get(tell_path(group, "thanks/")).context["change_url"]
    query = change_url.removeprefix(tell_path(group))
    assert page.get(change_url).context["form"]["text"].value() == "We met."
    page.post(tell_path(group), form(page, group, query, text="We met twice."))
    assert texts() == ["We met twice."]


def test_older_change_undoes_no_newer_one(client, group):
    opened(client, group).post(tell_path(group), form(client, group))
    query = f"?update={ContactUpdate.objects.get().key}"
    older, newer = (form(client, group, query, text=text) for text in ("Older.", "Newer."))
    client.post(tell_path(group), newer)
    response = client.post(tell_path(group), older)
    assert response.status_code == 409
    assert response.context["form"]["text"].value() == "Older."
    assert texts() == ["Newer."]


@pytest.mark.parametrize("key", ["", "x", "\0", "6f0f9a30-3c43-4f0b-9bd7-0d4b1a3f5a11"])
def test_update_that_is_none_to_change_is_a_new_one(client, group, key):
    response = opened(client, group).get(tell_path(group), {"update": key})
    assert response.status_code == 200
    assert response.context["current"] is None


def test_update_of_another_group_is_not_shown(client, group, program):
    other = affiliation(program, now=BEFORE)
    theirs = opened(Client(), other)
    theirs.post(tell_path(other), form(theirs, other, text="Only theirs."))
    key = ContactUpdate.objects.get().key
    html = shown(opened(client, group).get(tell_path(group), {"update": key}))
    assert "Only theirs." not in html


def test_news_unasked_answer_what_is_owed(client, group):
    asked = asked_for_update(group)
    opened(client, group).post(tell_path(group), form(client, group))
    asked.refresh_from_db()
    assert asked.state == UpdateRequestState.ANSWERED
    assert ContactUpdate.objects.get().request == asked


def test_news_unasked_count_for_the_time_in_which_they_come(client, group):
    with time_machine.travel(IN_AUGUST, tick=False):
        response = opened(client, group).post(tell_path(group), form(client, group), follow=True)
        assert "We will ask you again on Thursday, December 17, 2026." in shown(response)
        html = shown(client.get(tell_path(group, "")))
    assert "Your next update is due by Thursday, December 31, 2026" in html
    assert "We will ask for the next update on Dec. 17, 2026." in html
    assert open_due_requests(now=ASKED) == 0
    assert group.update_requests.get().state == UpdateRequestState.ANSWERED


def test_more_news_unasked_count_for_no_later_time(client, group):
    with time_machine.travel(IN_AUGUST, tick=False):
        opened(client, group)
        for text in ("First.", "Second."):
            client.post(tell_path(group), form(client, group, text=text))
    group.refresh_from_db()
    assert group.next_ask_on == date(2026, 12, 17)


def test_news_of_a_group_that_nobody_asks_count_once_it_is_asked_again(client, group, admin_user):
    with time_machine.travel(IN_AUGUST, tick=False):
        pause_affiliation(affiliation=group, user=admin_user, reason="A break.", now=IN_AUGUST)
        opened(client, group).post(tell_path(group), form(client, group))
        assert not group.update_requests.exists()
        resume_affiliation(affiliation=group, user=admin_user, now=IN_AUGUST)
    open_due_requests(now=ASKED)
    assert group.update_requests.get().state == UpdateRequestState.ANSWERED


def test_text_stays_without_a_link(client, group):
    response = client.post(tell_path(group), {"kind": "news", "text": "We met."})
    assert response.status_code == 403
    assert "We met." in shown(response)


def test_group_that_has_ended_keeps_its_text(client, group):
    data = form(opened(client, group), group)
    Affiliation.objects.update(state="ended")
    response = client.post(tell_path(group), data)
    assert response.status_code == 410
    assert "We met." in shown(response)


def test_contact_hands_over_and_pauses_by_the_same_link(client, group):
    opened(client, group)
    client.post(tell_path(group, "reminders/"), {"until": "3"})
    assert Affiliation.objects.get().reminders_paused_until
    person = {"name": "Jo Roe", "email": "jo@group.example"}
    assert client.post(tell_path(group, "hand-over/"), person).status_code == 302
    assert Contact.objects.get().name == "Jo Roe"
    assert client.get(tell_path(group)).status_code == 403
