"""What else can happen to a review in Wagtail. No application is left without a next step."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from wagtail.models import Page, Task, WorkflowState, WorkflowTask

from affiliates.applications.deadlines import REVIEW_START
from affiliates.applications.mails.applying import APPLICATION_WITHDRAWN_NOTICE
from affiliates.applications.mails.reviewing import AFFILIATE_WELCOME
from affiliates.applications.services.decisions import decline_application
from affiliates.applications.services.recovery import recover_reviews
from affiliates.applications.services.starting import restart_review, start_waiting_reviews
from affiliates.applications.services.submission import withdraw_application
from affiliates.core.exceptions import AlreadyDecided, TransitionNotAllowed
from affiliates.core.states import OPEN, Action, Actor, ApplicationState
from affiliates.models import AffiliatePage, Application, Transition
from tests.factories.pages import ProgramPageFactory
from tests.factories.reviews import (
    approve,
    now_of,
    request_changes,
    reviewer,
    under_review,
)
from tests.standing import stands
from workflows.core.exceptions import ReviewOver
from workflows.deadlines.digests import WAITING_FOR_YOU, waiting_for
from workflows.deadlines.services import open_deadlines
from workflows.models import Deadline, OutgoingMail, ReviewTask

MONDAY = datetime(2026, 11, 23, 17, tzinfo=UTC)


@stands()
def program(reviewed_program):
    return reviewed_program


@stands()
def rob(program):
    return reviewer(program, username="robin", first_name="Robin", last_name="Ray")


@stands()
def application(program):
    return now_of(under_review(program, now=MONDAY))


def workflow_of(application):
    return application.affiliate.current_workflow_state


def actions_on(application):
    content_type = ContentType.objects.get_for_model(Application)
    rows = Transition.objects.filter(content_type=content_type, object_id=application.pk)
    return list(rows.values_list("action", flat=True))


def last_transition():
    return Transition.objects.latest("pk")


def assert_waits_for_a_person(application, *, whose_list="rob@example.org"):
    application = now_of(application)
    now = timezone.now()
    assert application.state == ApplicationState.SUBMITTED
    assert application.review_stopped_at
    assert open_deadlines(kind=REVIEW_START, subject=application).exists()
    items = [item for item in waiting_for(whose_list, now=now) if item.waiting]
    assert ["Please start it again" in item.waiting.note for item in items] == [True]
    assert OutgoingMail.objects.filter(kind=WAITING_FOR_YOU, recipient=whose_list).exists()
    assert start_waiting_reviews(now=now) == 0


# Published in another way


@pytest.mark.django_db
def test_publishing_in_the_editor_approves_in_the_name_of_who_pressed(
    admin_client, admin_user, application
):
    page = application.affiliate
    data = editor_data(page) | {"action-publish": "action-publish"}
    response = admin_client.post(f"/admin/pages/{page.pk}/edit/", data)
    assert response.status_code == 302
    assert now_of(application).state == ApplicationState.APPROVED
    assert now_of(application).affiliate.live
    row = last_transition()
    assert (row.action, row.actor, row.user) == (Action.APPROVE, Actor.STAFF, admin_user)
    assert workflow_of(now_of(application)) is None


def editor_data(page):
    """What the editor of an affiliate's page posts if nobody changed anything."""
    return {
        "title": page.title,
        "slug": page.slug,
        "region": page.region,
        "scope": page.scope,
        "locality": page.locality,
        "summary": page.summary,
        "body": "null",
        "links-TOTAL_FORMS": 0,
        "links-INITIAL_FORMS": 0,
        "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0,
    }


@pytest.mark.django_db
def test_scheduled_page_is_approved_when_it_goes_live(application):
    page = application.affiliate
    page.go_live_at = timezone.now() + timedelta(hours=1)
    page.save_revision().publish()
    assert now_of(application).state in OPEN
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        call_command("publish_scheduled")
    assert now_of(application).state == ApplicationState.APPROVED
    row = last_transition()
    assert (row.actor, row.user) == (Actor.SYSTEM, None)


@pytest.mark.django_db
def test_approval_with_a_later_date_counts_when_the_page_goes_live(application, rob):
    page = application.affiliate
    page.go_live_at = timezone.now() + timedelta(hours=1)
    page.save_revision()
    approve(application, rob)
    assert now_of(application).state == ApplicationState.IN_REVIEW
    assert recover_reviews(now=timezone.now()) == 0
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        call_command("publish_scheduled")
    assert now_of(application).state == ApplicationState.APPROVED
    assert last_transition().user == rob


@pytest.mark.django_db
def test_schedule_that_was_taken_back_leaves_it_to_a_person(application, rob):
    page = application.affiliate
    page.go_live_at = timezone.now() + timedelta(hours=1)
    page.save_revision()
    approve(application, rob)
    page.revisions.update(approved_go_live_at=None)
    assert recover_reviews(now=timezone.now()) == 1
    assert_waits_for_a_person(application)


@pytest.mark.django_db
def test_page_made_public_without_a_signal_is_found(application):
    Page.objects.filter(pk=application.affiliate.pk).update(
        live=True, first_published_at=timezone.now()
    )
    assert recover_reviews(now=timezone.now()) == 1
    assert now_of(application).state == ApplicationState.APPROVED


@pytest.mark.django_db
def test_unpublishing_and_deleting_an_affiliate_later_is_no_decision(application, rob):
    approve(application, rob)
    page = now_of(application).affiliate
    page.unpublish()
    assert now_of(application).state == ApplicationState.APPROVED
    page.delete()
    assert now_of(application).state == ApplicationState.APPROVED
    assert actions_on(application)[-1] == Action.APPROVE
    assert recover_reviews(now=timezone.now()) == 0


# Stopped


@pytest.mark.django_db
@pytest.mark.parametrize("asked", [False, True])
def test_cancelled_workflow_leaves_it_to_a_person(application, rob, asked):
    if asked:
        request_changes(application, rob)
    workflow_of(application).cancel(user=rob)
    assert_waits_for_a_person(application)
    assert not application.information_requests.filter(dropped_at=None).exists()
    row = last_transition()
    assert (row.action, row.actor, row.user) == (Action.STOP_REVIEW, Actor.STAFF, rob)


@pytest.mark.django_db
def test_workflow_cancelled_in_the_editor_leaves_it_to_a_person(admin_client, application):
    page = application.affiliate
    data = editor_data(page) | {"action-cancel-workflow": "on"}
    admin_client.post(f"/admin/pages/{page.pk}/edit/", data)
    assert_waits_for_a_person(application)


@pytest.mark.django_db
@pytest.mark.parametrize("asked", [False, True])
def test_deleted_draft_leaves_it_to_a_person(admin_client, admin_user, application, rob, asked):
    if asked:
        request_changes(application, rob)
    admin_client.post(f"/admin/pages/{application.affiliate.pk}/delete/")
    assert now_of(application).affiliate is None
    assert_waits_for_a_person(application)
    assert last_transition().user == admin_user


@pytest.mark.django_db
def test_workflow_that_was_switched_off_leaves_it_to_a_person(application, rob):
    workflow_of(application).workflow.deactivate(user=rob)
    assert_waits_for_a_person(application)


@pytest.mark.django_db
def test_deleted_workflow_leaves_it_to_a_person(application):
    workflow_of(application).workflow.delete()
    assert recover_reviews(now=timezone.now()) == 1
    assert_waits_for_a_person(application)


@pytest.mark.django_db
@pytest.mark.parametrize("asked", [False, True])
def test_deleted_task_leaves_it_to_a_person_and_publishes_nothing(application, rob, asked):
    if asked:
        request_changes(application, rob)
    Task.objects.all().delete()
    assert recover_reviews(now=timezone.now()) == 1
    assert_waits_for_a_person(application)
    assert not now_of(application).affiliate.live


@pytest.mark.django_db
def test_task_that_was_switched_off_decides_nothing(admin_client, admin_user, application):
    """Wagtail would take the page through the rest of its workflow: to the public."""
    task = application.affiliate.current_workflow_task
    admin_client.post(f"/admin/workflows/tasks/disable/{task.pk}/")
    assert not type(task).objects.get(pk=task.pk).active
    assert not now_of(application).affiliate.live
    assert_waits_for_a_person(application)
    assert last_transition().user == admin_user


@pytest.mark.django_db
def test_task_that_was_switched_off_is_skipped_if_another_one_decides(application, program):
    first = application.affiliate.current_workflow_task
    board = ReviewTask.objects.create(name="Board")
    workflow = workflow_of(application).workflow
    WorkflowTask.objects.create(workflow=workflow, task=board, sort_order=5)
    Task.objects.get(pk=first.pk).deactivate()
    assert now_of(application).affiliate.current_workflow_task == board
    assert now_of(application).state == ApplicationState.IN_REVIEW


@pytest.mark.django_db
def test_running_reviews_are_not_lost(application, rob, program):
    waiting = under_review(program)
    request_changes(waiting, rob)
    assert recover_reviews(now=timezone.now()) == 0
    assert now_of(application).state == ApplicationState.IN_REVIEW
    assert now_of(waiting).state == ApplicationState.INFORMATION_NEEDED


# Started again


@pytest.mark.django_db
def test_person_starts_it_again_with_the_same_page(application, rob):
    workflow_of(application).cancel(user=rob)
    page = restart_review(application=application, user=rob, now=timezone.now())
    assert page == application.affiliate
    assert page.current_workflow_task
    restarted = now_of(application)
    assert restarted.state == ApplicationState.IN_REVIEW
    assert restarted.review_stopped_at is None
    assert restarted.decision_due_on == application.decision_due_on
    row = last_transition()
    assert (row.action, row.user) == (Action.START_REVIEW, rob)


@pytest.mark.django_db
def test_person_starts_it_again_with_a_new_page_if_the_old_one_is_gone(application, rob):
    application.affiliate.delete()
    page = restart_review(application=application, user=rob, now=timezone.now())
    assert AffiliatePage.objects.get() == page
    assert now_of(application).affiliate == page


@pytest.mark.django_db
def test_whoever_may_not_review_starts_nothing(application, rob):
    workflow_of(application).cancel(user=rob)
    rob.groups.clear()
    with pytest.raises(TransitionNotAllowed):
        restart_review(
            application=application, user=type(rob).objects.get(pk=rob.pk), now=timezone.now()
        )
    assert now_of(application).state == ApplicationState.SUBMITTED


@pytest.mark.django_db
def test_running_review_is_not_started_again(application, rob):
    with pytest.raises(TransitionNotAllowed):
        restart_review(application=application, user=rob, now=timezone.now())
    assert application.affiliate.workflow_states.count() == 1


@pytest.mark.django_db
def test_submitting_the_draft_in_the_editor_starts_it_again(application, rob):
    workflow_of(application).cancel(user=rob)
    page = application.affiliate
    page.get_workflow().start(page, user=rob)
    assert now_of(application).state == ApplicationState.IN_REVIEW
    assert now_of(application).review_stopped_at is None
    assert last_transition().user == rob
    assert not open_deadlines(kind=REVIEW_START, subject=application).exists()


@pytest.mark.django_db
def test_stopped_application_can_still_be_published(application, rob):
    workflow_of(application).cancel(user=rob)
    application.affiliate.save_revision().publish()
    assert now_of(application).state == ApplicationState.APPROVED
    assert not Deadline.objects.filter(closed_at=None).exists()


# Withdrawn


@pytest.mark.django_db
@pytest.mark.parametrize("stage", ["submitted", "in review", "asked", "stopped"])
def test_withdrawal_ends_everything_at_any_stage(application, rob, stage):
    page = application.affiliate
    if stage == "asked":
        request_changes(application, rob)
    elif stage == "stopped":
        workflow_of(application).cancel(user=rob)
    elif stage == "submitted":
        page.delete()
    withdraw_application(application=application, actor=Actor.APPLICANT, now=timezone.now())
    withdrawn = now_of(application)
    assert withdrawn.state == ApplicationState.WITHDRAWN
    assert withdrawn.affiliate is None
    assert not AffiliatePage.objects.exists()
    assert not WorkflowState.objects.active().exists()
    assert not Deadline.objects.filter(closed_at=None).exists()
    assert not waiting_for("rob@example.org", now=timezone.now())
    told = OutgoingMail.objects.filter(kind=APPLICATION_WITHDRAWN_NOTICE)
    assert {mail.recipient for mail in told} == {"rob@example.org", "robin@example.org"}
    assert actions_on(application)[-1] == Action.WITHDRAW


# People and pages that change meanwhile


@pytest.mark.django_db
def test_review_outlives_its_reviewers_and_their_group(application, program, rob):
    group = program.review_group
    type(rob).objects.filter(groups=group).delete()
    group.delete()
    assert now_of(application).affiliate.current_workflow_task
    assert waiting_for("program@example.org", now=timezone.now())


@pytest.mark.django_db
def test_page_that_was_moved_is_decided_all_the_same(application, rob):
    other = ProgramPageFactory()
    application.affiliate.move(other, pos="last-child")
    now_of(application).affiliate.get_latest_revision().publish()
    assert now_of(application).state == ApplicationState.APPROVED
    assert now_of(application).program != other
    assert now_of(application).affiliate.get_parent().specific == other


@pytest.mark.django_db
def test_review_in_a_program_that_went_offline_is_decided_all_the_same(application, program, rob):
    program.unpublish()
    approve(application, rob)
    assert now_of(application).state == ApplicationState.APPROVED


@pytest.mark.django_db
def test_second_stage_of_the_editors_decides(application, program, rob):
    board = ReviewTask.objects.create(name="Board")
    board.groups.add(program.review_group)
    WorkflowTask.objects.create(
        workflow=workflow_of(application).workflow, task=board, sort_order=5
    )
    approve(application, rob)
    assert now_of(application).state == ApplicationState.IN_REVIEW
    assert now_of(application).affiliate.current_workflow_task.name == "Board"
    approve(application, rob)
    assert now_of(application).state == ApplicationState.APPROVED


# At the same moment


@pytest.mark.django_db(transaction=True)
def test_approval_and_decline_at_the_same_moment_leave_one_result(application, rob):
    together = Barrier(2)

    def decide(what):
        try:
            together.wait()
            if what == "approve":
                approve(application, rob)
            else:
                mine = Application.objects.get(pk=application.pk)
                decline_application(application=mine, user=rob, reason="No.", now=timezone.now())
        except (AlreadyDecided, ReviewOver):
            return "refused"
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(decide, ["approve", "decline"]))
    decided = now_of(application)
    assert sorted(results) == ["done", "refused"]
    assert decided.state == ("approved" if results[0] == "done" else "declined")
    assert AffiliatePage.objects.filter(live=True).exists() == (results[0] == "done")
    assert OutgoingMail.objects.filter(kind=AFFILIATE_WELCOME).exists() == (results[0] == "done")
