"""What Wagtail's editor says above a page or snippet that is under review."""

from typing import TYPE_CHECKING

from wagtail.locks import WorkflowLock

from workflows.reviews.notes import note_for

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class ReviewLock(WorkflowLock):
    """Wagtail's lock, which is open to reviewers: they read when it is due, and who has it."""

    def get_message(self, user: "User") -> str:
        state = self.object.current_workflow_task_state
        if state is None or self.for_user(user):
            return super().get_message(user)
        return note_for(state, user)
