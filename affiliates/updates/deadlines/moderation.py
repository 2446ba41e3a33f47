"""Promises about news that came in.

"moderation": we owe it a running review, or else staff are told that none runs. "changes": the
group was asked to change its words; if it does not, reviewers are told once to decide without.
"""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.core.states import AffiliationState
from affiliates.models import ContactUpdate
from affiliates.programs.deadlines import loader, policy_of, program_of, staff, waiting
from affiliates.programs.promised_days import calendar_of
from workflows.core.ladders import Ladder, Step
from workflows.deadlines.policies import Policy, Waiting
from workflows.models import Deadline
from workflows.reviews.policy import REVIEWERS, STEP_LABELS

MODERATION = "moderation"
CHANGES = "changes"

NOT_STARTED = "not_started"
NO_CHANGES = "no_changes"


def start_ladder(deadline: Deadline) -> Ladder:
    """The day after it came a review should run; from then on as the review itself."""
    policy = policy_of(deadline)
    first = Step(min(1, policy.remind_after) - policy.respond_within, NOT_STARTED, REVIEWERS)
    review = policy.ladder
    return Ladder((first, *review.steps), review.calendar, repeat_days=review.repeat_days)


def changes_ladder(deadline: Deadline) -> Ladder:
    calendar = calendar_of(program_of(deadline), business_days=False)
    return Ladder((Step(0, NO_CHANGES, REVIEWERS),), calendar)


def still_owed(deadline: Deadline) -> bool:
    """Whoever decides closes it, too; this is for what was lost on the way."""
    update: Any = deadline.subject
    return (
        update is not None
        and update.is_for_the_public
        and not update.live
        and update.declined_at is None
        and update.affiliation.state != AffiliationState.ENDED
    )


def start_waiting(deadline: Deadline) -> Waiting:
    update: Any = deadline.subject
    if update.moderation_stopped_at:
        note = _("Its review was stopped without a decision. Please start it again, or decline it.")
    else:
        note = _("Its review could not start. Please tell whoever looks after this website.")
    return waiting(update, str(update), note)


def changes_waiting(deadline: Deadline) -> Waiting:
    update: Any = deadline.subject
    note = _("The group was asked to change it, and has not. Please decide, or write to the group.")
    return waiting(update, str(update), note)


POLICIES = (
    Policy(
        kind=MODERATION,
        label=gettext_lazy("Start of a review of news"),
        ladder=start_ladder,
        still_owed=still_owed,
        staff=staff,
        waiting=start_waiting,
        holders=REVIEWERS,
        load=loader(ContactUpdate),
        step_labels={
            NOT_STARTED: gettext_lazy("No review was running: reviewers told"),
            **STEP_LABELS,
        },
    ),
    Policy(
        kind=CHANGES,
        label=gettext_lazy("Changes of news by the group"),
        ladder=changes_ladder,
        still_owed=still_owed,
        staff=staff,
        waiting=changes_waiting,
        load=loader(ContactUpdate),
        step_labels={NO_CHANGES: gettext_lazy("The group changed nothing: reviewers told")},
    ),
)
