"""Applications under review, and what reviewers do there: as Wagtail's editor does it."""

from django.utils import timezone
from wagtail.models import GroupPagePermission

from affiliates.applications.services.starting import start_review
from affiliates.models import Application
from affiliates.programs.services import ensure_review_workflow
from tests.factories.applications import submitted
from tests.factories.users import GroupFactory, UserFactory
from workflows.core.exceptions import ReviewOver


def with_reviewers(program, **changes):
    """The program with people: a reviewer, the escalation group's member and a director."""
    program.review_group = GroupFactory(name="Reviewers")
    program.escalation_group = GroupFactory(name="Leaders")
    program.director = UserFactory(username="director", first_name="Dee", last_name="Rector")
    for name, value in changes.items():
        setattr(program, name, value)
    program.save()
    may_publish(program.review_group, program)
    reviewer(program, username="rob")
    UserFactory(username="lea", groups=["Leaders"])
    ensure_review_workflow(program=program)
    return program


def may_publish(group, page):
    """Wagtail publishes in the name of whoever approves, so reviewers have to be allowed to."""
    GroupPagePermission.objects.create(group=group, page=page, permission_type="publish")


def reviewer(program, **fields):
    """A person who may log in to Wagtail and is in the program's group, with no other right."""
    return UserFactory(
        groups=[program.review_group.name], permissions=["wagtailadmin.access_admin"], **fields
    )


def under_review(program, *, now=None, **changes):
    """An application that was sent, and whose review a worker has started."""
    application = submitted(program, now=now, **changes)
    start_review(application=application, now=now or timezone.now())
    return application


def now_of(application):
    """The application as it is in the database."""
    return Application.objects.select_related("affiliate", "program").get(pk=application.pk)


def act(application, user, action, comment=""):
    """Press one of the buttons that Wagtail's editor shows to a reviewer.

    Raises ReviewOver if it shows none any more.
    """
    page = now_of(application).affiliate
    state = page.current_workflow_task_state if page else None
    if state is None:
        raise ReviewOver
    state.task.specific.on_action(state, user, action, comment=comment)


def approve(application, user):
    act(application, user, "approve")


def request_changes(application, user, question="How many members do you have?"):
    act(application, user, "reject", question)


def decline(application, user, reason="There is a group in your town already."):
    act(application, user, "decline", reason)
