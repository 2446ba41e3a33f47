"""What a page type or snippet model knows better than the task that reviews it.

Registered once for each model, as Wagtail's permission policies are::

    register_reviewed_model(Notice, NoticeReviews())
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model


class ReviewedModel:
    """The defaults: the task decides everything. Override what your model knows better.

    ``reviewed`` is the object under review; a page is of its own type.
    """

    def get_policy(self, reviewed: Any, task: Any) -> Any:
        """The ``workflows.reviews.policy.ReviewPolicy`` that counts; None for the task's own."""
        return None

    def load(self, reviewed: Sequence[Any]) -> None:
        """Fetch at once what ``get_policy`` will ask of each of the objects."""

    def may_review(self, reviewed: Any, user: Any) -> bool:
        """Whether the person may decide, besides the task's groups and superusers."""
        return False

    def get_hint(self, reviewed: Any, action: str) -> str:
        """What becomes of the words that a reviewer writes: a sentence beside the field, or "".

        ``action`` is "approve", "reject" (which requests changes) or "decline".
        """
        return ""


_registered: dict[type[Model], ReviewedModel] = {}
_DEFAULT = ReviewedModel()


def register_reviewed_model(model: type[Model], knows: ReviewedModel) -> None:
    """Ask ``knows`` about objects of this model. Registering a model again replaces it."""
    _registered[model] = knows


def is_reviewed_model(model: type[Model]) -> bool:
    return model in _registered


def reviewed_model_of(model: type[Model]) -> ReviewedModel:
    return _registered.get(model, _DEFAULT)
