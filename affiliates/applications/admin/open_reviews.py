"""The open reviews of many applications at once, and who may be given them."""

from collections.abc import Iterable

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from wagtail.models import TaskState

from affiliates.models import Application
from affiliates.models.base_page import Page
from workflows.models import ReviewTask, ReviewTaskState
from workflows.reviews.queries import colleagues


def open_reviews(applications: Iterable[Application]) -> dict[int, ReviewTaskState]:
    """The review that waits for a decision, by the application's key. One query."""
    by_page = {str(item.affiliate_id): item.pk for item in applications if item.affiliate_id}
    running = ReviewTaskState.objects.select_related(
        "task", "workflow_state", "assigned_to"
    ).filter(
        status=TaskState.STATUS_IN_PROGRESS,
        workflow_state__base_content_type=ContentType.objects.get_for_model(Page),
        workflow_state__object_id__in=by_page,
    )
    return {by_page[review.workflow_state.object_id]: review for review in running}


def people_for(reviews: Iterable[ReviewTaskState]) -> QuerySet:
    """The people to whom every one of these reviews can be given, by name."""
    people = get_user_model()._default_manager.order_by("last_name", "first_name", "pk")
    for task in ReviewTask.objects.filter(pk__in={review.task_id for review in reviews}):
        people = people.filter(pk__in=colleagues(task).values("pk"))
    return people
