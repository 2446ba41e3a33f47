"""Staff enter closures in the admin, each for the programs they work for."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from affiliates.models import Closure
from tests.factories.pages import ProgramPageFactory
from tests.factories.reviews import now_of, reviewer, under_review
from tests.factories.users import UserFactory
from tests.standing import stands

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to(MONDAY, tick=False)


@stands(at=MONDAY)
def program(reviewed_program):
    return reviewed_program


@pytest.fixture
def rob_client(client, program):
    client.force_login(reviewer(program, username="ron"))
    return client


def typed(program, **changes):
    days = {"first_day": "2026-11-25", "last_day": "2026-12-01"}
    form = {"program": program.pk, "regions": "Ohio, us-mi", "reason": "wildfires", **days}
    return {**form, **changes}


def url(name, *args):
    return reverse(f"affiliates_closure:{name}", args=args)


def words(response):
    return " ".join(response.content.decode().split())


def closure_of(program, **changes):
    usual = {
        "first_day": date(2026, 11, 25),
        "last_day": date(2026, 12, 1),
        "reason": "wildfires",
    }
    return Closure.objects.create(program=program, **{**usual, **changes})


def test_closure_that_is_entered_moves_promises_at_once(rob_client, program):
    application = under_review(program, now=MONDAY)
    page = rob_client.post(url("add"), typed(program), follow=True)
    assert Closure.objects.get().regions == ["US-MI", "US-OH"]
    assert "everyone who was told a day gets an email with the new one" in words(page)
    assert "Michigan, Ohio" in words(page)
    assert "Nov. 25, 2026" in words(page)
    assert now_of(application).decision_due_on == date(2026, 12, 7)


def test_closure_that_is_changed_or_deleted_moves_them_again(rob_client, program):
    application = under_review(program, now=MONDAY)
    rob_client.post(url("add"), typed(program))
    closure = Closure.objects.get()
    form = words(rob_client.get(url("edit", closure.pk)))
    assert "Michigan, Ohio" in form
    rob_client.post(url("edit", closure.pk), typed(program, last_day="2026-11-25"))
    assert now_of(application).decision_due_on == date(2026, 12, 1)
    rob_client.post(url("delete", closure.pk))
    assert now_of(application).decision_due_on == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"regions": "Ohio, Atlantis"}, "We do not know the state or province “Atlantis”"),
        ({"regions": "Ohio," * 200 + "x" * 4000}, "at most 4000 characters"),
        ({"last_day": "2026-11-24"}, "This is before the first day."),
        ({"last_day": "2062-12-01"}, "A closure can last a year at most."),
        ({"last_day": ""}, "This field is required."),
        ({"reason": " "}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(
    rob_client, program, changes, message
):
    response = rob_client.post(url("add"), typed(program, **changes))
    assert message in words(response)
    assert f'value="{changes.get("reason", "wildfires").strip()}"' in words(response) or changes
    assert not Closure.objects.exists()


def test_only_people_of_the_program_see_and_change_its_closures(rob_client, program):
    other = ProgramPageFactory(title="Elsewhere")
    hidden = closure_of(other, reason="a flood")
    assert "a flood" not in words(rob_client.get(url("index")))
    assert "Elsewhere" not in words(rob_client.get(url("add")))
    assert rob_client.get(url("edit", hidden.pk)).status_code == 404
    assert rob_client.post(url("delete", hidden.pk)).status_code == 404
    rob_client.post(url("add"), typed(other))
    assert list(Closure.objects.all()) == [hidden]


def test_people_without_a_program_have_no_closures(client, program):
    client.force_login(UserFactory(permissions=["wagtailadmin.access_admin"]))
    for name in ("index", "add"):
        assert client.get(url(name)).status_code == 302
    assert url("index") not in words(client.get("/admin/"))


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_as_many_queries_for_one_closure_as_for_three(
    rob_client, program, number, django_assert_max_num_queries
):
    for _count in range(number):
        closure_of(program)
    with django_assert_max_num_queries(16):
        assert words(rob_client.get(url("index"))).count("wildfires") >= number
