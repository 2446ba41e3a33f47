"""The affiliates in Wagtail's admin: list, record, actions, and who may do what."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.admin_url_finder import AdminURLFinder

from affiliates.affiliations.services.notices import notify_staff
from affiliates.core.states import NoticeKind
from affiliates.models import Affiliation, Contact
from affiliates.programs.promised_days import today_at
from tests.factories.affiliations import UpdateRequestFactory, affiliation
from tests.factories.pages import ProgramPageFactory
from tests.factories.requirements import requirement
from tests.factories.reviews import reviewer, with_reviewers
from tests.factories.support import call_for_help
from tests.factories.users import UserFactory
from tests.standing import stands
from workflows.models import OutgoingMail

pytestmark = pytest.mark.django_db

START = datetime(2026, 7, 6, 16, tzinfo=UTC)
ACTIONS = ["pause", "end", "send_link"]
ADMIN = "wagtailadmin.access_admin"


@stands()
def group(program):
    return affiliation(program, now=START, title="Michigan Parents", contact__name="Kim Lee")


@pytest.fixture
def staff_client(client):
    """A person who looks after affiliates, and has no other right."""
    client.force_login(
        UserFactory(
            username="staff",
            permissions=[
                ADMIN,
                "affiliates.view_affiliation",
                "affiliates.change_affiliation",
            ],
        )
    )
    return client


def url(name, *args):
    return reverse(f"affiliates_affiliation:{name}", args=args)


def owes(group, days_late):
    due = today_at(group.program, timezone.now()) - timedelta(days=days_late)
    return UpdateRequestFactory(affiliation=group, due_on=due)


def html(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_list_shows_standing_with_its_main_reason(staff_client, group):
    owes(group, 40)
    page = html(staff_client.get(url("index")))
    assert "Michigan Parents" in page
    assert "Needs attention" in page
    assert "The update for Q3 2026 is 40 days late." in page
    assert "Kim Lee" in page
    assert "Michigan" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("standing=attention", {"Late"}),
        ("standing=good&standing=attention", {"Late", "Fine"}),
        ("standing=ended", set()),
        ("help=open", {"Fine"}),
        ("region=US-OH", {"Late"}),
        ("q=lee", {"Fine"}),
        ("q=nobody", set()),
    ],
)
def test_list_is_narrowed_down(staff_client, program, query, found):
    owes(affiliation(program, now=START, title="Late Parents", region="US-OH"), 40)
    fine = affiliation(program, now=START, title="Fine Parents", contact__name="Kim Lee")
    call_for_help(fine, now=timezone.now())
    page = html(staff_client.get(f"{url('index_results')}?{query}"))
    assert {name for name in ("Late", "Fine") if f"{name} Parents" in page} == found


def test_list_is_searched_by_reference(staff_client, group):
    plain = group.reference.replace("-", "").lower()
    assert "Michigan Parents" in html(staff_client.get(f"{url('index_results')}?q={plain}"))


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    "name", ["affiliates_affiliation:index_results", "affiliates_standing_results"]
)
def test_lists_cost_as_many_queries_for_any_page(staff_client, program, name, rows):
    asked = requirement(program)
    for _ in range(rows):
        owes(affiliation(program, now=START), 40)
    assert asked.commitments.count() == rows
    staff_client.get(url("index"))
    with CaptureQueriesContext(connection) as queries:
        html(staff_client.get(reverse(name)))
    assert len(queries) == COST


COST = 17


def test_export_names_every_reason_and_runs_no_formula(staff_client, program):
    owes(affiliation(program, now=START, title="=HYPERLINK(1)"), 40)
    answer = staff_client.get(f"{url('index')}?export=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(StringIO(text))
    assert row["Group"] == "'=HYPERLINK(1)"
    assert row["Standing"] == "Needs attention"
    assert "The update for Q3 2026 is 40 days late.\n" in row["Reasons"]
    assert staff_client.get(f"{url('index')}?export=xlsx").status_code == 200


def test_record_shows_everything(staff_client, group):
    owes(group, 40)
    call = call_for_help(group, now=timezone.now(), text="We need a room.")
    notify_staff(affiliation=group, kind=NoticeKind.HANDED_OVER, text="Kim took over.", now=START)
    page = html(staff_client.get(url("inspect", group.pk)))
    for said in ("Kim Lee", "Q3 2026", call.reference, "We need a room.", "Kim took over."):
        assert said in page
    for name in ACTIONS:
        assert url(name, group.pk) in page


@pytest.mark.parametrize(("region", "calls"), [("DE-BE", "+49-30-123456"), ("US-OH", "")])
def test_phone_of_a_contact_calls_in_the_country_of_its_group(staff_client, group, region, calls):
    Affiliation.objects.update(region=region)
    Contact.objects.update(phone="030 123456, evenings")
    page = html(staff_client.get(url("inspect", group.pk)))
    assert "030 123456" in page
    assert ("tel:" in page, f'href="tel:{calls}"' in page) == (bool(calls), bool(calls))


@pytest.mark.parametrize("days_late", [0, 40])
def test_update_is_not_late_while_reminders_are_paused(staff_client, group, days_late):
    owes(group, days_late)
    pages = url("index"), url("inspect", group.pk)
    assert all("affiliates-late" in html(staff_client.get(page)) for page in pages)
    until = today_at(group.program, timezone.now()) + timedelta(days=10)
    Affiliation.objects.update(reminders_paused_until=until)
    for page in pages:
        shown = html(staff_client.get(page))
        assert "affiliates-late" not in shown
        assert "Reminders paused" in shown


def test_record_costs_no_query_more_for_a_longer_story(staff_client, group):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            html(staff_client.get(url("inspect", group.pk)))
        return len(queries)

    def more():
        call_for_help(group, now=timezone.now())
        notify_staff(affiliation=group, kind=NoticeKind.BOUNCED, text="Back", now=START)

    more()
    html(staff_client.get(url("inspect", group.pk)))
    one = cost()
    more()
    more()
    assert cost() == one


def test_pausing_asks_for_the_reason_and_resumes(staff_client, group):
    assert "Please write the reason" in html(staff_client.post(url("pause", group.pk), {}))
    staff_client.post(url("pause", group.pk), {"reason": "The chair moved."})
    group.refresh_from_db()
    assert group.state == "paused"
    assert "The chair moved." in html(staff_client.get(url("inspect", group.pk)))
    staff_client.post(url("resume", group.pk))
    group.refresh_from_db()
    assert group.state == "active"


def test_ending_and_taking_it_back(staff_client, group):
    answer = staff_client.post(url("end", group.pk), {"reason": "Dissolved.", "tell": "on"})
    assert answer["Location"] == url("inspect", group.pk)
    group.refresh_from_db()
    assert group.state == "ended"
    assert OutgoingMail.objects.filter(kind="affiliation_ended").count() == 1
    assert url("reinstate", group.pk) in html(staff_client.get(url("inspect", group.pk)))
    staff_client.post(url("reinstate", group.pk))
    group.refresh_from_db()
    assert (group.state, group.page.live) == ("active", True)


def test_what_is_refused_stays_typed(staff_client, group):
    staff_client.post(url("pause", group.pk), {"reason": "First."})
    page = html(staff_client.post(url("pause", group.pk), {"reason": "My long reason."}))
    assert "My long reason." in page
    assert "Nothing was changed." in page


def test_affiliate_whose_page_was_deleted_cannot_be_reinstated(staff_client, group):
    group.page.delete()
    assert url("reinstate", group.pk) not in html(staff_client.get(url("inspect", group.pk)))
    assert "Nothing was changed." in html(staff_client.post(url("reinstate", group.pk)))


def test_contact_is_changed_added_and_removed(staff_client, group):
    data = {"name": "Madonna", "email": " Ann Bo <ann@group.example> ", "phone": ""}
    staff_client.post(url("contact", group.pk, "primary"), data)
    assert Contact.objects.get().email == "ann@group.example"
    assert Contact.objects.get().name == "Madonna"
    staff_client.post(url("contact", group.pk, "press"), {**data, "name": "Press"})
    staff_client.post(url("contact", group.pk, "primary"), {"remove": "yes"})
    assert Contact.objects.get().name == "Press"
    assert staff_client.get(url("contact", group.pk, "nobody")).status_code == 404


def test_bad_address_is_told_beside_what_was_typed(staff_client, group):
    data = {"name": "Ann\x00 Bo", "email": "ann@localhost", "phone": "12"}
    page = html(staff_client.post(url("contact", group.pk, "primary"), data))
    assert "ann@localhost" in page
    assert Contact.objects.get().name == "Kim Lee"


def test_request_is_waived_and_asked_again(staff_client, group):
    request = owes(group, 3)
    staff_client.post(url("ask_again", group.pk, request.pk))
    assert OutgoingMail.objects.get().kind == "update_ask"
    staff_client.post(url("waive", group.pk, request.pk), {"reason": "By phone"})
    request.refresh_from_db()
    assert request.state == "waived"
    assert "Nothing was changed." in html(staff_client.post(url("ask_again", group.pk, request.pk)))


def test_notice_is_ticked_off(staff_client, group):
    notice = notify_staff(affiliation=group, kind=NoticeKind.BOUNCED, text="Back", now=START)
    staff_client.post(url("tick_off", group.pk, notice.pk))
    notice.refresh_from_db()
    assert notice.seen_by.username == "staff"


def test_link_to_the_own_page_is_sent(staff_client, group):
    staff_client.post(url("send_link", group.pk))
    assert OutgoingMail.objects.get().kind == "affiliate_link"


def test_records_are_found_where_they_are_shown(group, admin_user):
    request = owes(group, 3)
    notice = notify_staff(affiliation=group, kind=NoticeKind.BOUNCED, text="Back", now=START)
    call = call_for_help(group, now=timezone.now())
    finder = AdminURLFinder(admin_user)
    record = url("inspect", group.pk)
    assert {finder.get_edit_url(item) for item in (group, request, notice)} == {record}
    assert finder.get_edit_url(call) == reverse("affiliates_support:inspect", args=[call.pk])
    stranger = AdminURLFinder(UserFactory(groups=["Editors"]))
    assert [stranger.get_edit_url(item) for item in (group, request, notice, call)] == [None] * 4


def every_address(group):
    request = owes(group, 3)
    notice = notify_staff(affiliation=group, kind=NoticeKind.BOUNCED, text="Back", now=START)
    call = call_for_help(group, now=timezone.now())
    of_call = ["inspect", "assign", "close", "reopen"]
    return [
        url("index"),
        url("index_results"),
        f"{url('index')}?export=csv",
        *(url(name, group.pk) for name in ("inspect", "resume", "reinstate", *ACTIONS)),
        url("contact", group.pk, "primary"),
        url("waive", group.pk, request.pk),
        url("ask_again", group.pk, request.pk),
        url("tick_off", group.pk, notice.pk),
        reverse("affiliates_support:index"),
        *(reverse(f"affiliates_support:{name}", args=[call.pk]) for name in of_call),
        reverse("affiliates_standing"),
    ]


@pytest.mark.parametrize("method", ["get", "post"])
def test_editor_without_the_permission_reaches_nothing(client, group, method):
    client.force_login(UserFactory(groups=["Editors", "Moderators"]))
    for address in every_address(group):
        answer = getattr(client, method)(address, {"reason": "x", "text": "x"})
        assert answer.status_code in (302, 403, 405), address
        if answer.status_code == 302:
            assert answer["Location"] == reverse("wagtailadmin_home"), address
    group.refresh_from_db()
    assert group.state == "active"
    page = html(client.get(reverse("wagtailadmin_home")))
    assert url("index") not in page
    assert reverse("affiliates_support:index") not in page


def test_who_may_only_look_changes_nothing(client, group):
    client.force_login(UserFactory(permissions=[ADMIN, "affiliates.view_affiliation"]))
    page = html(client.get(url("inspect", group.pk)))
    assert "Michigan Parents" in page
    assert url("end", group.pk) not in page
    assert client.post(url("end", group.pk), {"reason": "x"}).status_code == 302
    assert Affiliation.objects.get().state == "active"


def test_reviewers_find_the_affiliates_of_their_program_only(client, group, program):
    with_reviewers(program)
    other = affiliation(ProgramPageFactory(title="Other"), now=START, title="Foreign Group")
    client.force_login(reviewer(program, username="robin"))
    page = html(client.get(url("index")))
    assert "Michigan Parents" in page
    assert "Foreign Group" not in page
    assert url("end", group.pk) in html(client.get(url("inspect", group.pk)))
    assert client.get(url("inspect", other.pk)).status_code == 302


def test_report_gives_the_reasons_in_words(staff_client, group):
    owes(group, 40)
    page = html(staff_client.get(reverse("affiliates_standing")))
    assert "The update for Q3 2026 is 40 days late." in page
    assert "1" in page
    answer = staff_client.get(f"{reverse('affiliates_standing')}?export=csv")
    assert b"40 days late" in b"".join(answer.streaming_content)
    narrowed = staff_client.get(f"{reverse('affiliates_standing_results')}?standing=good")
    assert "Michigan Parents" not in html(narrowed)


def test_first_page_says_what_waits_and_nothing_if_all_is_well(staff_client, group):
    home = reverse("wagtailadmin_home")
    assert "affiliates-waiting" not in html(staff_client.get(home))
    owes(group, 40)
    call_for_help(affiliation(group.program, now=START), now=timezone.now())
    notify_staff(affiliation=group, kind=NoticeKind.BOUNCED, text="Back", now=START)
    page = html(staff_client.get(home))
    for said in ("1 affiliate needs attention", "1 call for help needs", "1 notice to review"):
        assert said in page


def test_editor_of_the_page_sees_its_standing(client, group, admin_user):
    owes(group, 40)
    client.force_login(admin_user)
    page = html(client.get(reverse("wagtailadmin_pages:edit", args=[group.page_id])))
    assert "The update for Q3 2026 is 40 days late." in page
    assert url("inspect", group.pk) in page
    client.force_login(UserFactory(groups=["Editors", "Moderators"]))
    page = html(client.get(reverse("wagtailadmin_pages:edit", args=[group.page_id])))
    assert "40 days late" not in page


@pytest.mark.parametrize("by", ["page", "bulk", "parent"])
def test_program_with_affiliates_is_not_deleted(client, group, admin_user, by):
    client.force_login(admin_user)
    program = group.program
    addresses = {
        "page": reverse("wagtailadmin_pages:delete", args=[program.pk]),
        "parent": reverse("wagtailadmin_pages:delete", args=[program.get_parent().pk]),
        "bulk": reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
        + f"?id={program.pk}",
    }
    answer = client.post(addresses[by], follow=True)
    assert "has applications or affiliates" in html(answer)
    assert Affiliation.objects.get().state == "active"


def test_editor_who_unpublishes_a_page_is_told_that_the_affiliation_goes_on(
    client, group, admin_user
):
    client.force_login(admin_user)
    address = reverse("wagtailadmin_pages:unpublish", args=[group.page_id])
    assert "is still an affiliate" in html(client.post(address, follow=True))
    assert "Not public at the moment" in html(client.get(url("inspect", group.pk)))
