"""Contacts and reminders of a group, changed by a front end with the token of a mailed link."""

from datetime import timedelta

import pytest
import time_machine

from affiliates.affiliations.mails.contacts import (
    CONTACT_NEW_ADDRESS,
    CONTACT_OLD_ADDRESS,
    CONTACT_RELEASED,
    CONTACT_WELCOME,
    SECOND_CONTACT_RELEASED,
    SECOND_CONTACT_WELCOME,
    TO_NEW_CONTACTS,
)
from affiliates.models import Affiliation, Contact, Notice
from tests.affiliates.api.calls import delete, get, mistakes, post, problem, put
from tests.factories.affiliations import affiliation
from tests.factories.own_groups import group_path, path_of_request
from tests.factories.visits import ASKED, BEFORE, asked_for_update
from tests.standing import stands
from workflows.models import OutgoingMail

JO = {"name": "Jo Roe", "email": "jo@group.example", "phone": ""}
KIM = {"name": "Kim Lee", "email": "kim@group.example", "phone": ""}


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
        contact__phone="",
    )


def people():
    return list(Contact.objects.order_by("-role", "pk").values_list("role", "name", "email"))


def told():
    kinds = (*TO_NEW_CONTACTS, CONTACT_RELEASED, SECOND_CONTACT_RELEASED)
    rows = OutgoingMail.objects.filter(kind__in=(*kinds, CONTACT_OLD_ADDRESS))
    return sorted(rows.values_list("kind", "recipient"))


@pytest.fixture(params=["own page", "mail that asks"])
def path(request, group):
    """Where the contact's pages are, by either link."""
    if request.param == "own page":
        return lambda rest, contact=None: group_path(group, rest, contact)
    asked = asked_for_update(group)
    return lambda rest, contact=None: path_of_request(asked, rest, contact)


# Own details


def test_new_name_and_phone_keep_the_token(client, group, path):
    body = {**KIM, "name": "李", "phone": "517 555 0188"}
    address = path("contact/")
    assert put(client, address, body).json() == {"token": None}
    contact = Contact.objects.get()
    assert (contact.name, contact.phone) == ("李", "517 555 0188")
    assert put(client, address, body).status_code == 200
    assert told() == []


def test_new_address_brings_a_new_token_and_tells_both(client, group, path):
    address = path("contact/")
    token = put(client, address, JO).json()["token"]
    assert people() == [("primary", "Jo Roe", "jo@group.example")]
    assert told() == [
        (CONTACT_NEW_ADDRESS, "jo@group.example"),
        (CONTACT_OLD_ADDRESS, "kim@group.example"),
    ]
    assert put(client, f"affiliations/{token}/contact/", JO).json() == {"token": None}


def test_new_address_sent_again_with_the_dead_token_was_sent_once(client, group, path):
    """Its answer was lost. Whoever has only the old link gets no new one."""
    address = path("contact/")
    put(client, address, JO)
    for _ in range(2):
        again = put(client, address, JO)
        assert (again.status_code, again.json()) == (200, {"token": None})
    assert problem(put(client, address, {**JO, "email": "other@x.org"})) == "not-found"
    assert len(told()) == 2


# Handing over


def test_handing_over_tells_both_and_ends_the_token(client, group, path):
    address = path("hand-over/")
    assert post(client, address, JO).status_code == 204
    assert people() == [("primary", "Jo Roe", "jo@group.example")]
    assert told() == [
        (CONTACT_RELEASED, "kim@group.example"),
        (CONTACT_WELCOME, "jo@group.example"),
    ]
    assert Notice.objects.get().kind == "handed_over"
    assert post(client, address, JO).status_code == 204
    assert problem(post(client, address, {**JO, "email": "other@x.org"})) == "not-found"
    assert len(told()) == 2


# The second contact


def test_second_contact_is_named_changed_and_removed(client, group, path):
    address = path("second-contact/")
    first, second = put(client, address, JO).json()
    assert (first["is_you"], second["is_you"]) == (True, False)
    assert (second["role"], second["email"]) == ("alternate", "jo@group.example")
    put(client, address, {**JO, "name": "Jo Roe-Lee"})
    assert people()[1] == ("alternate", "Jo Roe-Lee", "jo@group.example")
    for _ in range(2):
        assert delete(client, address).status_code == 204
    assert people() == [("primary", "Kim Lee", "kim@group.example")]
    assert told() == [
        (SECOND_CONTACT_RELEASED, "jo@group.example"),
        (SECOND_CONTACT_WELCOME, "jo@group.example"),
    ]


# Mistakes


@pytest.mark.parametrize("rest", ["contact/", "hand-over/", "second-contact/"])
@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"name": ""}, [("name",)]),
        ({"name": "\u3164\0"}, [("name",)]),
        ({"email": ""}, [("email",)]),
        ({"email": "jo@localhost"}, [("email",)]),
        ({"email": "jo@group.example\nBcc: x@y.org"}, [("email",)]),
        ({"phone": "call me"}, [("phone",)]),
        ({"name": "", "email": "", "phone": "x"}, [("name",), ("email",), ("phone",)]),
        ({"email": ["jo@group.example"]}, [("email",)]),
        ({"role": "primary"}, [("role",)]),
    ],
)
def test_bad_details_are_refused_with_their_places(client, group, rest, changes, places):
    call = post if rest == "hand-over/" else put
    response = call(client, group_path(group, rest), {**JO, **changes})
    assert list(mistakes(response)) == places
    assert people() == [("primary", "Kim Lee", "kim@group.example")]
    assert told() == []


def test_address_of_the_other_contact_is_explained(client, group):
    put(client, group_path(group, "second-contact/"), JO)
    taken = [
        put(client, group_path(group, "contact/"), JO),
        put(client, group_path(group, "second-contact/"), KIM),
        post(client, group_path(group, "hand-over/"), KIM),
    ]
    for response in taken:
        found = mistakes(response)["email",]
        assert found["message"] == "This is already the address of a contact of your group."


def test_too_many_new_addresses_are_too_many(client, group, settings):
    settings.AFFILIATES = {"CONTACT_CHANGES_PER_DAY": 1}
    address = group_path(group, "second-contact/")
    put(client, address, JO)
    response = put(client, address, {**JO, "email": "other@group.example"})
    assert problem(response) == "too-many-requests"
    assert response["Retry-After"] == "86400"
    assert group.program.contact_email in response.json()["detail"]
    assert people()[1] == ("alternate", "Jo Roe", "jo@group.example")


# Reminders


def test_reminders_are_paused_and_the_pause_is_ended(client, group, path):
    address = path("reminders/")
    for _ in range(2):
        answer = put(client, address, {"paused_until": "2026-12-31"}).json()
        assert answer == {"paused_until": "2026-12-31", "longest_pause": "2027-09-16"}
    assert Notice.objects.get().kind == "reminders_paused"
    for _ in range(2):
        assert put(client, address, {"paused_until": None}).json()["paused_until"] is None
    assert Affiliation.objects.get().reminders_paused_until is None


@pytest.mark.parametrize(
    "day",
    [
        *("", "2026-09-16", "2020-01-01", "2027-09-17", "9999-12-31", "2026-02-30", "31.12.2026"),
        *("2026-12-31T00:00:00Z", "x", 20261231, True, ["2026-12-31"], {"day": 1}),
    ],
)
def test_day_that_cannot_be_taken_is_refused_at_its_place(client, group, day):
    response = put(client, group_path(group, "reminders/"), {"paused_until": day})
    assert list(mistakes(response)) == [("paused_until",)]
    assert Affiliation.objects.get().reminders_paused_until is None


def test_body_without_a_day_ends_no_pause(client, group):
    put(client, group_path(group, "reminders/"), {"paused_until": "2026-12-31"})
    assert list(mistakes(put(client, group_path(group, "reminders/"), {}))) == [("paused_until",)]
    assert str(Affiliation.objects.get().reminders_paused_until) == "2026-12-31"


def test_pause_is_seen_by_the_group(client, group):
    put(client, group_path(group, "reminders/"), {"paused_until": "2026-12-31"})
    with time_machine.travel(ASKED + timedelta(days=1), tick=False):
        answer = get(client, group_path(group)).json()
    assert answer["reminders"]["paused_until"] == "2026-12-31"
