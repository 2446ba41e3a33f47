"""Wagtail's own notices of what a ReviewTask tells people itself: they are not sent as well.

Of a new task Wagtail tells its group only if the task's state is a plain ``TaskState``, so about
reviews it says nothing. Of a new workflow it tells all superusers; that is left out here if the
workflow begins with a review. Wagtail's answers to whoever submitted it stay: "approved", and
"changes requested" with the reviewer's words.
"""

from typing import Any

from wagtail.admin.mail import WorkflowStateSubmissionEmailNotifier

from workflows.models import ReviewTaskState

SUBMITTED_UID = "workflow_state_submitted_email_notification"


class QuietSubmissionNotifier(WorkflowStateSubmissionEmailNotifier):
    def can_handle(self, instance: Any, **kwargs: Any) -> bool:
        return super().can_handle(instance, **kwargs) and not _begins_with_review(instance)


def _begins_with_review(workflow_state: Any) -> bool:
    first = workflow_state.current_task_state
    return first is not None and first.specific_class is ReviewTaskState


quiet_submission_notifier = QuietSubmissionNotifier()
