"""The deadline of notices to staff about an affiliate."""

from typing import Any

from django.utils.translation import gettext_lazy

from affiliates.core.states import AffiliationState, NoticeKind
from affiliates.models import Notice
from affiliates.programs.deadlines import (
    affiliation_of,
    calendar_of_group,
    register_kind,
    waiting,
)
from workflows.core.ladders import Ladder, Step
from workflows.deadlines.policies import Waiting
from workflows.models import Deadline
from workflows.reviews.policy import ESCALATION, REVIEWERS

DAYS_TO_SEE = 2  # business days after the notice
DAYS_TO_ESCALATE = 5  # business days after it is due


def ladder(deadline: Deadline) -> Ladder:
    steps = (Step(0, "overdue", REVIEWERS), Step(DAYS_TO_ESCALATE, "escalate", ESCALATION))
    return Ladder(steps, calendar_of_group(deadline))


def waiting_of(deadline: Deadline) -> Waiting:
    notice: Any = deadline.subject
    title = f"{affiliation_of(deadline).name}: {notice.get_kind_display()}"
    return waiting(notice, title, notice.text)


NOTICE = register_kind(
    "notice",
    Notice,
    is_open=lambda notice: (
        notice.seen_at is None
        and (notice.affiliation.state != AffiliationState.ENDED or notice.kind == NoticeKind.LEFT)
    ),
    label=gettext_lazy("Notice about an affiliate"),
    ladder=ladder,
    waiting=waiting_of,
    holders=REVIEWERS,
    step_labels={
        "overdue": gettext_lazy("Not marked as done: staff told"),
        "escalate": gettext_lazy("Not marked as done: escalation group told"),
    },
)
