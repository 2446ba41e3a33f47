"""Logging out of private pages, and forms that other websites send in a visitor's name."""

import pytest
from django.test import Client
from django.urls import reverse

from affiliates.links.tokens import status_url
from affiliates.models import Application, Contact, ContactUpdate, LinkRequest
from tests.factories.affiliations import affiliation
from tests.factories.applications import posted, submitted
from tests.factories.own_pages import opened_own, own_path
from tests.factories.visits import BEFORE, asked_for_update, path_of, update_path
from tests.standing import stands

pytestmark = pytest.mark.django_db

TEXT = "Planted by somebody else"


@stands()
def group(program):
    return affiliation(program, now=BEFORE, alternate=True)


@stands()
def asked(group):
    return asked_for_update(group)


def test_group_logs_out_of_its_page_and_of_the_requests_that_it_opened(client, group, asked):
    pages = (own_path(group), update_path(asked))
    for _ in range(2):
        opened_own(client, group)
        shown = [client.get(page) for page in pages]
        assert [page.status_code for page in shown] == [200, 200]
        for page in shown:
            assert f'action="{page.context["paths"]["leave"]}"' in page.content.decode()

        response = client.post(own_path(group, "leave/"))

        assert "You are logged out" in response.content.decode()
        assert [client.get(page).status_code for page in pages] == [403, 403]


def test_who_came_by_a_request_logs_out_there(client, group, asked):
    opened_own(client, group)
    client.get(own_path(group))
    client.post(update_path(asked, "leave/"))
    assert client.get(update_path(asked)).status_code == 403


def test_applicant_logs_out_of_the_status(client, program):
    application = submitted(program)
    client.get(path_of(status_url(application)))
    page = reverse("affiliates:status", args=[application.reference])
    assert f'action="{page}leave/"' in client.get(page).content.decode()
    client.post(f"{page}leave/")
    assert client.get(page).status_code == 403


def test_logging_out_tells_a_stranger_nothing(client, group):
    known, unknown = (
        client.post(f"/join/affiliate/{reference}/leave/")
        for reference in (group.reference, "ZZZ-ZZZ")
    )
    assert known.content == unknown.content
    assert not known.cookies
    assert client.get(own_path(group, "leave/")).status_code == 405


def forms(group, asked, program):
    """Every public form that is shown again as it was typed, and what another site would type."""
    application = submitted(program)
    return {
        update_path(asked): {"kind": "news", "text": TEXT},
        own_path(group, "update/"): {"kind": "news", "text": TEXT},
        own_path(group, "contact/"): {"name": TEXT, "email": "thief@example.net"},
        own_path(group, "hand-over/"): {"name": TEXT, "email": "thief@example.net"},
        own_path(group, "second-contact/"): {"name": TEXT, "email": "thief@example.net"},
        own_path(group, "reminders/"): {"until": "3", "day": TEXT},
        own_path(group, "profile/"): {"title": TEXT},
        reverse("affiliates:answer", args=[application.reference]): {"answer": TEXT},
        reverse("affiliates:apply", args=[program.slug]): posted(program, name=TEXT),
        "/join/affiliate/link/": {"email": TEXT},
    }


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://other.testserver"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_form_of_another_site_comes_back_as_no_form(group, asked, program, headers):
    for path, typed in forms(group, asked, program).items():
        for has_link in (False, True):
            client = Client(enforce_csrf_checks=True, headers=headers)
            if has_link:
                opened_own(client, group)
            response = client.post(path, typed)
            html = response.content.decode()
            assert response.status_code == 403, path
            assert "came from another website" in html
            assert TEXT not in html
            assert f'action="{path}"' not in html
    assert not ContactUpdate.objects.exists()
    assert not LinkRequest.objects.exists()
    assert not Application.objects.filter(name=TEXT).exists()
    assert not Contact.objects.filter(name=TEXT).exists()


OURS = [
    {},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://testserver"},
]


@pytest.mark.parametrize("headers", OURS)
def test_what_was_typed_on_our_own_page_still_comes_back(group, asked, program, headers):
    client = Client(enforce_csrf_checks=True, headers=headers)
    for path, typed in forms(group, asked, program).items():
        html = client.post(path, typed).content.decode()
        assert "came from another website" not in html
        if path not in ("/join/affiliate/link/", reverse("affiliates:apply", args=[program.slug])):
            assert f'action="{path}"' in html


def test_trusted_front_end_may_send_forms(settings, program):
    settings.CSRF_TRUSTED_ORIGINS = ["https://www.example.org"]
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://www.example.org"}
    response = Client(headers=headers).post(
        reverse("affiliates:apply", args=[program.slug]), posted(program)
    )
    assert response.status_code == 302
