"""The review workflow of a program: assigned by editors, or created by us."""

from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Workflow, WorkflowPage, WorkflowTask

from affiliates.models import AffiliateProgramPage, ProgramReview
from workflows.core.people import members, recipients
from workflows.models import ReviewTask

NAME_LENGTH = 255


def ensure_review_workflow(*, program: AffiliateProgramPage) -> AffiliateProgramPage:
    """Gives the program a workflow with a ReviewTask, unless editors assigned one. Returns it as it
    is, locked until the transaction ends.

    An inherited workflow with a ReviewTask is kept. Otherwise creates a ProgramReview with its
    task, workflow and assignment; the task follows the program's reviewers and days.
    """
    with transaction.atomic():
        # Prevents concurrent workers from creating two.
        program = AffiliateProgramPage.objects.select_for_update(no_key=True).get(pk=program.pk)
        own = ProgramReview.objects.select_related("task").filter(program=program).first()
        if own:
            _follow(own.task, program)
        if not _has_its_workflow(program, own):
            own = own or _new_review(program)
            _assign(own.task, program)
    return program


def review_warnings(program: AffiliateProgramPage) -> list[str]:
    return [*_workflow_warnings(program), *_reviewer_warnings(program), *_last_warnings(program)]


def _has_its_workflow(program: AffiliateProgramPage, own: ProgramReview | None) -> bool:
    pages = WorkflowPage.objects.select_related("workflow")
    assigned = pages.filter(page=program, workflow__active=True).first()
    if assigned:
        is_ours = own is not None and _has_task(assigned.workflow, own.task)
        return not is_ours or _has_review_task(assigned.workflow)
    inherited = program.get_workflow()
    return inherited is not None and _has_review_task(inherited)


def _has_task(workflow: Workflow, task: ReviewTask) -> bool:
    return workflow.workflow_tasks.filter(task=task).exists()


def _has_review_task(workflow: Workflow) -> bool:
    return ReviewTask.objects.filter(workflow_tasks__workflow=workflow, active=True).exists()


def _new_review(program: AffiliateProgramPage) -> ProgramReview:
    task = ReviewTask.objects.create(name=_name(program))
    _follow(task, program)
    return ProgramReview.objects.create(program=program, task=task)


def _follow(task: ReviewTask, program: AffiliateProgramPage) -> None:
    """Copies the program's policy to the task, where admins see it. Saving it moves the clocks of
    all running reviews, so it is saved only if something changed.
    """
    policy = {
        "respond_within_days": program.review_days,
        "remind_after_days": program.review_reminder_days,
        "escalate_after_days": program.review_escalation_days,
        "escalate_again_after_days": program.review_second_escalation_days,
        "time_zone": program.time_zone,
        "sending_hour": program.sending_hour,
    }
    if any(getattr(task, name) != value for name, value in policy.items()):
        for name, value in policy.items():
            setattr(task, name, value)
        task.save()
    task.groups.set(filter(None, [program.review_group_id]))
    task.escalation_groups.set(filter(None, [program.escalation_group_id]))


def _assign(task: ReviewTask, program: AffiliateProgramPage) -> None:
    """Also reactivates a disabled task or workflow, which applications need for review."""
    ReviewTask.objects.filter(pk=task.pk).update(active=True)
    workflow = Workflow.objects.filter(workflow_tasks__task=task).first()
    if workflow is None:
        workflow = Workflow.objects.create(name=_name(program))
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    Workflow.objects.filter(pk=workflow.pk).update(active=True)
    WorkflowPage.objects.update_or_create(page=program, defaults={"workflow": workflow})


def _name(program: AffiliateProgramPage) -> str:
    return (_("Reviews: %(program)s") % {"program": program.title})[:NAME_LENGTH]


def _workflow_warnings(program: AffiliateProgramPage) -> Iterator[str]:
    workflow = program.get_workflow()
    if workflow is None:
        if program.live:
            yield _("Reviews cannot start: Wagtail’s workflows are switched off on this site.")
        return
    is_assigned = WorkflowPage.objects.filter(page=program, workflow=workflow).exists()
    if not is_assigned or _has_review_task(workflow):
        return
    names = {"workflow": workflow.name}
    if not workflow.tasks.filter(active=True).exists():
        yield _("Reviews cannot start: the workflow “%(workflow)s” has no task.") % names
        return
    text = _(
        "The workflow “%(workflow)s” has no task of the type “review with a deadline”. Nobody is"
        " reminded of its reviews."
    )
    yield text % names


def _reviewer_warnings(program: AffiliateProgramPage) -> Iterator[str]:
    group = program.review_group
    if group is None:
        yield _("No reviewers are chosen. Only administrators can decide about applications.")
        return
    people, names = list(members([group])), {"group": group.name}
    if not people:
        text = _("Nobody is in the group “%(group)s”. Only administrators can decide.")
        yield text % names
        return
    if not recipients(people):
        yield _("Nobody in the group “%(group)s” has an email address.") % names
    if not any(person.has_perm("wagtailadmin.access_admin") for person in people):
        yield _("Nobody in the group “%(group)s” may log in to Wagtail.") % names
    if not any(program.permissions_for_user(person).can_publish_subpage() for person in people):
        text = _(
            "Nobody in the group “%(group)s” may publish pages below this one, so nobody can"
            " approve. Allow it in Settings, Groups."
        )
        yield text % names


def _last_warnings(program: AffiliateProgramPage) -> Iterator[str]:
    escalation = program.escalation_group
    has_escalation = escalation is not None and bool(recipients(members([escalation])))
    has_director = program.director is not None and bool(recipients([program.director]))
    if not (has_escalation or has_director):
        yield _(
            "Nobody is in an escalation group, and there is no director who can be told. Only the"
            " reviewers hear of late reviews."
        )
    elif not has_escalation:
        yield _("Nobody is in an escalation group. The director hears of late reviews instead.")
    elif not has_director:
        yield _(
            "There is no director with an active account and an email address. When nothing else"
            " has helped, the escalation group is told again."
        )
