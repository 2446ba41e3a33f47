"""What reviewers read beside the field in which they ask a group, or say why they decline."""

from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from affiliates.models import Application
from affiliates.states import OPEN

if TYPE_CHECKING:
    from affiliates.models import AffiliatePage

HINTS: dict[str, Promise] = {
    "reject": _(
        "The group gets your words by mail, with a link to answer. Your review stands still until"
        " the answer is there."
    ),
    "decline": _(
        "The group gets your words by mail, as the reason. The draft page is deleted; the"
        " application stays on record."
    ),
}
"""By Wagtail's name of the action; "reject" is to request changes."""


def hint_for(page: "AffiliatePage", action: str) -> str:
    """The sentence for this action; none if nobody applies with this page any more."""
    applies = Application.objects.filter(affiliate=page.pk, state__in=OPEN).exists()
    return str(HINTS.get(action, "")) if applies else ""
