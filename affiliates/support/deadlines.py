"""The deadline "support": we owe an answer to an affiliate that asked for help."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.utils import get_user_display_name

from affiliates.core.states import SupportState
from affiliates.models import AffiliateProgramPage, SupportRequest
from affiliates.programs.deadlines import (
    affiliation_of,
    loader,
    policy_of,
    program_of,
    staff_of_affiliate,
    waiting,
)
from workflows.core.ladders import Ladder
from workflows.core.people import Recipient, recipients
from workflows.deadlines import policies
from workflows.deadlines.policies import Policy, Waiting
from workflows.models import Deadline
from workflows.reviews.policy import REVIEWERS, ReviewPolicy


def support_policy(program: AffiliateProgramPage, policy: ReviewPolicy) -> ReviewPolicy:
    """Shift the steps of a review to the day on which help is due."""
    shift = program.support_days - policy.respond_within
    return replace(
        policy,
        respond_within=program.support_days,
        remind_after=max(policy.remind_after + shift, 0),
        escalate_after=policy.escalate_after + shift,
        escalate_again_after=policy.escalate_again_after + shift,
    )


def ladder(deadline: Deadline) -> Ladder:
    return support_policy(program_of(deadline), policy_of(deadline)).ladder


def staff_of(deadline: Deadline, audience: str) -> list[Recipient]:
    """Remind the assignee, or else the owner, or else everyone who looks after affiliates."""
    call: Any = deadline.subject
    holder = recipients([call.assigned_to]) if call.assigned_to else []
    if audience == REVIEWERS and holder:
        return holder
    return list(staff_of_affiliate(deadline, audience))


def waiting_of(deadline: Deadline) -> Waiting:
    call: Any = deadline.subject
    title = gettext("%(group)s needs help") % {"group": affiliation_of(deadline).name}
    note = ""
    if call.assigned_to:
        note = gettext("Assigned to %(name)s.") % {"name": get_user_display_name(call.assigned_to)}
    return waiting(call, title, note)


SUPPORT = policies.register(
    Policy(
        kind="support",
        label=_("Answer to a call for help"),
        ladder=ladder,
        still_owed=lambda deadline: (
            deadline.subject is not None and deadline.subject.state == SupportState.OPEN
        ),
        staff=staff_of,
        waiting=waiting_of,
        holders=REVIEWERS,
        load=loader(SupportRequest, "assigned_to__wagtail_userprofile"),
        step_labels={
            "remind": _("Staff reminded of a call for help"),
            "overdue": _("Help is overdue: staff told"),
            "escalate": _("Help is late: escalation group told"),
            "escalate_again": _("Help is very late: last resort told"),
        },
    )
)
