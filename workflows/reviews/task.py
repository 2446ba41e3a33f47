"""What a review task does in Wagtail's editor: its lock, its forms, and how each action ends."""

from workflows.models import ReviewTask
from workflows.models.review import APPROVE, DECLINE, REQUEST_CHANGES
from workflows.reviews.forms import FORMS
from workflows.reviews.lock import ReviewLock
from workflows.reviews.services import approve_review, decline_review, request_changes


def equip() -> None:
    """Called once, when the app is ready: the table knows nothing of what stands above it."""
    ReviewTask.lock_class = ReviewLock
    ReviewTask.action_forms = FORMS
    ReviewTask.decisions = {
        APPROVE: approve_review,
        REQUEST_CHANGES: request_changes,
        DECLINE: decline_review,
    }
