"""Who among the staff looks after an affiliate: its owner, its back-up, and handing all over."""

from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from affiliates.affiliations.services.notices import notify_staff
from affiliates.core.states import NoticeKind
from affiliates.models import Affiliation, SupportRequest
from tests.factories.affiliations import affiliation
from tests.factories.pages import ProgramPageFactory
from tests.factories.reviews import reviewer
from tests.factories.support import call_for_help
from tests.factories.users import UserFactory
from tests.standing import stands
from workflows.deadlines.digests import waiting_for
from workflows.models import Deadline, OutgoingMail

pytestmark = pytest.mark.django_db

HAND_OVER = "/admin/affiliates/hand-over/"
CHOSEN = "/admin/affiliates/owners/"


@stands()
def program(reviewed_program):
    return reviewed_program


@stands()
def ann(program):
    return reviewer(program, username="ann", first_name="Ann", last_name="Abel")


@stands()
def ben(program):
    return reviewer(program, username="ben", first_name="Ben", last_name="Beck")


@stands()
def group(program, ann, ben):
    return affiliation(program, title="Michigan Parents", owner=ann, backup=ben)


@pytest.fixture
def staff(client, ann):
    client.force_login(ann)
    return client


def noted(group):
    now = timezone.now()
    notify_staff(affiliation=group, kind=NoticeKind.BOUNCED, text="Mail came back.", now=now)


def told():
    return set(OutgoingMail.objects.values_list("recipient", flat=True))


def taken_by(person, group):
    call_for_help(group, now=timezone.now())
    SupportRequest.objects.update(assigned_to=person)


def list_of(name):
    return waiting_for(f"{name}@example.org", now=timezone.now())


def text(answer):
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).split())


@pytest.mark.parametrize(
    ("of_owner", "hears"),
    [({}, "ann"), ({"is_active": False}, "ben"), ({"email": ""}, "ben")],
)
def test_owner_hears_of_a_notice_or_else_the_back_up(group, ann, of_owner, hears):
    type(ann).objects.filter(pk=ann.pk).update(**of_owner)
    noted(Affiliation.objects.get(pk=group.pk))
    assert told() == {f"{hears}@example.org"}
    assert list_of(hears)
    assert not list_of("rob")


def test_all_reviewers_hear_of_an_affiliate_that_nobody_owns(program, ann, ben):
    noted(affiliation(program))
    assert told() == {"ann@example.org", "ben@example.org", "rob@example.org"}


def test_back_up_alone_is_told(group, ann):
    ann.delete()
    noted(Affiliation.objects.get(pk=group.pk))
    assert told() == {"ben@example.org"}


def test_escalation_stays_as_it_is(group):
    noted(group)
    assert not list_of("lea")
    Deadline.objects.update(due_at=timezone.now() - timedelta(days=30))
    assert list_of("lea")


def test_call_for_help_goes_to_the_owner(group):
    call_for_help(group, now=timezone.now())
    staff_mails = OutgoingMail.objects.filter(kind="waiting_for_you")
    assert set(staff_mails.values_list("recipient", flat=True)) == {"ann@example.org"}
    assert list_of("ann")
    assert not list_of("ben")


@pytest.mark.parametrize("rows", [1, 3])
def test_daily_list_costs_as_many_queries_for_any_number(program, ann, ben, rows):
    for _ in range(rows):
        noted(affiliation(program, owner=ann, backup=ben))
    list_of("ann")
    with CaptureQueriesContext(connection) as queries:
        assert len(list_of("ann")) == rows
    assert len(queries) == 6


def test_owner_is_set_on_the_record_and_stands_in_its_history(staff, program, ben):
    group = affiliation(program)
    page = reverse("affiliates_affiliation:owners", args=[group.pk])
    assert "Ben Beck" in text(staff.get(page))
    staff.post(page, {"owner": ben.pk, "backup": ""})
    record = text(staff.get(reverse("affiliates_affiliation:inspect", args=[group.pk])))
    assert "Owner set (Ben Beck)" in record
    assert "by Ann Abel" in record
    assert told() == {"ben@example.org"}


def test_owner_and_back_up_are_two_people(staff, group, ben):
    page = reverse("affiliates_affiliation:owners", args=[group.pk])
    said = text(staff.post(page, {"owner": ben.pk, "backup": ben.pk}))
    assert "Please choose two different people." in said


def test_stranger_cannot_be_made_owner(staff, group):
    page = reverse("affiliates_affiliation:owners", args=[group.pk])
    said = text(staff.post(page, {"owner": UserFactory().pk, "backup": ""}))
    assert "This person may not look after all of these affiliates." in said


@pytest.mark.parametrize(
    ("query", "found"),
    [("mine", {"Own"}), ("backup", {"Backed"}), ("nobody", {"Free", "Backed"})],
)
def test_list_is_narrowed_to_what_somebody_looks_after(staff, program, ann, query, found):
    affiliation(program, title="Own Parents", owner=ann)
    affiliation(program, title="Backed Parents", backup=ann)
    affiliation(program, title="Free Parents")
    listed = text(staff.get(f"{reverse('affiliates_affiliation:index_results')}?owner={query}"))
    assert {name for name in ("Own", "Backed", "Free") if f"{name} Parents" in listed} == found


def test_menu_leads_to_ones_own(staff, group):
    assert "/admin/affiliates/groups/?owner=mine" in text(staff.get("/admin/"))


def test_owner_of_several_is_set_from_the_list_and_the_back_up_stays(staff, program, ann, ben):
    backed = affiliation(program, backup=ben)
    other, left = affiliation(program), affiliation(program)
    chosen = f"{CHOSEN}?group={backed.pk}&group={other.pk}"
    assert "For 2 groups" in text(staff.get(chosen))
    staff.post(chosen, {"roles": ["owner"], "owner": ann.pk, "backup": ""})
    kept = Affiliation.objects.in_bulk()
    assert [kept[one.pk].owner for one in (backed, other, left)] == [ann, ann, None]
    assert kept[backed.pk].backup == ben


def test_all_that_a_filter_finds_are_set(staff, program, ann):
    inside, outside = (affiliation(program, region=region) for region in ("US-OH", "US-MI"))
    staff.post(f"{CHOSEN}?all=1&region=US-OH", {"roles": ["owner"], "owner": ann.pk})
    assert Affiliation.objects.get(pk=inside.pk).owner == ann
    assert Affiliation.objects.get(pk=outside.pk).owner is None


def test_groups_of_another_program_cannot_be_chosen(staff, program, ann):
    affiliation(program)
    other = affiliation(ProgramPageFactory())
    page = f"{CHOSEN}?group={other.pk}"
    assert "No group was chosen." in text(staff.get(page))
    staff.post(page, {"roles": ["owner"], "owner": ann.pk})
    assert Affiliation.objects.get(pk=other.pk).owner is None


@pytest.mark.parametrize("rows", [1, 3])
def test_setting_many_costs_as_many_queries_as_setting_one(staff, program, ann, rows):
    keys = "&".join(f"group={affiliation(program).pk}" for _ in range(rows))
    staff.get(f"{CHOSEN}?{keys}")
    with CaptureQueriesContext(connection) as queries:
        staff.post(f"{CHOSEN}?{keys}", {"roles": ["owner"], "owner": ann.pk})
    assert Affiliation.objects.filter(owner=ann).count() == rows
    assert len(queries) == 17


# Handing all over


def test_numbers_are_shown_before_anything_changes(staff, group, ann, ben, program):
    affiliation(program, backup=ann)
    taken_by(ann, group)
    shown = text(staff.get(HAND_OVER, {"of": ann.pk, "to": ben.pk}))
    assert "From Ann Abel to Ben Beck" in shown
    assert f"<td>{program.title}</td> <td>1</td> <td>1</td> <td>1</td>" in shown
    assert Affiliation.objects.get(pk=group.pk).owner == ann


def test_one_press_hands_over_affiliates_and_calls(staff, group, ann, ben, program):
    backed = affiliation(program, backup=ann)
    taken_by(ann, group)
    done = staff.post(HAND_OVER, {"of": ann.pk, "to": ben.pk}, follow=True)
    assert "Ben Beck now looks after 2 affiliates." in text(done)
    group.refresh_from_db()
    assert (group.owner, group.backup) == (ben, None)
    assert Affiliation.objects.get(pk=backed.pk).backup == ben
    assert SupportRequest.objects.get().assigned_to == ben


def test_work_of_somebody_who_has_left_already_is_handed_over(client, program, group, ann, ben):
    type(ann).objects.filter(pk=ann.pk).update(is_active=False)
    client.force_login(ben)
    assert "Ann Abel (no longer active)" in text(client.get(HAND_OVER))
    client.post(HAND_OVER, {"of": ann.pk, "to": ben.pk})
    assert Affiliation.objects.get(pk=group.pk).owner == ben


def test_programs_of_others_stay_as_they_are(staff, group, ann, ben):
    elsewhere = affiliation(ProgramPageFactory(), owner=ann)
    staff.post(HAND_OVER, {"of": ann.pk, "to": ben.pk})
    assert Affiliation.objects.get(pk=elsewhere.pk).owner == ann


@pytest.mark.parametrize(
    ("to", "says"),
    [
        ("ann", "Please choose two different people."),
        ("", "Please choose who takes over."),
        ("stranger", "This person may not look after affiliates."),
    ],
)
def test_mistakes_stand_beside_the_field(staff, group, ann, to, says):
    people = {"ann": ann.pk, "": "", "stranger": UserFactory().pk}
    assert says in text(staff.get(HAND_OVER, {"of": ann.pk, "to": people[to]}))
    assert says in text(staff.post(HAND_OVER, {"of": ann.pk, "to": people[to]}))


@pytest.mark.parametrize("page", [HAND_OVER, CHOSEN])
def test_who_looks_after_nothing_sees_none_of_it(client, group, page):
    client.force_login(UserFactory(permissions=["wagtailadmin.access_admin"]))
    assert client.get(page).status_code == 302
