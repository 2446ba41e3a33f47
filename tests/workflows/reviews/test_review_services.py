"""A review's clock, whichever way the review begins, moves on or ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import connection
from django.dispatch import receiver
from django.utils import timezone
from wagtail.models import WorkflowState, WorkflowTask

from tests.notices.models import Notice
from tests.workflows.reviews.reviewed import (
    act,
    fresh,
    group_task,
    may_publish,
    notice,
    page,
    person,
    review_of,
    review_task,
    submit,
    workflow_of,
)
from workflows.core import reviewed_models
from workflows.core.exceptions import ReviewOver, WordsMissing
from workflows.core.people import Recipient
from workflows.core.reviewed_models import ReviewedModel
from workflows.deadlines.digests import WAITING_FOR_YOU, concerned, waiting_for
from workflows.deadlines.policies import get_policy
from workflows.deadlines.services import open_deadlines
from workflows.deadlines.sweep import sweep
from workflows.models import Deadline, OutgoingMail, ReviewTaskState
from workflows.reviews.policy import LAST_RESORT, REVIEW, REVIEWERS, policy_of_task
from workflows.reviews.services import assign_review
from workflows.signals import review_declined

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
THINGS = [notice, page]


@pytest.fixture
def clock():
    """Time stands still, on a Monday, until a test moves it."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ann(db):
    return person("ann", "Checkers")


@pytest.fixture
def ben(db):
    return person("ben", "Checkers")


@pytest.fixture
def eve(db):
    return person("eve", "Leaders")


@pytest.fixture
def author(db):
    return person("author", "Writers")


@pytest.fixture
def task(ann, ben, eve):
    for group in ("Checkers", "Leaders"):
        may_publish(group)
    return review_task(escalation=["Leaders"])


@pytest.fixture
def workflow(task):
    return workflow_of(task)


def running():
    return Deadline.objects.filter(kind=REVIEW, closed_at=None)


def told():
    """Who has the one running review on the list of the mail of the day."""
    (deadline,) = running()
    get_policy(REVIEW).load([deadline])
    return {who.email.partition("@")[0] for who in concerned(deadline, now=timezone.now())}


def mailed():
    mails = OutgoingMail.objects.filter(kind=WAITING_FOR_YOU)
    return {mail.recipient.partition("@")[0] for mail in mails}


@pytest.mark.parametrize("make", THINGS)
def test_review_of_anything_has_a_due_day_and_tells_its_reviewers(clock, workflow, make):
    state = submit(make())
    deadline = running().get()
    assert deadline.object_id == str(state.pk)
    assert deadline.due_at == datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert deadline.next_step_at == datetime(2026, 11, 26, 9, tzinfo=UTC)
    assert mailed() == {"ann", "ben"}
    (item,) = waiting_for("ann@example.org", now=MONDAY)
    assert item.waiting.title == "Summer meeting"
    assert item.waiting.url.startswith("http://localhost:8000/admin/")


@pytest.mark.parametrize("make", THINGS)
def test_steps_come_in_order_and_stop_with_the_decision(clock, workflow, ann, make):
    thing = make()
    submit(thing)
    steps = []
    for days, expected in ((3, "remind"), (7, "overdue"), (9, "escalate"), (18, "escalate_again")):
        clock.move_to(MONDAY + days * DAY)
        assert sweep(now=timezone.now()).counts == {expected: 1}
        steps.append(told())
    assert steps == [{"ann", "ben"}] * 2 + [{"ann", "ben", "eve"}] * 2
    act(thing, ann, "approve")
    assert fresh(thing).live
    assert not running()
    assert not sweep(now=MONDAY + 60 * DAY).counts
    assert waiting_for("ann@example.org", now=timezone.now()) == []


def test_nothing_keeps_a_late_review_quiet(clock, workflow):
    submit(notice())
    for weeks in range(4, 10):
        assert sweep(now=MONDAY + timedelta(weeks=weeks)).counts == {"escalate_again": 1}


def test_requested_changes_stop_the_clock_and_what_was_left_is_left(clock, workflow, ann, author):
    thing = notice()
    first = submit(thing, author)
    assign_review(state=first, assignee=ann, by=ann, now=MONDAY)
    clock.move_to(MONDAY + 3 * DAY)
    act(thing, ann, "reject", "Where does it take place?")
    assert not running()
    clock.move_to(MONDAY + 21 * DAY)
    fresh(thing).current_workflow_state.resume(user=author)
    deadline = running().get()
    assert deadline.due_at == datetime(2026, 12, 16, 9, tzinfo=UTC)
    assert review_of(thing).assigned_to == ann
    assert told() == {"ann"}


def test_request_for_changes_needs_words(workflow, ann):
    thing = notice()
    submit(thing)
    with pytest.raises(WordsMissing):
        act(thing, ann, "reject", "  ")
    assert running().exists()


@pytest.mark.parametrize("make", THINGS)
def test_decline_ends_the_workflow_and_keeps_the_draft(workflow, ann, author, make):
    heard = []

    @receiver(review_declined)
    def hear(instance, user, reason, **kwargs):
        heard.append((instance.reviewed, user, reason, instance.workflow_state.status))

    thing = make()
    submit(thing, author)
    assert act(thing, ann, "decline", " We said so last week. ") is None
    thing = fresh(thing)
    assert not thing.live
    assert not thing.workflow_in_progress
    assert not running()
    assert Deadline.objects.get().outcome == "declined"
    state = ReviewTaskState.objects.get()
    assert (state.status, state.comment) == ("rejected", "We said so last week.")
    assert heard == [(thing, ann, "We said so last week.", WorkflowState.STATUS_CANCELLED)]
    mail = OutgoingMail.objects.get(kind="review_declined")
    assert mail.recipient == author.email


def test_decline_needs_a_reason(workflow, ann):
    thing = notice()
    submit(thing)
    with pytest.raises(WordsMissing):
        act(thing, ann, "decline")
    assert running().exists()


def test_who_declines_ones_own_request_gets_no_mail(workflow, ann):
    thing = notice()
    submit(thing, ann)
    act(thing, ann, "decline", "I changed my mind.")
    assert not OutgoingMail.objects.filter(kind="review_declined").exists()


def test_receiver_may_delete_what_was_declined(workflow, ann):
    def delete(instance, **kwargs):
        instance.reviewed.delete()

    thing = page()
    submit(thing)
    review_declined.connect(delete)
    try:
        assert act(thing, ann, "decline", "No.") == "/admin/"
    finally:
        review_declined.disconnect(delete)
    assert not type(thing).objects.filter(pk=thing.pk).exists()
    assert not running()


@pytest.mark.parametrize("action", ["approve", "decline", "reject"])
def test_what_is_over_cannot_be_decided_again(workflow, ann, ben, action):
    thing = notice()
    state = submit(thing)
    act(thing, ann, "approve")
    with pytest.raises(ReviewOver):
        state.task.specific.on_action(state, ben, action, comment="Words")
    assert ReviewTaskState.objects.get().finished_by == ann


def test_what_is_over_cannot_be_assigned(workflow, ann, ben):
    thing = notice()
    state = submit(thing)
    act(thing, ann, "approve")
    with pytest.raises(ReviewOver):
        assign_review(state=state, assignee=ben, by=ben, now=timezone.now())


def test_decision_about_one_review_never_counts_for_the_next(task, ann):
    workflow_of(task, review_task("Check the style"))
    thing = notice()
    first = submit(thing)
    act(thing, ann, "approve")
    second = review_of(thing)
    with pytest.raises(ReviewOver):
        second.task.specific.on_action(second, ann, "approve", review=first.pk)
    assert not fresh(thing).live


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_one_counts(ann, ben, task, workflow):
    thing = notice()
    submit(thing)
    states = [review_of(thing), review_of(thing)]
    together, late = Barrier(2), []

    def decide(state, user, action):
        together.wait()
        try:
            state.task.specific.on_action(state, user, action, comment="Words")
        except ReviewOver:
            late.append(user)
        finally:
            connection.close()

    choices = ((ann, "approve"), (ben, "decline"))
    threads = [
        Thread(target=decide, args=(state, *choice))
        for state, choice in zip(states, choices, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(late) == 1
    decided = ReviewTaskState.objects.get()
    assert decided.finished_by_id not in {user.pk for user in late}
    assert fresh(thing).live == (decided.status == "approved")


@pytest.mark.parametrize("how", ["cancel", "publish", "delete"])
def test_whatever_ends_a_review_stops_its_clock(workflow, author, how):
    thing = page()
    state = submit(thing)
    if how == "cancel":
        fresh(thing).current_workflow_state.cancel(user=author)
    elif how == "publish":
        fresh(thing).get_latest_revision().publish()
    else:
        fresh(thing).delete()
    sweep(now=timezone.now() + 30 * DAY)
    assert not running()
    assert not open_deadlines(subject=state).exists()


def test_assigned_person_is_the_one_who_is_told(clock, workflow, ann, ben):
    thing = notice()
    state = submit(thing)
    OutgoingMail.objects.all().delete()
    assign_review(state=state, assignee=ben, by=ann, now=timezone.now())
    assert told() == mailed() == {"ben"}
    clock.move_to(MONDAY + 7 * DAY)
    sweep(now=timezone.now())
    assert told() == {"ben"}
    clock.move_to(MONDAY + 9 * DAY)
    sweep(now=timezone.now())
    assert told() == {"ben", "eve"}
    (item,) = waiting_for("eve@example.org", now=timezone.now())
    assert item.waiting.note == "Assigned to Ben Lee."


def test_who_takes_a_review_gets_no_mail_about_it(clock, workflow, ann):
    state = submit(notice())
    OutgoingMail.objects.all().delete()
    assign_review(state=state, assignee=ann, by=ann, now=timezone.now())
    assert mailed() == set()
    assert told() == {"ann"}


@pytest.mark.parametrize("leaves", ["deleted", "inactive", "out of the group", "without address"])
def test_review_falls_back_to_all_if_its_holder_cannot_act(workflow, ann, ben, leaves):
    state = submit(notice())
    assign_review(state=state, assignee=ben, by=ann, now=timezone.now())
    if leaves == "deleted":
        ben.delete()
    elif leaves == "inactive":
        ben.is_active = False
        ben.save()
    elif leaves == "out of the group":
        ben.groups.clear()
    else:
        ben.email = ""
        ben.save()
    assert "ann" in told()
    assert ("ben" in told()) is False


def test_empty_groups_are_replaced_by_the_next_and_at_last_by_superusers(workflow, ann, ben, eve):
    person("root", is_superuser=True)
    submit(notice())
    for one in (ann, ben):
        one.groups.clear()
    assert told() == {"eve"}
    eve.groups.clear()
    assert told() == {"root"}


def test_changed_groups_of_the_task_count_at_once(workflow, task):
    submit(notice())
    person("carl", "Others")
    task.groups.set(task.groups.model.objects.filter(name="Others"))
    assert told() == {"carl"}


def test_changed_numbers_move_the_next_steps_of_running_reviews(clock, workflow, task):
    submit(notice())
    task.refresh_from_db()
    task.remind_after_days = 1
    task.save()
    deadline = running().get()
    assert deadline.next_step_at == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert deadline.due_at == datetime(2026, 11, 30, 9, tzinfo=UTC)


class NoticeReviews(ReviewedModel):
    def get_policy(self, reviewed, task):
        own = [Recipient("own@example.org")]
        return replace(policy_of_task(task), respond_within=1, reviewers=own)


def test_model_that_knows_better_sets_its_own_numbers_and_people(clock, workflow, monkeypatch):
    monkeypatch.setitem(reviewed_models._registered, Notice, NoticeReviews())
    submit(notice())
    assert running().get().due_at == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert told() == {"own"}


@pytest.mark.parametrize("make", THINGS)
def test_task_switched_off_publishes_nothing_that_nobody_decided_about(workflow, task, make):
    thing = make()
    submit(thing)
    task.deactivate()
    thing = fresh(thing)
    assert not thing.live
    assert not thing.workflow_in_progress
    assert not running()


@pytest.mark.parametrize("make", THINGS)
def test_task_switched_off_in_the_admin_publishes_nothing_either(
    admin_client, workflow, task, make
):
    """Wagtail's page for it knows the task as a task only, not as a review."""
    thing = make()
    submit(thing)
    admin_client.post(f"/admin/workflows/tasks/disable/{task.pk}/")
    task.refresh_from_db()
    assert not task.active
    thing = fresh(thing)
    assert not thing.live
    assert not thing.workflow_in_progress
    assert not running()


def test_last_task_switched_off_cancels_what_had_passed_the_first(ann, task):
    second = review_task("Check the style")
    workflow_of(task, second)
    thing = notice()
    submit(thing)
    act(thing, ann, "approve")
    second.deactivate()
    assert not fresh(thing).live
    assert not fresh(thing).workflow_in_progress
    assert not running()


def test_task_switched_off_before_another_is_skipped(task):
    second = review_task("Check the style")
    workflow_of(task, second)
    thing = notice()
    submit(thing)
    task.deactivate()
    assert review_of(thing).task_id == second.pk
    assert running().get().object_id == str(review_of(thing).pk)


def test_task_taken_out_of_its_workflow_can_still_be_decided(workflow, task, ann):
    thing = notice()
    submit(thing)
    WorkflowTask.objects.all().delete()
    act(thing, ann, "approve")
    assert fresh(thing).live
    assert not running()


def test_two_reviews_in_a_row_have_a_clock_each(clock, ann, eve, task):
    second = review_task("Check the style", groups=["Leaders"], respond_within_days=2)
    workflow_of(task, second)
    thing = notice()
    first = submit(thing)
    clock.move_to(MONDAY + DAY)
    act(thing, ann, "approve")
    deadline = running().get()
    assert deadline.object_id == str(review_of(thing).pk) != str(first.pk)
    assert deadline.due_at == datetime(2026, 11, 26, 9, tzinfo=UTC)
    assert told() == {"eve"}
    act(thing, eve, "approve")
    assert fresh(thing).live
    assert not running()


def test_review_before_a_plain_task_of_wagtails_ends_its_own_clock_only(ann, task):
    workflow_of(task, group_task())
    thing = notice()
    submit(thing)
    act(thing, ann, "approve")
    assert not running()
    assert not fresh(thing).live
    assert fresh(thing).workflow_in_progress


def test_review_after_a_plain_task_opens_its_clock_when_its_turn_comes(ann, task):
    chief = person("chief", "Chiefs")
    workflow_of(group_task(), task)
    thing = notice()
    submit(thing)
    assert not running()
    state = review_of(thing)
    state.task.specific.on_action(state, chief, "approve")
    assert running().get().object_id == str(review_of(thing).pk)


def test_wagtail_tells_nobody_of_what_reviewers_have_in_their_mail(workflow, author, mailoutbox):
    person("root", is_superuser=True)
    submit(notice(), author)
    assert mailoutbox == []
    assert mailed() == {"ann", "ben"}


def test_wagtails_notices_of_other_workflows_stay(author, mailoutbox):
    person("root", is_superuser=True)
    person("chief", "Chiefs")
    workflow_of(group_task())
    submit(notice(), author)
    addresses = {address for mail in mailoutbox for address in mail.to}
    assert addresses == {"root@example.org", "chief@example.org"}


def test_author_hears_from_wagtail_what_should_change(workflow, ann, author, mailoutbox):
    thing = notice()
    submit(thing, author)
    act(thing, ann, "reject", "Where does it take place?")
    (mail,) = mailoutbox
    assert mail.to == [author.email]
    assert "Where does it take place?" in mail.body


@pytest.mark.parametrize("make", THINGS)
def test_sweeping_reviews_costs_the_same_for_one_and_for_three(
    workflow, make, django_assert_max_num_queries
):
    with time_machine.travel(MONDAY, tick=False):
        submit(make())
    with django_assert_max_num_queries(500) as one:
        sweep(now=MONDAY + 3 * DAY)
    with time_machine.travel(MONDAY, tick=False):
        for number in range(3):
            submit(make(f"Meeting {number}"))
    with django_assert_max_num_queries(500) as three:
        assert sweep(now=MONDAY + 3 * DAY).counts == {"remind": 3}
    assert len(three) == len(one)


def test_audience_of_the_last_resort_is_never_empty(workflow, task):
    root = person("root", is_superuser=True)
    state = submit(notice())
    from workflows.reviews.policy import policy_of

    for group in task.groups.model.objects.all():
        group.user_set.clear()
    assert [who.email for who in policy_of(state).audience(LAST_RESORT)] == [root.email]
    assert policy_of(state).audience(REVIEWERS)
