"""Where an update stands, for staff: worked out from its row alone."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from affiliates.core.states import UpdateKind
from affiliates.models import ContactUpdate

NOT_PUBLIC = "not_public"
IN_REVIEW = "in_review"
CHANGES_ASKED = "changes_asked"
STOPPED = "stopped"
DECLINED = "declined"
PUBLISHED = "published"
TAKEN_BACK = "taken_back"

LABELS = {
    IN_REVIEW: _("In review"),
    STOPPED: _("Review stopped"),
    CHANGES_ASKED: _("Group asked to change it"),
    PUBLISHED: _("Published"),
    DECLINED: _("Declined"),
    TAKEN_BACK: _("Unpublished"),
    NOT_PUBLIC: _("Not for the public"),
}

OPEN = frozenset({IN_REVIEW, CHANGES_ASKED, STOPPED})

_NEWS = Q(kind=UpdateKind.NEWS, may_publish=True) & ~Q(text="")
_UNDECIDED = _NEWS & Q(live=False, first_published_at=None, declined_at=None)

CONDITIONS = {
    NOT_PUBLIC: ~_NEWS,
    PUBLISHED: _NEWS & Q(live=True),
    TAKEN_BACK: _NEWS & Q(live=False, first_published_at__isnull=False),
    DECLINED: _NEWS & Q(live=False, first_published_at=None, declined_at__isnull=False),
    STOPPED: _UNDECIDED & Q(moderation_stopped_at__isnull=False),
    CHANGES_ASKED: _UNDECIDED & Q(moderation_stopped_at=None) & ~Q(asked_changes=""),
    IN_REVIEW: _UNDECIDED & Q(moderation_stopped_at=None, asked_changes=""),
}
"""The same for the database. Each update fits exactly one."""


def standing_of(update: ContactUpdate) -> str:
    if not update.is_for_the_public:
        return NOT_PUBLIC
    if update.live:
        return PUBLISHED
    if update.first_published_at:
        return TAKEN_BACK
    if update.declined_at:
        return DECLINED
    if update.moderation_stopped_at:
        return STOPPED
    return CHANGES_ASKED if update.asked_changes else IN_REVIEW


def label_of(update: ContactUpdate) -> str:
    return str(LABELS[standing_of(update)])


def is_open(update: ContactUpdate) -> bool:
    return standing_of(update) in OPEN
