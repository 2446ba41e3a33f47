"""From the sent form to a running review, whatever goes wrong on the way."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from wagtail.models import GroupApprovalTask, Page, Workflow, WorkflowPage, WorkflowTask

from affiliates.applications.deadlines import REVIEW_START
from affiliates.applications.services.reviews import stop_review
from affiliates.applications.services.starting import (
    restart_review,
    start_review,
    start_waiting_reviews,
)
from affiliates.core.exceptions import NoReviewWorkflow, TransitionNotAllowed
from affiliates.core.states import Action, Actor, ApplicationState
from affiliates.models import AffiliatePage, Application, Transition
from affiliates.tasks import start_reviews
from tests.factories.applications import in_state, saved_draft, submitted
from tests.factories.reviews import now_of, reviewer, under_review
from tests.standing import stands
from workflows.deadlines.digests import waiting_for
from workflows.deadlines.services import open_deadlines
from workflows.deadlines.sweep import sweep
from workflows.models import Deadline, ReviewTaskState
from workflows.reviews.policy import REVIEW, policy_for

MONDAY = datetime(2026, 11, 23, 17, tzinfo=UTC)
"""Noon in New York, where the program is."""


@stands()
def program(reviewed_program):
    return reviewed_program


def owed_start(application):
    return open_deadlines(kind=REVIEW_START, subject=application)


def pages_below(program):
    return AffiliatePage.objects.child_of(program)


@pytest.mark.django_db
def test_submission_promises_a_day_and_owes_a_review(program):
    application = submitted(program, now=MONDAY)
    assert application.decision_due_on == date(2026, 11, 30)
    deadline = owed_start(application).get()
    assert deadline.due_at == datetime(2026, 11, 30, 14, tzinfo=UTC)
    assert deadline.next_step_at == datetime(2026, 11, 24, 14, tzinfo=UTC)


@pytest.mark.django_db
def test_a_draft_waits_for_no_review(program):
    saved_draft(program)
    assert start_waiting_reviews(now=timezone.now()) == 0
    assert not Deadline.objects.exists()


@pytest.mark.django_db
def test_worker_makes_a_draft_page_of_what_the_group_wrote(program):
    application = submitted(
        program,
        scope="local",
        locality="Columbus",
        link_facebook="https://www.facebook.com/saferschools",
    )
    start_reviews()
    application = now_of(application)
    page = application.affiliate
    assert application.state == ApplicationState.IN_REVIEW
    assert (page.title, page.slug) == ("Safer Schools Ohio", "safer-schools-ohio")
    assert (page.region, page.scope, page.locality) == ("US-OH", "local", "Columbus")
    assert page.summary == "Parents and teachers who work for safe schools."
    assert {link["network"]: link["url"] for link in application.links} == {
        link.network: link.url for link in page.links.all()
    }
    assert page.get_parent().specific == program
    assert page.latest_revision.content["title"] == "Safer Schools Ohio"
    assert page.links.count() == len(page.latest_revision.content["links"]) == 2


@pytest.mark.django_db
def test_draft_page_is_not_public(client, program):
    page = under_review(program).affiliate
    assert not page.live
    assert client.get(f"{program.url}{page.slug}/").status_code == 404
    assert "Safer Schools Ohio" not in client.get(program.url).content.decode()


@pytest.mark.django_db
def test_reviewers_have_it_among_their_tasks_and_others_have_not(program):
    under_review(program)
    other = reviewer(program, username="other")
    other.groups.clear()
    lists = [
        ReviewTaskState.objects.reviewable_by(user).count() for user in (reviewer(program), other)
    ]
    assert lists == [1, 0]


@pytest.mark.django_db
def test_start_is_written_down_and_no_longer_owed(program):
    application = under_review(program, now=MONDAY)
    row = Transition.objects.latest("pk")
    assert (row.action, row.actor, row.user) == (Action.START_REVIEW, Actor.SYSTEM, None)
    assert not owed_start(application).exists()


@pytest.mark.django_db
def test_review_keeps_the_promised_day_and_the_programs_people(program):
    application = under_review(program, now=MONDAY)
    state = application.affiliate.current_workflow_task_state
    policy = policy_for(state.task.specific, application.affiliate)
    assert policy.due_on == date(2026, 11, 30)
    assert [person.email for person in policy.reviewers] == ["rob@example.org"]
    assert [person.email for person in policy.escalation] == ["lea@example.org"]
    assert [person.email for person in policy.last_resort] == ["director@example.org"]
    assert [step.offset for step in policy.ladder.steps] == [-2, 0, 2, 9]


@pytest.mark.django_db
def test_starting_twice_makes_one_page(program):
    application = submitted(program)
    pages = [start_review(application=application, now=timezone.now()) for _ in range(2)]
    assert pages[0] == pages[1]
    assert pages_below(program).count() == 1
    assert application.affiliate.workflow_states.count() == 1


@pytest.mark.django_db(transaction=True)
def test_starting_at_the_same_moment_makes_one_page_each(program):
    applications = [submitted(program, name=f"Group {number}") for number in range(3)]
    together = Barrier(4)

    def start(_number):
        try:
            together.wait()
            start_waiting_reviews(now=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(start, range(4)))
    start_waiting_reviews(now=timezone.now())
    assert pages_below(program).count() == 3
    assert Transition.objects.filter(action=Action.START_REVIEW).count() == 3
    assert {now_of(application).state for application in applications} == {"in_review"}
    assert Page.find_problems() == ([], [], [], [], [])


@pytest.mark.django_db
def test_starting_a_review_leaves_the_clocks_of_others_alone(program):
    other = Deadline.objects.filter(kind=REVIEW)
    under_review(program)
    other.update(next_step="as it was")
    start_review(application=submitted(program, name="Another group"), now=timezone.now())
    assert sorted(other.values_list("next_step", flat=True)) == ["as it was", "remind"]


@pytest.mark.django_db(transaction=True)
def test_stopping_one_review_while_another_starts_fails_neither(program):
    """Both write reviewers' daily mail, and refer to the program."""
    stopped, started = under_review(program), submitted(program, name="Another group")

    def start():
        try:
            start_review(application=started, now=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            stop_review(application=stopped, user=None, now=timezone.now())
            starting = pool.submit(start)
            while connection.vendor == "postgresql" and not (starting.done() or waits_for_a_lock()):
                pass
        starting.result()
    assert now_of(stopped).state == ApplicationState.SUBMITTED
    assert now_of(started).state == ApplicationState.IN_REVIEW


def waits_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone() is not None


@pytest.mark.django_db
def test_one_bad_application_holds_up_no_other(program, caplog):
    bad = submitted(program, name="Bad")
    Application.objects.filter(pk=bad.pk).update(region="XX")
    good = submitted(program, name="Good")
    assert start_waiting_reviews(now=timezone.now()) == 1
    assert now_of(good).state == ApplicationState.IN_REVIEW
    assert now_of(bad).state == ApplicationState.SUBMITTED
    assert f"The review of {bad.reference} could not start." in caplog.text
    assert [page.title for page in pages_below(program)] == ["Good"]


@pytest.mark.django_db
def test_start_is_tried_until_it_succeeds(program):
    application = submitted(program)
    Application.objects.filter(pk=application.pk).update(region="XX")
    assert start_waiting_reviews(now=timezone.now()) == 0
    Application.objects.filter(pk=application.pk).update(region="US-OH")
    assert start_waiting_reviews(now=timezone.now()) == 1


@pytest.mark.django_db
def test_staff_are_told_the_next_day_if_a_review_could_not_start(program):
    submitted(program, now=MONDAY)
    the_same_day, next_day = MONDAY + timedelta(hours=1), MONDAY + timedelta(days=1)
    with time_machine.travel(the_same_day, tick=False):
        assert not waiting_for("rob@example.org", now=the_same_day)
    with time_machine.travel(next_day, tick=False):
        assert sweep(now=next_day).counts == {"not_started": 1}
        (item,) = waiting_for("rob@example.org", now=next_day)
    assert item.waiting.title.startswith("Safer Schools Ohio")
    assert "could not start" in item.waiting.note


@pytest.mark.django_db
def test_review_that_never_starts_goes_up_the_ladder_of_the_review(program):
    deadline = owed_start(submitted(program, now=MONDAY)).get()
    steps = []
    for _ in range(7):
        deadline.refresh_from_db()
        steps.append((deadline.next_step, deadline.next_step_at.date()))
        sweep(now=deadline.next_step_at)
    assert steps == [
        ("not_started", date(2026, 11, 24)),
        ("remind", date(2026, 11, 26)),
        ("overdue", date(2026, 11, 30)),
        ("escalate", date(2026, 12, 2)),
        ("escalate_again", date(2026, 12, 11)),
        ("escalate_again", date(2026, 12, 18)),
        ("escalate_again", date(2026, 12, 25)),
    ]


@pytest.mark.django_db
def test_no_time_left_leaves_the_rest_for_the_next_look(program):
    submitted(program)
    assert start_waiting_reviews(now=timezone.now(), should_stop=lambda: True) == 0
    assert start_waiting_reviews(now=timezone.now()) == 1


@pytest.mark.django_db
def test_groups_of_one_name_have_pages_of_their_own(program):
    slugs = [under_review(program).affiliate.slug for _ in range(2)]
    assert slugs == ["safer-schools-ohio", "safer-schools-ohio-2"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["学校の安全", "2", "É" * 255, "join/../admin <b>"])
@pytest.mark.parametrize("unicode_slugs", [True, False])
def test_any_name_that_can_be_sent_becomes_a_page(program, settings, name, unicode_slugs):
    settings.WAGTAIL_ALLOW_UNICODE_SLUGS = unicode_slugs
    page = under_review(program, name=name).affiliate
    assert page.title == name
    assert page.slug


@pytest.mark.django_db
def test_workflow_without_a_task_publishes_nothing(program):
    """Wagtail would take the page through an empty workflow in one step: to the public."""
    empty = Workflow.objects.create(name="Empty")
    WorkflowPage.objects.filter(page=program).update(workflow=empty)
    application = submitted(program)
    with pytest.raises(NoReviewWorkflow):
        start_review(application=application, now=timezone.now())
    assert start_waiting_reviews(now=timezone.now()) == 0
    assert now_of(application).state == ApplicationState.SUBMITTED
    assert not pages_below(program).exists()
    assert owed_start(application).exists()


@pytest.mark.django_db
def test_site_without_workflows_keeps_applications_waiting(program, settings):
    application = submitted(program)
    settings.WAGTAIL_WORKFLOW_ENABLED = False
    assert start_waiting_reviews(now=timezone.now()) == 0
    settings.WAGTAIL_WORKFLOW_ENABLED = True
    assert start_waiting_reviews(now=timezone.now()) == 1
    assert now_of(application).state == ApplicationState.IN_REVIEW


@pytest.mark.django_db
def test_editors_own_workflow_reviews_applications_too(program):
    task = GroupApprovalTask.objects.create(name="Our way")
    task.groups.add(program.review_group)
    workflow = Workflow.objects.create(name="Our workflow")
    WorkflowTask.objects.create(workflow=workflow, task=task)
    WorkflowPage.objects.filter(page=program).update(workflow=workflow)
    assert under_review(program).affiliate.current_workflow_task.name == "Our way"


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["draft", "approved", "declined", "withdrawn"])
def test_only_what_was_sent_and_is_not_decided_is_reviewed(program, editor, state):
    application = in_state(program, state)
    with pytest.raises(TransitionNotAllowed):
        start_review(application=application, now=timezone.now())
    with pytest.raises(TransitionNotAllowed):
        restart_review(application=application, user=editor, now=timezone.now())
    assert not pages_below(program).exists()


@pytest.mark.django_db
def test_program_that_went_offline_still_reviews_what_was_sent(program):
    application = submitted(program)
    program.unpublish()
    assert start_waiting_reviews(now=timezone.now()) == 1
    assert now_of(application).affiliate.current_workflow_task


@pytest.mark.django_db
@pytest.mark.parametrize("bulk", [False, True])
def test_program_with_applications_is_not_deleted_and_editors_are_told_why(
    admin_client, program, bulk
):
    application = under_review(program)
    home = program.get_parent()
    one, many = f"/admin/pages/{home.pk}/delete/", "/admin/bulk/wagtailcore/page/delete/"
    response = admin_client.post(f"{many}?id={program.pk}" if bulk else one, follow=True)
    assert (
        "has applications or affiliates, which have to stay on record" in response.content.decode()
    )
    assert now_of(application).affiliate


@pytest.mark.django_db
def test_program_without_applications_can_be_deleted(admin_client, program):
    admin_client.post(f"/admin/pages/{program.pk}/delete/")
    assert not Page.objects.filter(pk=program.pk).exists()
