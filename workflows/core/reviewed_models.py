"""Registry of models that override parts of their review task."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model


class ReviewedModel:
    """Override for a page type or snippet model what it decides itself. ``reviewed`` is the object
    under review; a page is specific.
    """

    def get_policy(self, reviewed: Any, task: Any) -> Any:
        """Return a ``workflows.reviews.policy.ReviewPolicy``, or None for the task's own."""
        return None

    def load(self, reviewed: Sequence[Any]) -> None:
        """Fetch in bulk what ``get_policy`` needs."""

    def may_review(self, reviewed: Any, user: Any) -> bool:
        """Whether the user may decide, besides the task's groups and superusers."""
        return False

    def get_hint(self, reviewed: Any, action: str) -> str:
        """Explain in a sentence beside the comment field how the comment is used, or return "".
        ``action`` is "approve", "reject" (which requests changes) or "decline".
        """
        return ""


_registered: dict[type[Model], ReviewedModel] = {}
_DEFAULT = ReviewedModel()


def register_reviewed_model(model: type[Model], knows: ReviewedModel) -> None:
    """Register once per model, as in ``register_reviewed_model(Notice, NoticeReviews())``."""
    _registered[model] = knows


def is_reviewed_model(model: type[Model]) -> bool:
    return model in _registered


def reviewed_model_of(model: type[Model]) -> ReviewedModel:
    return _registered.get(model, _DEFAULT)
