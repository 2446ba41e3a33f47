"""What an installation is told when a step is missing."""

import pytest
from django.urls import path

from affiliates import checks
from affiliates.checks import check_affiliates

urlpatterns = [path("admin/", lambda request: None)]


def ids():
    return [message.id for message in check_affiliates()]


def test_whole_installation_has_nothing_to_be_told():
    assert ids() == []


@pytest.mark.urls("tests.affiliates.test_checks")
def test_missing_addresses_are_an_error_with_a_hint():
    (message,) = check_affiliates()
    assert message.id == "affiliates.E001"
    assert "affiliates.urls" in message.hint


@pytest.mark.parametrize("base", ["", "example.org"])
def test_missing_base_url_is_an_error(settings, base):
    settings.WAGTAILADMIN_BASE_URL = base
    assert ids() == ["affiliates.E002"]


@pytest.mark.parametrize(
    ("opens", "address"),
    [
        ("update", "https://www.example.org/"),
        ("update", "/news/#{token}"),
        ("reminders", "https://www.example.org/#{token}"),
        ("news", "https://www.example.org/#{token}"),
    ],
)
def test_link_to_a_front_end_that_leads_nowhere_is_an_error(settings, opens, address):
    settings.AFFILIATES = {"FRONT_END_LINKS": {opens: address}}
    assert ids() == ["affiliates.E003"]


def test_links_to_a_front_end_are_fine(settings):
    address = "https://www.example.org/#{token}"
    names = ("draft", "status", "update", "affiliate")
    settings.AFFILIATES = {"FRONT_END_LINKS": dict.fromkeys(names, address)}
    assert ids() == []


def test_each_missing_app_is_an_error_that_names_the_helper(monkeypatch):
    monkeypatch.setattr(checks.apps, "is_installed", lambda name: name != "ninja")
    (message,) = check_affiliates()
    assert message.id == "affiliates.E004"
    assert "ninja" in message.msg
    assert "add_affiliates" in message.hint
