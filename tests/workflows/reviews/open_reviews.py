"""Pages under review, with deadlines that a test sets."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from wagtail.models import Page, Site, Task, TaskState, Workflow, WorkflowTask

from tests.factories.users import GroupFactory
from workflows.core.calendars import Calendar
from workflows.core.ladders import Ladder, Step
from workflows.deadlines.policies import Policy
from workflows.deadlines.services import close_deadlines, open_deadlines
from workflows.models import Deadline, ReviewTask, ReviewTaskState
from workflows.reviews.policy import ESCALATE, OVERDUE, REMIND, REVIEW

UTC = Calendar("UTC", hour=9, business_days=False)


def load(deadlines):
    states = ReviewTaskState.objects.in_bulk([int(deadline.object_id) for deadline in deadlines])
    for deadline in deadlines:
        deadline.subject = states[int(deadline.object_id)]


POLICY = Policy(
    kind=REVIEW,
    label="Review",
    ladder=lambda deadline: Ladder(
        (Step(-2, REMIND, "all"), Step(0, OVERDUE, "all"), Step(2, ESCALATE, "all")), UTC
    ),
    still_owed=lambda deadline: deadline.subject.status == TaskState.STATUS_IN_PROGRESS,
    load=load,
)


@dataclass
class Reviews:
    """A workflow with one review, and what happens in it."""

    workflow: Workflow
    task: ReviewTask

    @classmethod
    def make(cls, *, group="Deciders"):
        task = ReviewTask.objects.create(name="Second look")
        task.groups.add(GroupFactory(name=group))
        workflow = Workflow.objects.create(name="Two pairs of eyes")
        WorkflowTask.objects.create(workflow=workflow, task=Task.objects.get(pk=task.pk))
        return cls(workflow, task)

    def start(self, title, *, due_in=3, taken_by=None, last_step="", ago=timedelta(0)):
        """A page's review, due in so many days (before today, if negative) at 9 in UTC."""
        root = Site.objects.get(is_default_site=True).root_page
        page = root.add_child(instance=Page(title=title, live=False))
        page.save_revision()
        workflow_state = self.workflow.start(page, None)
        state = workflow_state.current_task_state.specific
        self.set_deadline(state, due_in, last_step)
        ReviewTaskState.objects.filter(pk=state.pk).update(
            assigned_to=taken_by, started_at=timezone.now() - ago
        )
        type(workflow_state).objects.filter(pk=workflow_state.pk).update(
            created_at=timezone.now() - ago
        )
        state.refresh_from_db()
        return state

    def set_deadline(self, state, due_in, last_step):
        now = timezone.now()
        due_at = UTC.moment(UTC.day_of(now) + timedelta(days=due_in))
        open_deadlines(subject=state).delete()
        clock = Deadline(kind=REVIEW, opened_at=now, counted_from=now, due_at=due_at)
        clock.time_zone = UTC.time_zone
        clock.subject, clock.last_step = state, last_step
        clock.object_id = str(state.pk)
        clock.save()

    def approve(self, state, user, *, after):
        """Approve it as if ``after`` had passed since the workflow's start."""
        state.task.specific.on_action(state, user, "approve")
        close_deadlines(subject=state, outcome="approved", now=timezone.now())
        self._ended(state, after)

    def reject(self, state, user, *, after):
        state.task.specific.on_action(state, user, "reject", comment="Why?")
        self._ended(state, after)

    def decline(self, state, user, *, after):
        """Rejected for good: the workflow is cancelled, and the clock says why it stopped."""
        self.reject(state, user, after=after)
        state.workflow_state.refresh_from_db()
        state.workflow_state.cancel(user=user)
        Deadline.objects.filter(object_id=str(state.pk)).update(
            outcome="declined", closed_at=timezone.now(), next_step_at=None
        )

    def _ended(self, state, after):
        start = type(state.workflow_state).objects.get(pk=state.workflow_state_id).created_at
        TaskState.objects.filter(pk=state.pk).update(finished_at=start + after)
