"""Which promise is due when, and who is told if it is not kept: a file for each matter."""

from affiliates.deadlines import applications, moderation, notices, support, updates
from affiliates.deadlines.applications import (
    GROUP,
    GROUP_ANSWER,
    NO_ANSWER,
    REMIND_GROUP,
    REVIEW_START,
)
from affiliates.deadlines.moderation import CHANGES, MODERATION
from affiliates.deadlines.notices import NOTICE
from affiliates.deadlines.support import SUPPORT
from affiliates.deadlines.updates import UPDATE

POLICIES = (
    *applications.POLICIES,
    *moderation.POLICIES,
    updates.POLICY,
    support.POLICY,
    notices.POLICY,
)

__all__ = [
    "CHANGES",
    "GROUP",
    "GROUP_ANSWER",
    "MODERATION",
    "NOTICE",
    "NO_ANSWER",
    "POLICIES",
    "REMIND_GROUP",
    "REVIEW_START",
    "SUPPORT",
    "UPDATE",
]
