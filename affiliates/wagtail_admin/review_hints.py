"""What reviewers read beside the field in which they ask a group, or say why they decline."""

from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from affiliates.models import Application, ProfileChange
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

UPDATE_HINTS: dict[str, Promise] = {
    "approve": _("The update becomes public at once. The group gets a mail with the link to it."),
    "reject": _(
        "The group gets your words by mail, with a link to change its update. When it has, the"
        " review goes on."
    ),
    "decline": _(
        "The group gets your words by mail, as the reason. The update stays on record and is never"
        " published."
    ),
}
"""The same for an update of an affiliate."""


CHANGE_HINTS: dict[str, Promise] = {
    "reject": _(
        "The group’s contact gets your words by mail, with a link to change the proposal. Your"
        " review stands still until then."
    ),
    "decline": _(
        "The group’s contact gets your words by mail, as the reason. The page stays as it is"
        " public, and the draft goes back to that."
    ),
}
"""The same for a change that the group of a public page proposed."""


def hint_for(page: "AffiliatePage", action: str) -> str:
    """The sentence for this action; none if nobody applies with this page or proposed a change."""
    if Application.objects.filter(affiliate=page.pk, state__in=OPEN).exists():
        return str(HINTS.get(action, ""))
    changes = ProfileChange.objects.filter(accepted_at=None, declined_at=None)
    proposed = changes.filter(affiliation__page=page.pk, revision__isnull=False).exists()
    return str(CHANGE_HINTS.get(action, "")) if proposed else ""
