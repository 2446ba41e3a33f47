"""A contact pauses the reminders: on the page behind the link, or in the mail program."""

from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from html import unescape

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from affiliates.affiliations.services.reminders import end_past_pauses
from affiliates.affiliations.standing.rules import standing_of
from affiliates.links.tokens import Purpose, reminders_url, sign
from affiliates.models import Affiliation, Notice
from affiliates.updates.deadlines import UPDATE
from affiliates.updates.services.asking import open_due_requests
from tests.factories.affiliations import affiliation
from tests.factories.visits import ASKED, BEFORE, asked_for_update, opened, path_of, update_path
from tests.standing import stands
from workflows.deadlines.services import open_deadlines
from workflows.deadlines.sweep import sweep
from workflows.mail.rendering import render
from workflows.models import OutgoingMail, TakenStep

pytestmark = pytest.mark.django_db

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture(autouse=True)
def asked_day():
    with time_machine.travel(ASKED, tick=False):
        yield


@stands(at=ASKED)
def group(program):
    return affiliation(program, now=BEFORE, title="Michigan Parents", contact__name="Kim Lee")


@stands(at=ASKED)
def request_(group):
    return asked_for_update(group)


def shown(response):
    return unescape(response.content.decode())


def pause(client, request, **data):
    return client.post(update_path(request, "reminders/"), data, follow=True)


def paused_until():
    return Affiliation.objects.get().reminders_paused_until


def look_each_day(first, days):
    for number in range(days):
        now = datetime.combine(first + timedelta(days=number), ASKED.timetz())
        with time_machine.travel(now, tick=False):
            open_due_requests(now=now)
            sweep(now=now)


def steps():
    return [step.name for step in TakenStep.objects.filter(deadline__kind=UPDATE).order_by("pk")]


@pytest.mark.parametrize(
    ("data", "day"),
    [
        ({"until": "1"}, date(2026, 10, 16)),
        ({"until": "12"}, date(2027, 9, 16)),
        ({"until": "other", "day": "2026-11-02"}, date(2026, 11, 2)),
        ({"until": "other", "day": "2027-09-16"}, date(2027, 9, 16)),
    ],
)
def test_reminders_are_paused_and_staff_are_told(client, request_, data, day):
    html = shown(pause(opened(client, request_), request_, **data))
    assert paused_until() == day
    assert f"no reminders before {day:%A, %B} {day.day}, {day.year}" in html
    notice = Notice.objects.get()
    assert notice.kind == "reminders_paused"
    assert notice.text.startswith("Kim Lee asked us to send no reminders before")


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"until": "2"},
        {"until": "other"},
        {"until": "other", "day": "2026-09-16"},
        {"until": "other", "day": "2027-09-17"},
        {"until": "other", "day": "soon"},
        {"until": "other", "day": "\0"},
        {"until": "other", "day": "9999-12-31"},
    ],
)
def test_day_that_cannot_be_taken_is_kept_with_the_reason(client, request_, data):
    response = pause(opened(client, request_), request_, **data)
    assert response.status_code == 422
    assert 'role="alert"' in shown(response)
    if "day" in data:
        assert response.context["form"]["day"].value() == data["day"]
    assert paused_until() is None
    assert not Notice.objects.exists()


def test_nobody_is_reminded_during_the_pause_and_the_rest_comes_after_it(client, request_):
    sweep(now=ASKED)
    pause(opened(client, request_), request_, until="1")
    look_each_day(date(2026, 9, 17), 29)
    assert steps() == ["ask"]
    look_each_day(date(2026, 10, 16), 20)
    assert steps() == ["ask", "due"]
    assert OutgoingMail.objects.filter(kind="update_due").count() == 1


@pytest.mark.parametrize("swept_first", [True, False])
def test_after_the_pause_the_update_is_due_later_by_its_days(client, request_, swept_first):
    sweep(now=ASKED)
    pause(opened(client, request_), request_, until="1")
    after = ASKED + timedelta(days=30)
    if swept_first:
        sweep(now=after)
    assert end_past_pauses(now=after) == 1
    assert end_past_pauses(now=after) == 0
    request_.refresh_from_db()
    (deadline,) = open_deadlines(kind=UPDATE, subject=request_)
    assert request_.due_on == deadline.due_at.date() == date(2026, 10, 30)
    assert paused_until() is None
    kept = standing_of(Affiliation.objects.get(), after)
    assert kept.is_good
    assert kept.next_due_on == date(2026, 10, 30)


def test_mail_that_waits_when_the_pause_begins_is_not_sent(client, request_, smtp):
    sweep(now=ASKED)
    pause(opened(client, request_), request_, until="1")
    call_command("drain_outbox", verbosity=0)
    assert OutgoingMail.objects.get(kind="update_ask").state == "obsolete"


def test_none_is_asked_for_during_the_pause(client, request_):
    pause(opened(client, request_), request_, until="12")
    look_each_day(date(2026, 12, 16), 3)
    assert Affiliation.objects.get().update_requests.count() == 1


def test_pause_can_be_ended_early_and_the_clock_goes_on(client, request_):
    sweep(now=ASKED)
    pause(opened(client, request_), request_, until="6")
    html = shown(client.get(update_path(request_, "reminders/")))
    assert "Reminders are paused until Tuesday, March 16, 2027." in html
    with time_machine.travel(ASKED + timedelta(days=2), tick=False):
        opened(client, request_)
        html = shown(pause(client, request_, resume="1"))
    assert "We will remind you again." in html
    assert paused_until() is None
    (deadline,) = open_deadlines(kind=UPDATE, subject=request_)
    assert deadline.paused_until is None
    assert deadline.next_step == "due"
    assert deadline.due_at.date() == date(2026, 10, 2)


def test_same_pause_again_is_no_second_notice(client, request_):
    opened(client, request_)
    for _ in range(2):
        pause(client, request_, until="3")
    assert Notice.objects.count() == 1


def test_update_during_the_pause_is_welcome(client, request_):
    pause(opened(client, request_), request_, until="3")
    data = {"kind": "quiet"}
    html = shown(client.post(update_path(request_), data, follow=True))
    assert "Thank you" in html
    assert "We will ask you again on Thursday, December 17, 2026." in html
    assert not open_deadlines(kind=UPDATE, subject=request_).exists()


# The mail program's button


@pytest.fixture
def button(request_, group):
    return path_of(reminders_url(group, group.primary_contact))


def test_mails_that_ask_bring_the_button(request_, group):
    sweep(now=ASKED)
    message = message_from_bytes(render(OutgoingMail.objects.get()).message, policy=policy.default)
    url = reminders_url(group, group.primary_contact)
    assert message["List-Unsubscribe"].strip() == f"<{url}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_one_click_pauses_for_90_days_without_cookies(button):
    mail_program = Client(enforce_csrf_checks=True)
    response = mail_program.post(button, ONE_CLICK)
    assert response.status_code == 200
    assert not response.cookies
    assert paused_until() == date(2026, 12, 15)
    assert Notice.objects.count() == 1


def test_one_click_in_either_encoding(button):
    body = "List-Unsubscribe=One-Click"
    kind = "application/x-www-form-urlencoded"
    assert Client().post(button, body, content_type=kind).status_code == 200
    assert paused_until() == date(2026, 12, 15)


def test_one_click_twice_is_once(button):
    for _ in range(2):
        Client().post(button, ONE_CLICK)
    assert Notice.objects.count() == 1


def test_one_click_never_shortens_a_pause(client, request_, button):
    pause(opened(client, request_), request_, until="12")
    Client().post(button, ONE_CLICK)
    assert paused_until() == date(2027, 9, 16)


def test_page_of_the_button_asks_first_and_its_own_button_works(button):
    careful = Client(enforce_csrf_checks=True)
    page = careful.get(button)
    assert "For 90 days we will send no emails" in shown(page)
    assert paused_until() is None
    html = shown(careful.post(button, ONE_CLICK))
    assert "before Tuesday, December 15, 2026" in html
    assert "We will remind you about Michigan Parents again." in shown(
        careful.post(button, {"resume": "1"})
    )
    assert paused_until() is None


@pytest.mark.parametrize("body", [{}, {"x": "y"}, {"List-Unsubscribe": "Two-Click"}])
def test_post_without_the_one_click_changes_nothing(button, body):
    assert Client().post(button, body).status_code == 200
    assert paused_until() is None


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_at_the_button_changes_nothing(button, method):
    for _ in range(3):
        getattr(Client(), method)(button)
    assert paused_until() is None
    assert not Notice.objects.exists()


def test_button_of_somebody_who_is_no_contact_any_more_is_dead(button, group):
    group.contacts.update(link_nonce="replaced")
    assert Client().post(button, ONE_CLICK).status_code == 404
    assert paused_until() is None


def test_old_button_is_dead(button):
    with time_machine.travel(ASKED + timedelta(days=366), tick=False):
        assert Client().post(button, ONE_CLICK).status_code == 410
    assert paused_until() is None


def test_button_of_a_group_that_has_ended_changes_nothing(button):
    Affiliation.objects.update(state="ended")
    response = Client().post(button, ONE_CLICK)
    assert response.status_code == 200
    assert "We no longer send reminders" in shown(response)
    assert paused_until() is None


@pytest.mark.parametrize("purpose", [Purpose.UPDATE, Purpose.AFFILIATE, Purpose.STATUS])
def test_tokens_for_other_purposes_do_not_pause(group, request_, purpose):
    nonce = group.primary_contact.link_nonce
    for reference in (group.reference, request_.reference):
        token = sign(reference, nonce, purpose)
        assert Client().post(f"/join/link/stop/{token}/", ONE_CLICK).status_code == 404
    assert paused_until() is None


def test_token_of_the_button_opens_no_page(group, request_, button):
    token = button.removeprefix("/join/link/stop/")
    assert Client().get(f"/join/link/{token}").status_code == 404
