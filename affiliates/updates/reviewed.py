"""How reviews of updates differ from other reviews."""

from collections.abc import Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from affiliates.audit.permissions import is_told_of_late_reviews
from affiliates.models import ContactUpdate
from affiliates.programs.review_policies import load_updates_for_reviews, update_review_policy
from workflows.core.reviewed_models import ReviewedModel
from workflows.models import ReviewTask
from workflows.reviews.policy import ReviewPolicy

HINTS: dict[str, Promise] = {
    "approve": _("The update becomes public at once. The group gets an email with the link to it."),
    "reject": _(
        "The group gets your words by email, with a link to change its update. Once it has, the"
        " review goes on."
    ),
    "decline": _(
        "The group gets your words by email, as the reason. The update stays on record and is never"
        " published."
    ),
}
"""By Wagtail's action name; "reject" requests changes."""


class UpdateReviews(ReviewedModel):
    def get_policy(self, reviewed: ContactUpdate, task: ReviewTask) -> ReviewPolicy:
        return update_review_policy(reviewed, task)

    def load(self, reviewed: Sequence[ContactUpdate]) -> None:
        load_updates_for_reviews(reviewed)

    def may_review(self, reviewed: ContactUpdate, user: Any) -> bool:
        """Everyone who is told of late reviews may decide them."""
        return is_told_of_late_reviews(user, reviewed.affiliation.program)

    def get_hint(self, reviewed: ContactUpdate, action: str) -> str:
        return str(HINTS.get(action, ""))
