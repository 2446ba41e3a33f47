"""What a changed Policy tab means for the promises that are running already."""

from collections.abc import Iterator

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.models import TaskState

from affiliates.base_page import Page
from affiliates.deadlines import GROUP_ANSWER, REVIEW_START
from affiliates.models import AffiliatePage, AffiliateProgramPage, Application
from affiliates.states import OPEN
from workflows.models import Deadline, ReviewTaskState
from workflows.policies import get_policy
from workflows.review_policy import REVIEW
from workflows.services.deadlines import reschedule


def follow_policy(*, program: AffiliateProgramPage) -> None:
    """Let the reminders of the program's open applications and reviews follow its new days.

    Effects: the next steps of their deadlines. The days that groups were promised stay.
    """
    with transaction.atomic():
        for kind, keys in subjects_of(program):
            # Held, since one that somebody closes in the meantime must not get a next step.
            held = Deadline.objects.select_for_update().filter(kind=kind, closed_at=None)
            deadlines = list(held.filter(object_id__in=keys))
            if deadlines:
                get_policy(kind).load(deadlines)
                reschedule(deadlines=deadlines)


def subjects_of(program: AffiliateProgramPage) -> Iterator[tuple[str, list[str]]]:
    """The kinds of promises about the program's open applications, and the keys of each."""
    applications = Application.objects.filter(program=program, state__in=OPEN)
    keys = [str(key) for key in applications.values_list("pk", flat=True)]
    yield REVIEW_START, keys
    yield GROUP_ANSWER, keys
    pages = AffiliatePage.objects.child_of(program).values_list("pk", flat=True)
    reviews = ReviewTaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS,
        workflow_state__base_content_type=ContentType.objects.get_for_model(Page),
        workflow_state__object_id__in=[str(key) for key in pages],
    )
    yield REVIEW, [str(key) for key in reviews.values_list("pk", flat=True)]
