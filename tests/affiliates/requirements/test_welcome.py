"""Imported groups get their welcome, and the first request to affirm, some on each day."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from affiliates.models import Affiliation, Commitment
from tests.factories.affiliations import affiliation
from tests.factories.application_rows import ApplicationFactory
from tests.factories.mails import read
from tests.factories.requirements import requirement
from tests.factories.reviews import reviewer
from tests.factories.users import UserFactory
from tests.standing import stands
from workflows.models import OutgoingMail

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 7, 6, 16, tzinfo=UTC)
WELCOME = "/admin/affiliates/welcome/"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@stands(at=MONDAY)
def program(reviewed_program):
    return reviewed_program


@pytest.fixture
def staff(client, program):
    client.force_login(reviewer(program))
    return client


def imported(program, number, **fields):
    name = f"Group {number}"
    return affiliation(program, title=name, contact__email=f"{number}@example.net", **fields)


def mails():
    return list(OutgoingMail.objects.filter(kind="group_welcome").order_by("recipient"))


def text(answer):
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).split())


def test_numbers_and_an_example_are_shown_first(staff, program):
    imported(program, 1)
    applied = imported(program, 2)
    ApplicationFactory(program=program, affiliate=applied.page, state="approved")
    imported(program, 3, state="paused")
    imported(program, 4, contact=False)
    said = text(staff.get(f"{WELCOME}?all=1"))
    assert "1 group gets the welcome." in said
    assert "3 groups are left out" in said
    assert "Go to your own page" in said
    assert not mails()


def test_some_go_out_on_each_business_day(staff, program):
    for number in range(1, 6):
        imported(program, number)
    staff.post(f"{WELCOME}?all=1", {"per_day": 2})
    days = [MONDAY.date() + timedelta(days=days) for days in (0, 0, 1, 1, 2)]
    welcomed = list(Affiliation.objects.order_by("name").values_list("welcomed_at", flat=True))
    assert [at.date() for at in welcomed] == days
    assert [mail.next_attempt_at for mail in mails()[2:]] == welcomed[2:]


def test_pressing_twice_welcomes_nobody_twice(staff, program):
    imported(program, 1)
    staff.post(f"{WELCOME}?all=1", {"per_day": 2})
    said = text(staff.post(f"{WELCOME}?all=1", {"per_day": 2}, follow=True))
    assert "0 groups" in said
    assert len(mails()) == 1
    assert "Group 1" not in text(staff.get("/admin/affiliates/groups/results/?welcome=never"))


def test_mail_asks_to_affirm_by_the_day_on_which_it_is_due(staff, program):
    requirement(program, kind="reaffirm", first_days=30)
    group = imported(program, 1)
    Commitment.objects.update(due_on=MONDAY.date() - timedelta(days=200))
    staff.post(f"{WELCOME}?group={group.pk}", {"per_day": 2})
    assert Commitment.objects.get().due_on == MONDAY.date() + timedelta(days=30)
    said = read(OutgoingMail.objects.get(kind="group_welcome"))[1]
    assert "affirm our beliefs and obligations by Wednesday, August 5, 2026." in " ".join(
        said.split()
    )
    assert "/link/" in said
    record = text(staff.get(f"/admin/affiliates/groups/{group.pk}/"))
    assert "Welcome sent" in record


@pytest.mark.parametrize("number", ["", "0", "x", "1001"])
def test_odd_numbers_are_refused(staff, program, number):
    imported(program, 1)
    text(staff.post(f"{WELCOME}?all=1", {"per_day": number}))
    assert not mails()


@pytest.mark.parametrize("rows", [1, 3])
def test_welcoming_many_costs_as_many_queries_as_one(staff, program, rows):
    requirement(program, kind="reaffirm", first_days=30)
    for number in range(rows):
        imported(program, number)
    with CaptureQueriesContext(connection) as queries:
        staff.post(f"{WELCOME}?all=1", {"per_day": 2})
    assert Affiliation.objects.exclude(welcomed_at=None).count() == rows
    assert len(queries) == 22


def test_stranger_sends_nothing(client, program):
    imported(program, 1)
    client.force_login(UserFactory(permissions=["wagtailadmin.access_admin"]))
    client.post(f"{WELCOME}?all=1", {"per_day": 2})
    assert not mails()
