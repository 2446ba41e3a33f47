"""Preview what an unsaved policy would do, for open deadlines and for examples."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.applications.deadlines import GROUP, GROUP_ANSWER
from affiliates.audit.permissions import may_see, may_see_affiliation
from affiliates.core.periods import period_of
from affiliates.models import AffiliateProgramPage, Affiliation, Application, UpdateRequest
from affiliates.policies.services import (
    affiliate_subjects_of,
    follow_policy,
    follow_update_policy,
    subjects_of,
)
from affiliates.programs.days_off import calendar_of
from affiliates.programs.group_ladder import CONTACT, CONTACTS
from affiliates.programs.promised_days import review_due_date, today_at
from affiliates.programs.review_policies import program_review_policy
from affiliates.updates.deadlines import UPDATE
from workflows.core.ladders import Ladder
from workflows.core.people import Recipient
from workflows.deadlines.forecast import ExpectedStep, expected_steps
from workflows.deadlines.policies import get_policy
from workflows.models import Deadline
from workflows.reviews.policy import REVIEW

OUTSIDE = {
    GROUP: gettext_lazy("The group"),
    CONTACT: gettext_lazy("The contact"),
    CONTACTS: gettext_lazy("Both contacts"),
}
"""Labels of audiences other than staff in an example."""


def look_ahead(
    *,
    program: AffiliateProgramPage,
    values: Mapping[str, Any],
    user: User,
    since: datetime,
    until: datetime,
) -> list[ExpectedStep]:
    """The steps of the program's open deadlines, as far as ``user`` may see what they are about, if
    its fields had these ``values``. Saves, looks and rolls back in one transaction, so it has no
    effects.
    """
    with transaction.atomic():
        changed = AffiliateProgramPage.objects.filter(pk=program.pk)
        changed.update(**values)
        follow_policy(program=changed.get())
        follow_update_policy(program=changed.get(), now=since)
        steps = expected_steps(since=since, until=until, deadlines=_open_deadlines(program, user))
        transaction.set_rollback(True)
    return steps


def example_application(program: AffiliateProgramPage, *, now: datetime) -> list[ExpectedStep]:
    """Steps for an undecided application sent ``now``: its ladder and the first repetition. The
    program may be unsaved.
    """
    due_on = review_due_date(now, program)
    policy = program_review_policy(program, due_on=due_on)
    deadline = Deadline(kind=REVIEW, due_at=policy.calendar.moment(due_on))
    thing = _("An application sent today")
    return _example(deadline, thing, program, ladder=policy.ladder, now=now)


def example_question(program: AffiliateProgramPage, *, now: datetime) -> list[ExpectedStep]:
    """Steps for a question asked ``now`` that the group does not answer."""
    calendar = calendar_of(program, business_days=False)
    deadline = Deadline(kind=GROUP_ANSWER, due_at=calendar.after(now, program.answer_days))
    deadline.subject = Application(program=program)
    return _example(deadline, _("A question asked today"), program, now=now)


def example_update(program: AffiliateProgramPage, *, now: datetime) -> list[ExpectedStep]:
    """Steps for the next requested update that an affiliate does not send."""
    # The first period whose request day is still ahead.
    ahead = today_at(program, now) + timedelta(days=program.update_ask_days + 1)
    period = period_of(ahead, program.update_interval_months)
    calendar = calendar_of(program, business_days=False)
    deadline = Deadline(kind=UPDATE, due_at=calendar.moment(period.end))
    deadline.subject = UpdateRequest(affiliation=Affiliation(program=program))
    thing = _("Update for %(period)s") % {"period": period.label}
    return _example(deadline, thing, program, now=now)


def _example(
    deadline: Deadline,
    thing: str,
    program: AffiliateProgramPage,
    *,
    ladder: Ladder | None = None,
    now: datetime,
) -> list[ExpectedStep]:
    kind, staff = get_policy(deadline.kind), program_review_policy(program)
    ladder = ladder or kind.ladder(deadline)
    coming = ladder.timetable(deadline.due_at, after=now)
    steps = []
    for scheduled in islice(coming, len(ladder.steps) + 1):
        step, outside = scheduled.step, OUTSIDE.get(scheduled.step.audience)
        people = [Recipient("", str(outside))] if outside else staff.audience(step.audience)
        steps.append(
            ExpectedStep(
                at=scheduled.at,
                label=kind.step_label(step.name),
                step=step.name,
                thing=thing,
                url="",
                people=tuple(people),
                mail="",
            )
        )
    return steps


def _open_deadlines(program: AffiliateProgramPage, user: User) -> QuerySet[Deadline]:
    of_any_kind = Q(pk=None)
    sees_applications = may_see(user, Application(program=program))
    sees_affiliates = may_see_affiliation(user, Affiliation(program=program))
    for kind, keys in chain(
        subjects_of(program) if sees_applications else (),
        affiliate_subjects_of(program) if sees_affiliates else (),
    ):
        of_any_kind |= Q(kind=kind, object_id__in=keys)
    return Deadline.objects.filter(of_any_kind, closed_at=None)
