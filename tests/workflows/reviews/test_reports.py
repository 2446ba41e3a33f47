"""The report of open reviews: what is open, since when, with whom, and how long reviews took."""

import csv
import html
import io
import re
from datetime import datetime, timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from tests.factories.users import UserFactory
from tests.standing import stands
from tests.workflows.reviews.open_reviews import POLICY, Reviews
from workflows.deadlines import policies
from workflows.models import Deadline, ReviewTaskState
from workflows.reviews.oversight import pace
from workflows.reviews.policy import ESCALATE

pytestmark = pytest.mark.django_db

URL_NAME = "workflows_open_reviews"


@pytest.fixture
def reviews(monkeypatch):
    monkeypatch.setitem(policies._policies, POLICY.kind, POLICY)
    return Reviews.make()


@stands()
def boss():
    return UserFactory(username="boss", is_superuser=True)


@pytest.fixture
def boss_client(client, boss):
    client.force_login(boss)
    return client


def report(client, **query):
    response = client.get(reverse(URL_NAME), query)
    assert response.status_code == 200
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body_of(response))).split())


def body_of(response):
    page = response.content.decode()
    return page[page.index("<main") :]


def test_report_says_what_is_due_when_and_with_whom(reviews, boss_client):
    robin = UserFactory(username="robin", first_name="Robin", last_name="Lee")
    reviews.start("Late one", due_in=-2, taken_by=robin, last_step=ESCALATE, ago=timedelta(days=7))
    reviews.start("Fresh one", due_in=1)
    page = report(boss_client)
    assert page.index("Late one") < page.index("Fresh one")
    late, fresh = page[page.index("Late one") :].split("Fresh one")
    for shown in ("Late Was due 2 days ago", "Assigned to Robin Lee", "Escalation group", "7 days"):
        assert shown in late
    for shown in ("Due tomorrow", "Deciders", "Nobody yet", "less than an hour"):
        assert shown in fresh
    assert "Late" not in fresh


def test_row_leads_to_where_the_review_is_done(reviews, boss_client):
    state = reviews.start("One")
    page_id = state.workflow_state.object_id
    response = boss_client.get(reverse(URL_NAME))
    assert reverse("wagtailadmin_pages:edit", args=[page_id]) in body_of(response)


def test_row_says_under_which_page_it_stands(reviews, boss_client):
    reviews.start("One")
    root = Page.objects.get(title="One").get_parent()
    assert f"Page in {root.title}" in report(boss_client)


def test_review_without_a_deadline_is_first_and_says_so(reviews, boss_client):
    reviews.start("With a clock", due_in=-5)
    state = reviews.start("Without a clock")
    Deadline.objects.filter(object_id=str(state.pk)).delete()
    page = report(boss_client)
    assert page.index("Without a clock") < page.index("With a clock")
    assert "No deadline Nobody is reminded." in page


def test_due_day_is_not_late_until_it_is_over(reviews, boss_client, time_machine):
    time_machine.move_to(datetime.fromisoformat("2026-11-24T23:30+00:00"), tick=False)
    reviews.start("Due now", due_in=0)
    assert "Due today" in report(boss_client)
    assert "Due now" not in report(boss_client, due="late")
    time_machine.shift(timedelta(hours=1))
    assert "Due now" in report(boss_client, due="late")


def test_report_without_reviews_says_so(boss_client, reviews):
    page = report(boss_client)
    assert "There are no open reviews to display." in page
    assert "No review was decided in the last 12 months, so there are no times yet." in page


@pytest.mark.parametrize("choice", ["due", "task", "holder", "free"])
def test_report_is_narrowed_by(reviews, boss_client, choice):
    robin = UserFactory(username="robin")
    other = Reviews.make(group="Others")
    wanted = reviews.start("Wanted", due_in=-3, taken_by=None if choice == "free" else robin)
    other.start("Not this", due_in=3, taken_by=robin if choice == "free" else None)
    values = {"due": "late", "task": wanted.task_id, "holder": robin.pk, "free": "free"}
    page = report(boss_client, **{choice: values[choice]})
    assert "Wanted" in page
    assert "Not this" not in page


def test_results_alone_come_when_a_filter_is_pressed(reviews, boss_client):
    reviews.start("Wanted", due_in=-3)
    response = boss_client.get(reverse(f"{URL_NAME}_results"), {"due": "late"})
    assert "Wanted" in response.content.decode()
    assert "<main" not in response.content.decode()


def test_columns_sort(reviews, boss_client):
    reviews.start("Sooner", due_in=1)
    reviews.start("Later", due_in=2)
    page = report(boss_client, ordering="-due_at")
    assert page.index("Later") < page.index("Sooner")


EXPECTED = {
    "Review": "=One",
    "Type": "Page",
    "Task": "Second look",
    "Days open": "4",
    "Days late": "2",
    "Assigned to": "Robin Lee",
    "Groups": "Deciders",
    "Last notified": "Escalation group",
}


@pytest.fixture
def one_review(reviews):
    robin = UserFactory(username="robin", first_name="Robin", last_name="Lee")
    ago = timedelta(days=4)
    return reviews.start("=One", due_in=-2, taken_by=robin, last_step=ESCALATE, ago=ago)


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_title_that_looks_like_a_formula_is_text_in_an_export(reviews, boss_client, file_format):
    """Wagtail's own reports name what strangers call their group, too."""
    reviews.start("=HYPERLINK(1)")
    for name in (URL_NAME, "wagtailadmin_reports:workflow"):
        response = boss_client.get(reverse(name), {"export": file_format})
        content = b"".join(response.streaming_content)
        if file_format == "csv":
            assert "'=HYPERLINK(1)" in content.decode()
            assert not re.search('(^|[,"])=', content.decode(), re.MULTILINE)
        else:
            cells = [
                cell for row in openpyxl.load_workbook(io.BytesIO(content)).active for cell in row
            ]
            assert "f" not in {cell.data_type for cell in cells}


def test_export_as_csv_has_every_column(one_review, boss_client):
    response = boss_client.get(reverse(URL_NAME), {"export": "csv"})
    text = b"".join(response.streaming_content).decode()
    (row,) = csv.DictReader(io.StringIO(text))
    assert row.items() >= {**EXPECTED, "Review": "'=One"}.items()
    due = Deadline.objects.get().due_at.date()
    assert row["Due"] == due.isoformat()


def test_export_as_xlsx_has_every_column_and_no_formula(one_review, boss_client):
    response = boss_client.get(reverse(URL_NAME), {"export": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    headings, values = (list(row) for row in sheet.iter_rows())
    row = {heading.value: value for heading, value in zip(headings, values, strict=True)}
    assert {name: str(row[name].value) for name in EXPECTED} == EXPECTED
    assert row["Review"].data_type == "s"


def may_open(client, user):
    client.force_login(user)
    return client.get(reverse(URL_NAME)).status_code == 200


def menu_shows_it(client, user):
    client.force_login(user)
    return reverse(URL_NAME) in client.get(reverse("wagtailadmin_home")).content.decode()


def staff(**fields):
    return UserFactory(permissions=["wagtailadmin.access_admin"], **fields)


@pytest.mark.parametrize(
    ("groups", "allowed"),
    [(["Moderators"], True), (["Deciders"], True), (["Leaders"], True), ([], False)],
)
def test_who_may_see_the_report(reviews, client, groups, allowed):
    leaders = Reviews.make(group="Others").task.groups.create(name="Leaders")
    reviews.task.escalation_groups.add(leaders)
    user = staff(groups=groups)
    assert may_open(client, user) is allowed
    assert menu_shows_it(client, user) is allowed


def test_people_see_the_reviews_of_their_groups_only(reviews, client):
    other = Reviews.make(group="Others")
    reviews.start("Ours")
    other.start("Theirs")
    client.force_login(staff(groups=["Deciders"]))
    page = report(client)
    assert "Ours" in page
    assert "Theirs" not in page


def test_who_edits_the_pages_sees_their_reviews(reviews, client):
    reviews.start("A page")
    client.force_login(UserFactory(groups=["Editors"]))
    assert "A page" in report(client)


def test_review_that_somebody_took_is_seen_by_that_person(reviews, client):
    other = Reviews.make(group="Others")
    user = staff(groups=["Deciders"])
    other.start("Taken", taken_by=user)
    client.force_login(user)
    assert "Taken" in report(client)


def pace_of_all():
    return pace(ReviewTaskState.objects.all(), now=timezone.now())


class TestPace:
    def test_median_and_worst_are_of_decided_reviews(self, reviews, boss):
        for days in (1, 2, 6):
            state = reviews.start(f"After {days}", ago=timedelta(days=10))
            reviews.approve(state, boss, after=timedelta(days=days))
        reviews.start("Still open", ago=timedelta(days=30))
        found = pace_of_all()
        assert found.number == 3
        assert found.decision.median == timedelta(days=2)
        assert found.decision.worst == timedelta(days=6)
        assert found.first_answer == found.decision

    def test_question_is_a_first_answer_but_no_decision(self, reviews, boss):
        state = reviews.start("Asked", ago=timedelta(days=10))
        reviews.reject(state, boss, after=timedelta(days=1))
        assert pace_of_all().number == 0
        state.workflow_state.refresh_from_db()
        state.workflow_state.resume()
        again = state.workflow_state.current_task_state.specific
        reviews.approve(again, boss, after=timedelta(days=8))
        found = pace_of_all()
        assert found.number == 1
        assert found.first_answer.median == timedelta(days=1)
        assert found.decision.median == timedelta(days=8)

    def test_declined_review_is_decided(self, reviews, boss):
        reviews.decline(reviews.start("No", ago=timedelta(days=9)), boss, after=timedelta(days=3))
        assert pace_of_all().decision.worst == timedelta(days=3)

    def test_cancelled_review_is_not(self, reviews, boss):
        state = reviews.start("Withdrawn", ago=timedelta(days=9))
        state.workflow_state.cancel(user=boss)
        assert pace_of_all().number == 0

    def test_older_decisions_do_not_count(self, reviews, boss):
        state = reviews.start("Long ago", ago=timedelta(days=400))
        reviews.approve(state, boss, after=timedelta(days=3))
        assert pace_of_all().number == 0

    def test_report_shows_them_in_words(self, reviews, boss, boss_client):
        for hours in (3, 30, 240):
            state = reviews.start(f"After {hours}", ago=timedelta(days=20))
            reviews.approve(state, boss, after=timedelta(hours=hours))
        page = report(boss_client)
        assert "Time to the decision 30 hours median; at worst 10 days" in page
        assert "Times are of the 3 reviews that were decided in the last 12 months." in page


def count_queries(client, query):
    with CaptureQueriesContext(connection) as queries:
        report(client, **query)
    return len(queries)


@pytest.mark.parametrize("query", [{}, {"due": "late"}])
def test_report_takes_as_many_queries_for_three_reviews_as_for_one(reviews, boss_client, query):
    robin = UserFactory(username="robin")
    reviews.start("First", due_in=-1, taken_by=robin)
    report(boss_client)  # Permissions and sites are cached from now on.
    with_one = count_queries(boss_client, query)
    for number in range(2):
        reviews.start(f"More {number}", due_in=-2, taken_by=robin)
    assert count_queries(boss_client, query) == with_one
