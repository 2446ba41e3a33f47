"""The only writer of a state: of applications, affiliations, and what is owed either way."""

from typing import TYPE_CHECKING

from wagtail.models import TaskState, WorkflowState

from affiliates.models import (
    AffiliatePage,
    Application,
)

if TYPE_CHECKING:
    pass


def hold(application: Application) -> None:
    """Let nobody else decide on the application until the transaction ends, and read it anew.

    Everybody takes the locks in one order, Wagtail's reviews included, so that two people who act
    at once wait for each other: first the running task of its page, then the workflow, then the
    application.
    """
    found = Application.objects.filter(pk=application.pk)
    page = AffiliatePage.objects.filter(application__in=found).first()
    if page:
        running = WorkflowState.objects.for_instance(page).active()
        keys = list(running.values_list("pk", flat=True))
        tasks = TaskState.objects.filter(
            workflow_state__in=keys, status=TaskState.STATUS_IN_PROGRESS
        )
        list(tasks.select_for_update().values_list("pk", flat=True))
        list(running.select_for_update().values_list("pk", flat=True))
    application.refresh_from_db(from_queryset=Application.objects.select_for_update())
