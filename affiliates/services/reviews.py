"""Starting, stopping and starting again the review of an application."""

from datetime import datetime
from typing import TYPE_CHECKING

from affiliates.models import AffiliatePage, Application

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def start_review(*, application: Application, now: datetime) -> AffiliatePage:
    """Make the draft page of a submitted application and start its workflow.

    Raises TransitionNotAllowed, NoReviewWorkflow.
    """
    raise NotImplementedError


def start_waiting_reviews(*, now: datetime) -> int:
    """Start the review of every application that waits for it; return how many were started."""
    raise NotImplementedError


def restart_review(*, application: Application, user: "User", now: datetime) -> AffiliatePage:
    """Start a review again that somebody had stopped. Raises TransitionNotAllowed."""
    raise NotImplementedError


def stop_review(*, application: Application, user: "User | None", now: datetime) -> None:
    """Note that a review was ended without a decision. Raises TransitionNotAllowed."""
    raise NotImplementedError
