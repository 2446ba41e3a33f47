"""Guessing passwords and asking for reset mails is braked, by account and by network."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from axes.utils import reset
from django.contrib.auth import get_user, get_user_model
from django.contrib.auth.password_validation import get_default_password_validators
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from affiliates.portal.services.link_requests import answer_link_requests
from program_site.passwords import LOGIN_LIMITS, RESET_LIMITS
from tests.factories.users import UserFactory

HERE = "192.0.2.7"
NEIGHBOR = "192.0.2.250"
"""In the same network."""
ELSEWHERE = "198.51.100.7"
PER_ACCOUNT_HERE, PER_NETWORK, PER_ACCOUNT = LOGIN_LIMITS


@pytest.fixture
def ada(db):
    return UserFactory(username="ada", groups=["Editors"])


@pytest.fixture
def log_in(client):
    def post(username="ada", password="wrong", address=HERE):
        data = {"username": username, "password": password}
        return client.post(reverse("wagtailadmin_login"), data, REMOTE_ADDR=address)

    return post


@pytest.fixture
def ask_for_reset(client):
    def post(email="ada@example.org", address=HERE):
        url = reverse("wagtailadmin_password_reset")
        answer = client.post(url, {"email": email}, REMOTE_ADDR=address)
        answer_link_requests(now=timezone.now())  # A worker looks whose address it is.
        return answer

    return post


def guess(log_in, times, **fields):
    return [log_in(**fields).status_code for _ in range(times)]


def test_tenth_wrong_password_of_an_account_ends_the_guessing_and_the_page_says_for_how_long(
    log_in, ada, client
):
    assert guess(log_in, PER_ACCOUNT_HERE) == [200] * (PER_ACCOUNT_HERE - 1) + [429]
    answer = log_in(password="password")
    assert answer.status_code == 429
    assert "Please wait an hour" in answer.content.decode()
    assert not get_user(client).is_authenticated
    assert log_in(password="password", address=NEIGHBOR).status_code == 429


def test_account_stays_open_to_its_owner_in_another_network(log_in, ada, client):
    guess(log_in, PER_ACCOUNT_HERE)
    assert log_in(password="password", address=ELSEWHERE).status_code == 302
    assert get_user(client) == ada


def test_account_that_many_networks_guess_at_is_closed_to_all(log_in, ada):
    for network in range(PER_ACCOUNT // (PER_ACCOUNT_HERE - 1) + 1):
        guess(log_in, PER_ACCOUNT_HERE - 1, address=f"10.0.{network}.1")
    assert log_in(password="password", address=ELSEWHERE).status_code == 429
    reset(username="ada")  # what `manage.py axes_reset_username ada` does
    assert log_in(password="password", address=ELSEWHERE).status_code == 302


def test_network_that_tries_many_accounts_is_stopped_whoever_logs_in_meanwhile(log_in, ada):
    """A login of one's own does not begin the count anew."""
    for number in range(PER_NETWORK):
        log_in(username=f"somebody{number}")
        if number % 9 == 0:
            log_in(password="password")
    assert log_in(password="password", address=NEIGHBOR).status_code == 429


def test_brake_lets_go_an_hour_after_the_last_failure_and_forgets_it(log_in, ada, time_machine):
    guess(log_in, PER_ACCOUNT_HERE)
    time_machine.move_to(timezone.now() + timedelta(minutes=59))
    assert log_in(password="password").status_code == 429  # and this does not prolong it
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    assert log_in(password="password").status_code == 302
    assert not AccessAttempt.objects.exists()


def test_brake_keeps_the_network_and_neither_address_nor_password(log_in, ada):
    log_in(password="nearly-right")
    kept = AccessAttempt.objects.values().get()
    assert kept["ip_address"] == "192.0.2.0"
    assert "nearly-right" not in str(kept)


@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
def test_reset_mails_end_after_five_and_known_and_unknown_addresses_are_told_the_same(
    ask_for_reset, ada, email, mailoutbox
):
    limit = RESET_LIMITS[0]
    told = [ask_for_reset(email).status_code for _ in range(limit + 2)]
    assert told == [302] * limit + [429] * 2
    assert ask_for_reset(email.upper(), address=ELSEWHERE).status_code == 429
    assert len(mailoutbox) == (limit if email == ada.email else 0)


def test_network_that_asks_for_many_resets_is_stopped(ask_for_reset, ada):
    for number in range(PER_NETWORK):
        ask_for_reset(f"nobody{number}@example.org")
    assert ask_for_reset().status_code == 429
    assert ask_for_reset(address=ELSEWHERE).status_code == 302


def test_person_who_asked_for_reset_mails_can_still_log_in(ask_for_reset, log_in, ada):
    for _ in range(RESET_LIMITS[0] + 1):
        ask_for_reset()
    assert log_in(password="password").status_code == 302


@pytest.mark.parametrize(
    ("password", "is_taken"),
    [
        ("12345678", False),
        ("qwertyuiop", False),
        ("ada-ada-ada", True),
        ("730194582", True),
        ("geschlossene Türen auf", True),
        ("ada@example.org", False),
    ],
)
def test_password_may_have_any_signs_but_must_be_long_and_uncommon(ada, password, is_taken):
    refusals = []
    for validator in get_default_password_validators():
        try:
            validator.validate(password, ada)
        except ValidationError as refusal:
            refusals.append(refusal)
    assert bool(refusals) != is_taken


def test_password_is_masked_and_may_be_pasted_or_filled_in(client, db):
    html = client.get(reverse("wagtailadmin_login")).content.decode()
    (field,) = re.findall(r'<input[^>]*name="password"[^>]*>', html)
    assert 'type="password"' in field
    assert "onpaste" not in html
    assert 'autocomplete="off"' not in field


def test_password_counts_as_it_was_typed(log_in, ada):
    ada.set_password(" Long Password with spaces, " * 5)
    ada.save()
    for other in ("long password with spaces, " * 5, " Long Password with spaces, " * 4):
        assert log_in(password=other).status_code == 200
    assert log_in(password=" Long Password with spaces, " * 5).status_code == 302


def test_reset_link_works_once_and_for_four_hours(
    ask_for_reset, ada, client, mailoutbox, time_machine
):
    for _ in range(2):
        ask_for_reset()
    first, second = (
        next(word for word in mail.body.split() if "/password_reset/" in word)
        for mail in mailoutbox
    )
    page = client.get(first, follow=True)
    choice = {"new_password1": "a new long password", "new_password2": "a new long password"}
    client.post(page.request["PATH_INFO"], choice)
    ada.refresh_from_db()
    assert ada.check_password("a new long password")
    assert not client.get(first, follow=True).context["validlink"]
    assert not client.get(second, follow=True).context["validlink"]
    ask_for_reset()
    late = next(word for word in mailoutbox[2].body.split() if "/password_reset/" in word)
    time_machine.move_to(timezone.now() + timedelta(hours=4, minutes=1))
    assert not client.get(late, follow=True).context["validlink"]


def test_new_site_has_no_account(db):
    assert not get_user_model().objects.exists()


def test_password_changes_only_for_those_who_know_it(client, ada):
    client.force_login(ada)
    change = {
        "password-old_password": "wrong",
        "password-new_password1": "a new long password",
        "password-new_password2": "a new long password",
    }
    client.post(reverse("wagtailadmin_account"), change)
    ada.refresh_from_db()
    assert ada.check_password("password")


@pytest.mark.parametrize("end", [{"is_active": False}, None])
def test_session_ends_with_the_account(client, ada, end):
    client.force_login(ada)
    assert client.get(reverse("wagtailadmin_home")).status_code == 200
    if end:
        type(ada).objects.filter(pk=ada.pk).update(**end)
    else:
        ada.delete()
    assert client.get(reverse("wagtailadmin_home")).status_code == 302


def test_session_is_a_new_one_after_login_and_worth_nothing_after_logout(client, log_in, ada):
    log_in(password="password")
    before = client.cookies["sessionid"].value
    answer = client.post(reverse("wagtailadmin_logout"))
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    log_in(password="password")
    assert client.cookies["sessionid"].value != before
    client.cookies["sessionid"] = before
    assert client.get(reverse("wagtailadmin_home")).status_code == 302
