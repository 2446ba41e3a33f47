"""What the first page of the admin shows about reviews."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.views.home import WorkflowObjectsToModeratePanel
from wagtail.models import GroupApprovalTask, Page, Site, Workflow, WorkflowTask

from tests.factories.users import GroupFactory, UserFactory
from tests.workflows.reviews.open_reviews import POLICY, Reviews
from workflows.core.people import Recipient
from workflows.deadlines import policies
from workflows.deadlines.forecast import MOST_STEPS, ExpectedStep, ExpectedSteps
from workflows.reviews.admin.panels import ReviewsPanel

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviews(monkeypatch):
    monkeypatch.setitem(policies._policies, POLICY.kind, POLICY)
    return Reviews.make()


@pytest.fixture
def decider(reviews):
    return UserFactory(
        username="dee", groups=["Deciders"], permissions=["wagtailadmin.access_admin"]
    )


@pytest.fixture
def decider_client(client, decider):
    client.force_login(decider)
    return client


def words(page):
    page = re.sub(r"<(script|template)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def panel(client, name):
    """The text of one panel of the dashboard, or None."""
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    found = re.search(rf'<section[^>]*id="{name}".*?</section>', page, flags=re.DOTALL)
    return words(found[0]) if found else None


def awaiting(client):
    return panel(client, "awaiting-review-section")


def late(client):
    return panel(client, "late-reviews-section")


def test_nothing_to_review_shows_no_panel(decider_client):
    assert awaiting(decider_client) is None
    assert late(decider_client) is None


def test_panel_lists_what_is_due_first_and_says_what_is_late(reviews, decider_client):
    reviews.start("Later", due_in=3)
    reviews.start("Overdue", due_in=-1)
    reviews.start("Sooner", due_in=1)
    shown = awaiting(decider_client)
    assert shown.index("Overdue") < shown.index("Sooner") < shown.index("Later")
    assert "Late Was due yesterday" in shown
    assert "Due tomorrow" in shown
    assert "Not assigned" in shown


def test_panel_says_who_took_it(reviews, decider_client):
    robin = UserFactory(username="robin", first_name="Robin", last_name="Lee")
    reviews.start("One", taken_by=robin)
    assert "Assigned to Robin Lee" in awaiting(decider_client)


def test_panel_leads_to_the_review_and_offers_its_actions(reviews, decider_client):
    state = reviews.start("One")
    page = decider_client.get(reverse("wagtailadmin_home")).content.decode()
    assert reverse("wagtailadmin_pages:edit", args=[state.workflow_state.object_id]) in page
    for shown in ("Actions for “One”", ">Approve</button>", ">Request changes</button>"):
        assert shown in page


def test_tasks_of_other_types_are_still_listed_after_those_with_a_due_date(
    reviews, decider, decider_client
):
    task = GroupApprovalTask.objects.create(name="Wagtail’s own")
    task.groups.add(*decider.groups.all())
    workflow = Workflow.objects.create(name="Plain")
    WorkflowTask.objects.create(workflow=workflow, task=task.task_ptr)
    root = Site.objects.get(is_default_site=True).root_page
    page = root.add_child(instance=Page(title="Plain page", live=False))
    page.save_revision()
    state = workflow.start(page, decider).current_task_state
    reviews.start("With a date")
    shown = awaiting(decider_client)
    assert shown.index("With a date") < shown.index("Plain page")
    assert "No due date" in shown
    approve = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])
    assert approve in decider_client.get(reverse("wagtailadmin_home")).content.decode()


def test_title_is_text_and_never_markup(reviews, decider_client):
    reviews.start("<script>alert(1)</script>", due_in=-1)
    page = decider_client.get(reverse("wagtailadmin_home")).content.decode()
    assert "<script>alert(1)" not in page


def test_others_see_neither_panel(reviews, client):
    reviews.start("Overdue", due_in=-1)
    client.force_login(UserFactory(permissions=["wagtailadmin.access_admin"]))
    assert awaiting(client) is None
    assert late(client) is None


def test_late_reviews_are_counted_for_those_who_may_see_the_report(reviews, client):
    leaders = GroupFactory(name="Leaders")
    reviews.task.escalation_groups.add(leaders)
    reviews.start("Overdue", due_in=-2)
    reviews.start("Very overdue", due_in=-4)
    reviews.start("In time", due_in=1)
    client.force_login(UserFactory(groups=["Leaders"], permissions=["wagtailadmin.access_admin"]))
    assert "2 reviews are late. “Very overdue” was due 4 days ago." in late(client)
    assert awaiting(client) is None


def queries_of(panel_class, user, rf):
    request = rf.get("/")
    request.user = user
    with CaptureQueriesContext(connection) as queries:
        panel_class().get_context_data({"request": request, "csrf_token": ""})
    return len(queries)


def test_due_dates_cost_the_same_queries_for_three_reviews_as_for_one(reviews, decider, rf):
    def cost():
        ours = queries_of(ReviewsPanel, decider, rf)
        return ours - queries_of(WorkflowObjectsToModeratePanel, decider, rf)

    reviews.start("First")
    queries_of(ReviewsPanel, decider, rf)  # Content types are cached from now on.
    with_one = cost()
    reviews.start("Second")
    reviews.start("Third")
    assert cost() == with_one


def step(number=1, **fields):
    values = {
        "at": datetime(2026, 12, 1, 14, tzinfo=UTC) + timedelta(days=number),
        "label": "Reviewers are reminded",
        "step": "remind",
        "thing": f"Group <{number}>",
        "url": "https://site.example/",
        "people": (Recipient("robin@example.org", "Robin Lee"), Recipient("lea@example.org")),
        "mail": "Your open tasks",
        **fields,
    }
    return ExpectedStep(**values)


def test_expected_steps_say_when_what_about_what_and_to_whom():
    with timezone.override("America/New_York"):
        shown = words(ExpectedSteps([step()]).render_html({}))
    assert "Wed, Dec. 2, 2026, 9 a.m." in shown
    for part in ("Reviewers are reminded", "Group <1>", "Robin Lee", "lea@example.org"):
        assert part in shown


def test_expected_step_that_nobody_hears_of_says_so():
    assert "Nobody" in words(ExpectedSteps([step(people=())]).render_html({}))


def test_no_expected_steps_say_so():
    assert words(ExpectedSteps([]).render_html({})) == "Nothing will be sent in this period."


def test_of_many_expected_steps_the_first_are_shown():
    steps = [step(number) for number in range(MOST_STEPS + 2)]
    shown = words(ExpectedSteps(steps).render_html({}))
    assert "And 2 more steps after these." in shown
    assert f"Group <{MOST_STEPS}>" not in shown
