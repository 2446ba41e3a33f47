"""The status that staff see, computed from the update's row alone."""

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from affiliates.core.states import UpdateKind
from affiliates.models import ContactUpdate


class Status(TextChoices):
    IN_REVIEW = "in_review", _("In review")
    STOPPED = "stopped", _("Review stopped")
    CHANGES_ASKED = "changes_asked", _("Group asked to change it")
    PUBLISHED = "published", _("Published")
    DECLINED = "declined", _("Declined")
    TAKEN_BACK = "taken_back", _("Unpublished")
    NOT_PUBLIC = "not_public", _("Not for the public")


_NEWS = Q(kind=UpdateKind.NEWS, may_publish=True) & ~Q(text="")
_UNDECIDED = _NEWS & Q(live=False, first_published_at=None, declined_at=None)

CONDITIONS: dict[str, Q] = {
    Status.NOT_PUBLIC: ~_NEWS,
    Status.PUBLISHED: _NEWS & Q(live=True),
    Status.TAKEN_BACK: _NEWS & Q(live=False, first_published_at__isnull=False),
    Status.DECLINED: _NEWS & Q(live=False, first_published_at=None, declined_at__isnull=False),
    Status.STOPPED: _UNDECIDED & Q(moderation_stopped_at__isnull=False),
    Status.CHANGES_ASKED: _UNDECIDED & Q(moderation_stopped_at=None) & ~Q(asked_changes=""),
    Status.IN_REVIEW: _UNDECIDED & Q(moderation_stopped_at=None, asked_changes=""),
}
"""The same as ``standing_of`` for queries. Each update matches exactly one."""


def standing_of(update: ContactUpdate) -> Status:
    if not update.is_for_the_public:
        return Status.NOT_PUBLIC
    if update.live:
        return Status.PUBLISHED
    if update.first_published_at:
        return Status.TAKEN_BACK
    if update.declined_at:
        return Status.DECLINED
    if update.moderation_stopped_at:
        return Status.STOPPED
    return Status.CHANGES_ASKED if update.asked_changes else Status.IN_REVIEW


def label_of(update: ContactUpdate) -> str:
    return str(standing_of(update).label)


def is_open(update: ContactUpdate) -> bool:
    return standing_of(update) in (Status.IN_REVIEW, Status.CHANGES_ASKED, Status.STOPPED)
