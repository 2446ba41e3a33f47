"""Every program has a workflow with a clock, and editors see what is missing."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from wagtail.models import GroupApprovalTask, Workflow, WorkflowPage, WorkflowTask

from affiliates.programs.services import ensure_review_workflow, review_warnings
from tests.factories.applications import submitted
from tests.factories.reviews import (
    may_publish,
    now_of,
    request_changes,
    reviewer,
    under_review,
    with_reviewers,
)
from tests.factories.users import GroupFactory, UserFactory
from workflows.deadlines.services import open_deadlines
from workflows.deadlines.sweep import sweep
from workflows.models import ReviewTask

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 17, tzinfo=UTC)


def publish(program):
    program.save_revision().publish()
    program.refresh_from_db()


def task_of(program):
    return ReviewTask.objects.get(workflow_tasks__workflow=program.get_workflow())


def editors_workflow(*tasks):
    workflow = Workflow.objects.create(name="Our own")
    for number, task in enumerate(tasks):
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=number)
    return workflow


def assign(program, workflow):
    WorkflowPage.objects.update_or_create(page=program, defaults={"workflow": workflow})


def test_published_program_gets_a_review_of_its_own(program):
    publish(program)
    assert program.own_review.task == task_of(program)
    assert program.get_workflow().name == f"Reviews: {program.title}"


def test_publishing_again_changes_nothing(program):
    for _ in range(3):
        publish(program)
    assert ReviewTask.objects.count() == 1
    assert Workflow.objects.filter(name__startswith="Reviews").count() == 1


def test_draft_program_gets_none(program):
    program.unpublish()
    program.save_revision()
    assert not ReviewTask.objects.exists()


def test_task_follows_the_programs_people_and_days(program):
    publish(program)
    program.review_group = GroupFactory(name="Readers")
    program.escalation_group = GroupFactory(name="Leaders")
    program.review_days, program.review_reminder_days = 8, 4
    program.review_escalation_days, program.sending_hour = 10, 7
    publish(program)
    task = task_of(program)
    assert [group.name for group in task.groups.all()] == ["Readers"]
    assert [group.name for group in task.escalation_groups.all()] == ["Leaders"]
    assert (task.respond_within_days, task.remind_after_days) == (8, 4)
    assert (task.escalate_after_days, task.sending_hour) == (10, 7)
    program.review_group = None
    publish(program)
    assert not task.groups.exists()


def test_workflow_that_editors_assigned_is_left_alone(program):
    workflow = editors_workflow(GroupApprovalTask.objects.create(name="Read it"))
    assign(program, workflow)
    publish(program)
    assert program.get_workflow() == workflow
    assert not ReviewTask.objects.exists()


def test_workflow_that_editors_assigned_later_is_left_alone_too(program):
    publish(program)
    workflow = editors_workflow(GroupApprovalTask.objects.create(name="Read it"))
    assign(program, workflow)
    publish(program)
    assert program.get_workflow() == workflow


def test_review_task_of_a_page_above_will_do(program):
    workflow = editors_workflow(ReviewTask.objects.create(name="For all pages"))
    assign(program.get_parent(), workflow)
    publish(program)
    assert program.get_workflow() == workflow
    assert ReviewTask.objects.count() == 1


def test_own_workflow_with_further_steps_of_the_editors_stays(program):
    publish(program)
    workflow = program.get_workflow()
    extra = GroupApprovalTask.objects.create(name="Board")
    WorkflowTask.objects.create(workflow=workflow, task=extra, sort_order=2)
    publish(program)
    assert [task.name for task in program.get_workflow().tasks] == [
        f"Reviews: {program.title}",
        "Board",
    ]


@pytest.mark.parametrize("what", ["workflow", "task", "assignment"])
def test_what_was_switched_off_comes_back_since_nothing_else_could_review(program, what):
    publish(program)
    task, workflow = task_of(program), program.get_workflow()
    if what == "workflow":
        workflow.deactivate()
    elif what == "task":
        task.deactivate()
    else:
        WorkflowPage.objects.filter(page=program).delete()
    publish(program)
    assert (task_of(program), program.get_workflow()) == (task, workflow)
    assert task_of(program).active


def test_long_title_is_no_obstacle(program):
    program.title = "T" * 255
    publish(program)
    assert task_of(program)


def test_program_in_good_order_has_no_warnings(program):
    assert review_warnings(with_reviewers(program)) == []


def warned(program):
    return " ".join(review_warnings(program))


def leave_nobody_to_escalate_to(program):
    program.escalation_group = program.director = None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda program: setattr(program, "review_group", None), "No reviewers are chosen"),
        (
            lambda program: setattr(program, "review_group", GroupFactory(name="Void")),
            "Nobody is in the group “Void”",
        ),
        (
            lambda program: setattr(program, "escalation_group", None),
            "The director hears of late reviews instead",
        ),
        (leave_nobody_to_escalate_to, "Only the reviewers hear of late reviews"),
        (lambda program: setattr(program, "director", None), "There is no director"),
        (
            lambda program: setattr(program, "director", UserFactory(is_active=False)),
            "There is no director",
        ),
        (
            lambda program: setattr(program, "director", UserFactory(email="")),
            "There is no director",
        ),
        (
            lambda program: program.review_group.user_set.update(email=""),
            "has an email address",
        ),
        (
            lambda program: program.review_group.user_set.get().user_permissions.clear(),
            "may log in to Wagtail",
        ),
        (
            lambda program: program.review_group.page_permissions.all().delete(),
            "may publish pages below this one",
        ),
        (
            lambda program: assign(
                program, editors_workflow(GroupApprovalTask.objects.create(name="Read"))
            ),
            "has no task of the type “review with a deadline”",
        ),
        (lambda program: assign(program, editors_workflow()), "“Our own” has no task"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_warning_says_what_is_missing(program, change, said):
    program = with_reviewers(program)
    change(program)
    (warning,) = review_warnings(program)
    assert said in warning


def test_warning_if_workflows_are_switched_off(program, settings):
    program = with_reviewers(program)
    settings.WAGTAIL_WORKFLOW_ENABLED = False
    assert "workflows are switched off" in warned(program)


def test_one_reviewer_who_can_do_it_is_enough(program):
    program = with_reviewers(program)
    reviewer(program, username="second", email="")
    assert review_warnings(program) == []


def test_ensuring_twice_by_hand_is_harmless(program):
    may_publish(GroupFactory(name="Any"), program)
    for _ in range(2):
        ensure_review_workflow(program=program)
    assert ReviewTask.objects.count() == 1


def next_step_of(application):
    return open_deadlines(subject=application).get().next_step_at.date()


def test_changed_days_move_the_reminders_of_what_runs_and_keep_the_promised_day(program):
    program = with_reviewers(program)
    waiting, asked = submitted(program, now=MONDAY), under_review(program, now=MONDAY)
    with time_machine.travel(MONDAY, tick=False):
        request_changes(asked, reviewer(program, username="robin"))
    sweep(now=MONDAY + timedelta(days=1))
    assert next_step_of(waiting) == date(2026, 11, 26)
    assert next_step_of(asked) == date(2026, 11, 30)
    program.review_reminder_days, program.answer_reminder_days = 2, 3
    publish(program)
    assert next_step_of(waiting) == date(2026, 11, 25)
    assert next_step_of(asked) == date(2026, 11, 26)
    assert now_of(waiting).decision_due_on == date(2026, 11, 30)


def test_changed_days_move_the_reminders_of_a_running_review(program):
    program = with_reviewers(program)
    review = under_review(program, now=timezone.now()).affiliate.current_workflow_task_state
    before = open_deadlines(subject=review).get()
    program.review_reminder_days -= 1
    publish(program)
    after = open_deadlines(subject=review).get()
    assert (after.next_step, after.due_at) == (before.next_step, before.due_at)
    assert after.next_step_at < before.next_step_at
