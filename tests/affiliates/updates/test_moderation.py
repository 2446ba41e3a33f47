"""From the news that a group sends to what its moderation comes to."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from wagtail.models import GroupApprovalTask, TaskState, Workflow, WorkflowContentType, WorkflowTask

from affiliates.affiliations.services.lifecycle import pause_affiliation
from affiliates.core.exceptions import UpdateModerated
from affiliates.core.states import UpdateKind
from affiliates.models import ContactUpdate
from affiliates.updates.deadlines import CHANGES, MODERATION
from affiliates.updates.queries import published_updates
from affiliates.updates.services.moderation import start_waiting_moderations
from affiliates.updates.services.sending import UpdateContent, change_update
from tests.factories.affiliations import affiliation
from tests.factories.reviews import reviewer
from tests.factories.updates import sent
from tests.standing import stands
from workflows.core.exceptions import ReviewOver
from workflows.deadlines.services import open_deadlines
from workflows.deadlines.sweep import sweep
from workflows.models import Deadline, OutgoingMail, ReviewTask

pytestmark = pytest.mark.django_db

ABOUT_NEWS = ("update_published", "update_changes_asked", "update_declined")
NEW_TEXT = "We met the school board. Nobody is named here."


@stands()
def group(reviewed_program):
    return affiliation(reviewed_program, title="Michigan Parents")


@stands()
def rob(group):
    return reviewer(group.program, username="robin")


@stands()
def update(group):
    """News under review."""
    news = sent(group)
    look()
    return news


def look(now=None):
    return start_waiting_moderations(now=now or timezone.now())


def now_of(update):
    return ContactUpdate.objects.get(pk=update.pk)


def review_of(update):
    return now_of(update).current_workflow_task_state


def act(update, user, action, comment=""):
    """Press one of the buttons that Wagtail's editor shows to a reviewer."""
    state = review_of(update)
    state.task.specific.on_action(state, user, action, comment=comment)


def change(update, text=NEW_TEXT, **kwargs):
    update = now_of(update)
    content = UpdateContent(
        **{"kind": UpdateKind.NEWS, "may_publish": True, **kwargs, "text": text}
    )
    return change_update(update=update, content=content, version=update.version, now=timezone.now())


def mails():
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", "recipient"))


def mails_to_the_group():
    """About what becomes of its news. It was thanked for them, too."""
    return [kind for kind, _ in mails() if kind in ABOUT_NEWS]


def test_news_are_given_to_the_programs_reviewers_by_a_worker(group):
    news = sent(group)
    assert review_of(news) is None
    assert look() == 1
    assert look() == 0
    assert review_of(news).task == group.program.own_review.task.task_ptr
    assert not now_of(news).live


@pytest.mark.parametrize(
    "content",
    [{"kind": UpdateKind.QUIET}, {"kind": UpdateKind.HELP}, {"may_publish": False}, {"text": ""}],
    ids=str,
)
def test_what_is_not_for_the_public_is_never_moderated(group, content):
    news = sent(group, **content)
    assert look() == 0
    assert now_of(news).get_workflow() is None or content == {"text": ""}


def test_news_of_a_paused_group_wait(group, admin_user):
    sent(group)
    pause_affiliation(affiliation=group, user=admin_user, reason="", now=timezone.now())
    assert look() == 0


def test_workflow_that_editors_assigned_to_updates_counts_first(group):
    workflow = Workflow.objects.create(name="News")
    task = GroupApprovalTask.objects.create(name="Read it")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    of_type = ContentType.objects.get_for_model(ContactUpdate)
    WorkflowContentType.objects.create(workflow=workflow, content_type=of_type)
    news = sent(group)
    assert look() == 1
    assert review_of(news).task == task.task_ptr


def test_review_has_its_deadline_and_line_in_the_daily_mail(group, update):
    deadline = open_deadlines(subject=review_of(update)).get()
    sweep(now=deadline.due_at + timedelta(days=1))
    assert ("waiting_for_you", "rob@example.org") in mails()


def test_approved_news_are_public_and_the_group_is_told_once(group, update, rob):
    act(update, rob, "approve")
    assert list(published_updates(group.program)) == [update]
    assert mails_to_the_group() == ["update_published"]
    now_of(update).save_revision().publish()
    assert mails_to_the_group() == ["update_published"]
    assert not Deadline.objects.filter(closed_at=None, kind__in=[MODERATION, CHANGES]).exists()


def test_published_directly_comes_to_the_same(group, update):
    now_of(update).save_revision().publish()
    assert mails_to_the_group() == ["update_published"]
    assert now_of(update).moderation_stopped_at is None
    assert look() == 0


def test_scheduled_news_are_told_when_they_are_public(group, update):
    news = now_of(update)
    news.go_live_at = timezone.now() + timedelta(days=2)
    news.save_revision().publish()
    assert (look(), mails_to_the_group()) == (0, [])
    assert now_of(update).moderation_stopped_at is None
    news = now_of(update)
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        news.scheduled_revision.publish()
    assert mails_to_the_group() == ["update_published"]


def test_unscheduled_news_go_back_to_the_reviewers(update):
    news = now_of(update)
    news.go_live_at = timezone.now() + timedelta(days=2)
    news.save_revision().publish()
    news.revisions.update(approved_go_live_at=None)
    assert look() == 1


def test_request_for_changes_is_mailed_and_the_change_lets_the_review_go_on(update, rob):
    act(update, rob, "reject", "Please leave out the name.")
    assert mails_to_the_group() == ["update_changes_asked"]
    assert now_of(update).asked_changes == "Please leave out the name."
    assert open_deadlines(kind=CHANGES, subject=update).exists()
    change(update)
    assert review_of(update).revision.as_object().text == NEW_TEXT
    assert now_of(update).asked_changes == ""
    assert not open_deadlines(kind=CHANGES, subject=update).exists()
    assert look() == 0


def test_group_that_changes_nothing_is_brought_before_the_reviewers(update, rob):
    act(update, rob, "reject", "Please leave out the name.")
    deadline = open_deadlines(kind=CHANGES, subject=update).get()
    OutgoingMail.objects.filter(kind="waiting_for_you").delete()
    sweep(now=deadline.due_at + timedelta(hours=1))
    assert ("waiting_for_you", "rob@example.org") in mails()


def test_declined_news_stay_on_record_with_the_reason_which_the_group_is_told(update, rob):
    act(update, rob, "decline", "A child could be recognized.")
    assert mails_to_the_group() == ["update_declined"]
    declined = now_of(update)
    assert (declined.live, declined.decline_reason) == (False, "A child could be recognized.")
    assert declined.moderation_stopped_at is None
    assert look() == 0
    with pytest.raises(UpdateModerated):
        change(update)


def test_cancelled_review_waits_for_a_person_and_stays_on_the_list(update, rob):
    now_of(update).current_workflow_state.cancel(user=rob)
    assert (mails_to_the_group(), look()) == ([], 0)
    assert now_of(update).moderation_stopped_at
    deadline = open_deadlines(kind=MODERATION, subject=update).get()
    OutgoingMail.objects.all().delete()
    sweep(now=deadline.due_at + timedelta(hours=1))
    assert ("waiting_for_you", "rob@example.org") in mails()


def test_review_cancelled_while_the_group_was_asked_is_stopped_too(update, rob):
    act(update, rob, "reject", "Please leave out the name.")
    now_of(update).current_workflow_state.cancel(user=rob)
    stopped = now_of(update)
    assert stopped.moderation_stopped_at
    assert stopped.asked_changes == ""


def test_stopped_review_goes_on_when_a_person_starts_it_in_wagtail(update, rob):
    now_of(update).current_workflow_state.cancel(user=rob)
    news = now_of(update)
    news.get_workflow().start(news, rob)
    assert now_of(update).moderation_stopped_at is None
    assert not open_deadlines(kind=MODERATION, subject=update).exists()


def test_task_that_is_switched_off_publishes_nothing(update):
    review_of(update).task.specific.deactivate()
    assert not now_of(update).live
    assert now_of(update).moderation_stopped_at


def test_changed_text_takes_the_decision_from_whoever_saw_the_older_one(update, rob):
    seen = review_of(update)
    change(update)
    with pytest.raises(ReviewOver):
        seen.task.specific.on_action(seen, rob, "approve", review=seen.pk)
    assert not now_of(update).live
    act(update, rob, "approve")
    assert now_of(update).text == NEW_TEXT


def test_renewed_review_keeps_its_day_and_its_person(update, rob):
    before = review_of(update)
    before.assigned_to = rob
    before.save()
    day = open_deadlines(subject=before).get().due_at
    change(update)
    after = review_of(update)
    assert (after.pk != before.pk, after.assigned_to) == (True, rob)
    assert open_deadlines(subject=after).get().due_at == day
    assert not open_deadlines(subject=before).exists()


def test_change_under_a_task_of_another_kind_begins_anew_too(group):
    workflow = Workflow.objects.create(name="News")
    task = GroupApprovalTask.objects.create(name="Read it")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    of_type = ContentType.objects.get_for_model(ContactUpdate)
    WorkflowContentType.objects.create(workflow=workflow, content_type=of_type)
    news = sent(group)
    look()
    change(news)
    assert review_of(news).revision.as_object().text == NEW_TEXT


def test_consent_taken_back_ends_the_review_without_fuss(update):
    change(update, may_publish=False)
    assert review_of(update) is None
    assert now_of(update).moderation_stopped_at is None
    change(update, may_publish=True)
    assert look() == 1


def test_change_after_publication_is_refused(update, rob):
    act(update, rob, "approve")
    with pytest.raises(UpdateModerated):
        change(update)
    assert now_of(update).live


def test_correction_by_an_editor_is_public_and_the_original_stays_on_record(update, rob):
    news = now_of(update)
    news.text, original = "We met the school board.", news.text
    news.save_revision(user=rob)
    act(update, rob, "approve")
    assert now_of(update).text == "We met the school board."
    assert now_of(update).revisions.first().as_object().text == original


def test_workflow_without_a_task_starts_nothing_and_staff_hear_of_it(group):
    workflow = Workflow.objects.create(name="Void")
    of_type = ContentType.objects.get_for_model(ContactUpdate)
    WorkflowContentType.objects.create(workflow=workflow, content_type=of_type)
    news = sent(group)
    assert look() == 0
    assert not now_of(news).live
    assert open_deadlines(kind=MODERATION, subject=news).exists()


def test_news_whose_task_was_deleted_are_given_to_reviewers_again(update):
    TaskState.objects.all().delete()
    assert review_of(update) is None
    assert look() == 1
    assert review_of(update)


def test_one_that_fails_does_not_keep_the_next_from_starting(group):
    sent(group)
    ReviewTask.objects.all().delete()
    Workflow.objects.all().delete()
    sent(affiliation(group.program))
    assert look() == 2
