"""Tells the reviewers of earlier steps when a later step sends something back with a question."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import models
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_latest_str, get_user_display_name
from wagtail.models import TaskState, WorkflowState

from workflows.core.links import admin_url
from workflows.core.people import Recipient
from workflows.deadlines import digests
from workflows.deadlines.digests import Told, tell
from workflows.mail.kinds import ListItem
from workflows.models import ReviewTaskState
from workflows.reviews.deadlines import reviews
from workflows.reviews.policy import policy_of
from workflows.reviews.services import reviewers_of


def tell_earlier_steps(*, state: TaskState, now: datetime) -> None:
    """Queue the daily emails of those who reviewed before ``state``, except for who asks. Must run
    in the transaction that rejects ``state``.
    """
    told = [
        Told(person, policy_of(review).calendar, now)
        for review in _approved_before([state])
        for person in _told_of(state, review)
    ]
    tell(told, now=now)


def news_of_questions(address: str) -> list[ListItem]:
    """What later steps have sent back and is not answered yet, as long as that lasts."""
    asked = {state.workflow_state_id: state for state in _unanswered()}
    wanted, found = address.lower(), {}
    for review in _approved_before(asked.values()):
        state = asked[review.workflow_state_id]
        if any(person.email.lower() == wanted for person in _told_of(state, review)):
            found[state.pk] = _item(state, review)
    return list(found.values())


digests.NEWS.append(news_of_questions)


def _unanswered() -> models.QuerySet[TaskState]:
    rejected = TaskState.objects.filter(
        status=TaskState.STATUS_REJECTED,
        workflow_state__status=WorkflowState.STATUS_NEEDS_CHANGES,
        workflow_state__current_task_state=models.F("pk"),
    )
    return rejected.select_related("task", "finished_by").order_by("finished_at", "pk")


def _approved_before(states: Iterable[TaskState]) -> Iterator[ReviewTaskState]:
    """The reviews in which other steps of the same workflows approved; the objects still exist."""
    task_of = {state.workflow_state_id: state.task_id for state in states}
    if not task_of:
        return
    approved = ReviewTaskState.objects.filter(
        workflow_state__in=task_of, status=TaskState.STATUS_APPROVED
    )
    for review in reviews(approved.values_list("pk", flat=True)).values():
        is_other = review.task_id != task_of[review.workflow_state_id]
        if is_other and review.reviewed is not None:
            yield review


def _told_of(state: TaskState, review: ReviewTaskState) -> Iterator[Recipient]:
    asker = state.finished_by.email.lower() if state.finished_by else ""
    for person in reviewers_of(review, policy_of(review)):
        if person.email.lower() != asker:
            yield person


def _item(state: TaskState, review: ReviewTaskState) -> ListItem:
    names = {
        "step": state.task.name,
        "name": get_user_display_name(state.finished_by) if state.finished_by else _("somebody"),
        "question": state.comment,
    }
    asked = _("The step “%(step)s” sent it back. %(name)s asks: %(question)s") % names
    rest = _("You need not do anything. With the answer it goes on at that step.")
    title = _("For your information: %(title)s") % {"title": get_latest_str(review.reviewed)}
    return ListItem(title, admin_url(review.reviewed), (asked, rest))
