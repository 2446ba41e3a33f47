"""Asking a group for information, and what comes of it."""

from datetime import datetime
from typing import TYPE_CHECKING

from affiliates.models import Application, InformationRequest

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def request_information(
    *, application: Application, question: str, user: "User | None", now: datetime
) -> InformationRequest:
    """Ask the group. Raises TransitionNotAllowed."""
    raise NotImplementedError


def answer_request(*, application: Application, answer: str, now: datetime) -> InformationRequest:
    """Take the group's answer and let its review go on.

    Raises QuestionClosed (a TransitionNotAllowed) if nothing is asked any more.
    """
    raise NotImplementedError


def go_on(*, application: Application, user: "User | None", now: datetime) -> None:
    """Note that a review goes on without the group's answer. Raises TransitionNotAllowed."""
    raise NotImplementedError
