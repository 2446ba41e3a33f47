"""Notices and pages that go through a workflow of reviews, and the people who decide."""

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from wagtail.models import (
    GroupApprovalTask,
    GroupPagePermission,
    Page,
    Site,
    Task,
    Workflow,
    WorkflowContentType,
    WorkflowPage,
    WorkflowTask,
)

from tests.factories.users import UserFactory
from tests.notices.models import Notice
from workflows.models import ReviewTask


def person(username, *groups, **fields):
    """Somebody who may log in to Wagtail, and is in these groups; the groups are made if needed."""
    for name in groups:
        Group.objects.get_or_create(name=name)
    return UserFactory(
        username=username,
        first_name=username.title(),
        last_name="Lee",
        groups=groups,
        permissions=["wagtailadmin.access_admin"],
        **fields,
    )


def review_task(name="Check the facts", *, groups=("Checkers",), escalation=(), **numbers):
    task = ReviewTask.objects.create(name=name, **numbers)
    for relation, names in ((task.groups, groups), (task.escalation_groups, escalation)):
        for group in names:
            relation.add(Group.objects.get_or_create(name=group)[0])
    return task


def group_task(name="Second look", *, group="Chiefs"):
    task = GroupApprovalTask.objects.create(name=name)
    task.groups.add(Group.objects.get_or_create(name=group)[0])
    return task


def may_publish(name):
    """Wagtail publishes in the name of whoever approves the last task."""
    group, _ = Group.objects.get_or_create(name=name)
    group.permissions.add(Permission.objects.get(codename="publish_notice"))
    root = Site.objects.get(is_default_site=True).root_page
    GroupPagePermission.objects.create(group=group, page=root, permission_type="publish")


def workflow_of(*tasks):
    """The workflow of all notices, and of all pages, with these tasks in a row."""
    workflow = Workflow.objects.create(name="Two pairs of eyes")
    for number, task in enumerate(tasks):
        base = Task.objects.get(pk=task.pk)
        WorkflowTask.objects.create(workflow=workflow, task=base, sort_order=number)
    WorkflowContentType.objects.create(
        workflow=workflow, content_type=ContentType.objects.get_for_model(Notice)
    )
    root = Site.objects.get(is_default_site=True).root_page
    WorkflowPage.objects.create(workflow=workflow, page=root)
    return workflow


def notice(title="Summer meeting"):
    thing = Notice.objects.create(title=title, live=False)
    thing.save_revision()
    return thing


def page(title="Summer meeting"):
    root = Site.objects.get(is_default_site=True).root_page
    thing = root.add_child(instance=Page(title=title, live=False))
    thing.save_revision()
    return thing


def submit(thing, user=None):
    """Start the workflow; return the review that waits first."""
    thing.get_workflow().start(thing, user)
    return review_of(thing)


def fresh(thing):
    return type(thing).objects.get(pk=thing.pk)


def review_of(thing):
    return fresh(thing).current_workflow_task_state


def act(thing, user, action, comment=""):
    """What Wagtail's views do when a reviewer has pressed one of the buttons."""
    state = review_of(thing)
    return state.task.specific.on_action(state, user, action, comment=comment)
