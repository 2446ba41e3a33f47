"""Review settings of affiliate pages, which override those of the task."""

from collections.abc import Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from affiliates.audit.permissions import is_told_of_late_reviews
from affiliates.core.states import OPEN
from affiliates.models import AffiliatePage, Application, ProfileChange
from affiliates.programs.review_policies import affiliate_review_policy, load_for_reviews
from workflows.core.reviewed_models import ReviewedModel
from workflows.models import ReviewTask
from workflows.reviews.policy import ReviewPolicy

HINTS: dict[str, Promise] = {
    "reject": _(
        "The group gets your words by email, with a link to answer. Your review is on hold until"
        " the answer arrives."
    ),
    "decline": _(
        "The group gets your words by email, as the reason. The draft page is deleted; the"
        " application stays on record."
    ),
}
"""By Wagtail's name of the action; "reject" requests changes."""

CHANGE_HINTS: dict[str, Promise] = {
    "reject": _(
        "The group’s contact gets your words by email, with a link to change the proposal. Your"
        " review is on hold until then."
    ),
    "decline": _(
        "The group’s contact gets your words by email, as the reason. The public page stays as it"
        " is, and the draft goes back to it."
    ),
}


class AffiliateReviews(ReviewedModel):
    def get_policy(self, reviewed: AffiliatePage, task: ReviewTask) -> ReviewPolicy:
        return affiliate_review_policy(reviewed, task)

    def load(self, reviewed: Sequence[AffiliatePage]) -> None:
        load_for_reviews(reviewed)

    def may_review(self, reviewed: AffiliatePage, user: Any) -> bool:
        return is_told_of_late_reviews(user, reviewed.get_parent().specific)

    def get_hint(self, reviewed: AffiliatePage, action: str) -> str:
        """Empty if the page is under review for neither an application nor a proposed change."""
        if Application.objects.filter(affiliate=reviewed.pk, state__in=OPEN).exists():
            return str(HINTS.get(action, ""))
        changes = ProfileChange.objects.filter(accepted_at=None, declined_at=None)
        proposed = changes.filter(affiliation__page=reviewed.pk, revision__isnull=False).exists()
        return str(CHANGE_HINTS.get(action, "")) if proposed else ""
