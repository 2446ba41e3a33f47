"""Many reviews start together, each as Wagtail itself would have started it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import (
    GroupApprovalTask,
    Page,
    PageLogEntry,
    ReferenceIndex,
    TaskState,
    Workflow,
    WorkflowPage,
    WorkflowState,
    WorkflowTask,
)
from wagtail.search.backends import get_search_backend
from wagtail.signals import task_submitted, workflow_submitted

from affiliates import tasks
from affiliates.applications.services import starting
from affiliates.applications.services.starting import start_waiting_reviews
from affiliates.applications.services.submission import START_REVIEWS
from affiliates.models import AffiliateLink, AffiliatePage, Application
from affiliates.signals import record_moved
from tests.factories.applications import submitted
from tests.factories.reviews import now_of
from tests.standing import stands
from workflows.core import wakeup
from workflows.models import Deadline, OutgoingMail

OWN = {
    *(
        "id",
        "page_ptr_id",
        "path",
        "slug",
        "url_path",
        "translation_key",
        "own_key",
        "group_key",
        "latest_revision_id",
    ),
    *("latest_revision_created_at", "pk", "created_at", "started_at", "current_task_state_id"),
    *("workflow_state_id", "revision_id", "object_id", "opened_at", "counted_from", "timestamp"),
    *("page_id", "affiliate", "taskstate_ptr_id", "task_state_id"),
}
"""Fields that differ between any two pages and workflows."""

BY_HAND = {"due_at", "next_step", "next_step_at"}
"""Of the deadline: nothing was promised for a page that no group applied for."""


@stands()
def program(reviewed_program):
    return reviewed_program


def as_wagtail_does(program):
    page = AffiliatePage(
        title="Safer Schools Ohio",
        region="US-OH",
        scope="state",
        summary="Parents and teachers who work for safe schools.",
        live=False,
    )
    link = {"network": "website", "url": "https://saferschools.org/"}
    page.links = [AffiliateLink(**link, sort_order=0)]
    Page.objects.get(pk=program.pk).add_child(instance=page)
    page.save_revision()
    page.get_workflow().start(page, user=None)
    return AffiliatePage.objects.get(pk=page.pk)


def common(row, without=OWN):
    return {name: value for name, value in row.items() if name not in without}


def values(rows):
    return [common(row) for row in rows.values()]


def facts(page):
    revision = page.latest_revision
    running = WorkflowState.objects.for_instance(page)
    states = TaskState.objects.for_instance(page)
    log = PageLogEntry.objects.for_instance(page).order_by("pk")
    deadlines = Deadline.objects.filter(
        object_id__in=[str(key) for key in states.values_list("pk")]
    )
    content = revision.content | {"links": [common(link) for link in revision.content["links"]]}
    return {
        "page": values(AffiliatePage.objects.filter(pk=page.pk)),
        "links": list(page.links.values("network", "url", "sort_order")),
        "revisions": [
            (row.content_type, row.base_content_type, row.object_str, row.user, row.object_id)
            == (*_types(page), str(page), None, str(page.pk))
            for row in page.revisions.all()
        ],
        "content": common(content),
        "workflow": values(running),
        "current": [state.current_task_state_id for state in running]
        == list(states.values_list("pk", flat=True)),
        "tasks": [
            values(states),
            [values(type(one.specific).objects.filter(pk=one.pk)) for one in states],
        ],
        "reviewed revision": [state.revision_id for state in states] == [revision.pk],
        "log": [
            common(entry, {*OWN, "data"}) | {"data": _said(entry["data"])} for entry in log.values()
        ],
        "revision of log": [entry.revision_id == revision.pk for entry in log],
        "deadlines": [common(row, OWN | BY_HAND) for row in deadlines.values()],
        "references": ReferenceIndex.get_references_for_object(page).count(),
    }


def _types(page):
    return page.get_content_type(), page.get_base_content_type()


def _said(data):
    return {key: common(value) for key, value in data.items() if key == "workflow"}


@pytest.fixture
def heard():
    """The objects of which Wagtail's signals told, by signal."""
    told = {"task": [], "workflow": []}

    def of_task(sender, instance, user, **_kwargs):
        told["task"].append((sender, instance.workflow_state.content_object.specific, user))

    def of_workflow(sender, instance, user, **_kwargs):
        told["workflow"].append((sender, instance.content_object.specific, user))

    task_submitted.connect(of_task)
    workflow_submitted.connect(of_workflow)
    yield told
    task_submitted.disconnect(of_task)
    workflow_submitted.disconnect(of_workflow)


def use(program, task):
    workflow = Workflow.objects.create(name="Our workflow")
    WorkflowTask.objects.create(workflow=workflow, task=task)
    WorkflowPage.objects.filter(page=program).update(workflow=workflow)


@pytest.mark.django_db
@pytest.mark.parametrize("task", ["review", "group approval"])
def test_draft_and_workflow_are_stored_as_by_wagtail_itself(program, heard, task):
    if task == "group approval":
        use(program, GroupApprovalTask.objects.create(name="Our way"))
    application = submitted(program)
    assert start_waiting_reviews(now=timezone.now()) == 1
    ours, theirs = now_of(application).affiliate, as_wagtail_does(program)
    assert facts(ours) == facts(theirs)
    assert ours.url_path == f"{program.url_path}{ours.slug}/"
    assert ours.path < theirs.path
    kinds = [type(page.current_workflow_task_state.specific) for page in (ours, theirs)]
    assert heard["task"] == [
        (kind, page, None) for kind, page in zip(kinds, (ours, theirs), strict=True)
    ]
    assert heard["workflow"] == [(WorkflowState, ours, None), (WorkflowState, theirs, None)]
    found = get_search_backend().search("Safer Schools", AffiliatePage)
    assert {page.pk for page in found} == {ours.pk, theirs.pk}
    assert Page.find_problems() == ([], [], [], [], [])


@pytest.mark.django_db
def test_reviewers_are_told_once_of_all_of_them(program):
    for number in range(3):
        submitted(program, name=f"Group {number}")
    OutgoingMail.objects.all().delete()
    assert start_waiting_reviews(now=timezone.now()) == 3
    assert OutgoingMail.objects.get().recipient == "rob@example.org"
    assert Deadline.objects.filter(kind="review", closed_at=None).count() == 3


def statements(program, count):
    for number in range(count):
        submitted(program, name=f"Group {number} of {count}")
    with CaptureQueriesContext(connection) as captured:
        assert start_waiting_reviews(now=timezone.now()) == count
    return len(captured)


@pytest.mark.django_db
def test_each_start_costs_two_statements_and_all_together_a_few_dozen(program):
    statements(program, 1)
    one, three = statements(program, 1), statements(program, 3)
    assert three - one <= 2 * 2
    assert one <= 56
    assert statements(program, 6) <= 6 * 12


@pytest.mark.django_db
def test_task_that_ran_out_of_time_wakes_the_next_one_for_the_rest(program, monkeypatch):
    woken = []
    monkeypatch.setattr(wakeup, "wake", woken.append)
    monkeypatch.setattr(starting, "BATCH", 2)
    for number in range(3):
        submitted(program, name=f"Group {number}")

    def time_passes(**_kwargs):
        monkeypatch.setattr(tasks, "BUSY_SECONDS", -1)

    record_moved.connect(time_passes, sender=Application)
    try:
        tasks.start_reviews()
    finally:
        record_moved.disconnect(time_passes, sender=Application)
    assert woken == [START_REVIEWS]
    assert Application.objects.filter(state="submitted").count() == 1
    monkeypatch.setattr(tasks, "BUSY_SECONDS", 20)
    tasks.start_reviews()
    assert not Application.objects.filter(state="submitted").exists()
    assert woken == [START_REVIEWS]


@pytest.mark.django_db
def test_task_that_started_nothing_wakes_none(program, monkeypatch):
    woken = []
    monkeypatch.setattr(wakeup, "wake", woken.append)
    monkeypatch.setattr(tasks, "BUSY_SECONDS", -1)
    submitted(program)
    tasks.start_reviews()
    assert woken == []
