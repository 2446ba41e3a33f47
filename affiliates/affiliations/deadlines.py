"""What staff have to hear of about an affiliate, until somebody ticks it off."""

from typing import Any

from django.utils.translation import gettext_lazy

from affiliates.core.states import AffiliationState
from affiliates.models import Notice
from affiliates.programs.deadlines import affiliation_of, loader, program_of, staff, waiting
from affiliates.programs.promised_days import calendar_of
from workflows.core.ladders import Ladder, Step
from workflows.deadlines.policies import Policy, Waiting
from workflows.models import Deadline
from workflows.reviews.policy import ESCALATION, REVIEWERS

NOTICE = "notice"

DAYS_TO_SEE = 2
DAYS_TO_ESCALATE = 5
"""Business days after it is due."""


def ladder(deadline: Deadline) -> Ladder:
    steps = (Step(0, "overdue", REVIEWERS), Step(DAYS_TO_ESCALATE, "escalate", ESCALATION))
    return Ladder(steps, calendar_of(program_of(deadline)))


def still_owed(deadline: Deadline) -> bool:
    notice: Any = deadline.subject
    return (
        notice is not None
        and notice.seen_at is None
        and notice.affiliation.state != AffiliationState.ENDED
    )


def waiting_of(deadline: Deadline) -> Waiting:
    notice: Any = deadline.subject
    title = f"{affiliation_of(deadline).name}: {notice.get_kind_display()}"
    return waiting(notice, title, notice.text)


POLICY = Policy(
    kind=NOTICE,
    label=gettext_lazy("Notice about an affiliate"),
    ladder=ladder,
    still_owed=still_owed,
    staff=staff,
    waiting=waiting_of,
    holders=REVIEWERS,
    load=loader(Notice),
    step_labels={
        "overdue": gettext_lazy("Nobody has ticked it off: staff told"),
        "escalate": gettext_lazy("Nobody has ticked it off: escalation group told"),
    },
)
