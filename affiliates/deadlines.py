"""Which promise is due when, and who is told if it is not kept.

Two kinds of deadline are ours. "review_start": a group has applied, and we owe it a running review;
its ladder is the review's own, so that an application whose review cannot start, or was stopped, is
as hard to forget as one under review. "group_answer": a group was asked, and it owes the answer.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.admin_url_finder import AdminURLFinder

from affiliates.links import absolute_url
from affiliates.states import ENDED, ApplicationState, ContactRole
from workflows.calendars import Calendar
from workflows.ladders import Ladder, Step
from workflows.people import Recipient, members, recipients
from workflows.policies import Policy, Waiting
from workflows.review_policy import REVIEWERS, ReviewPolicy

if TYPE_CHECKING:
    from django.contrib.auth.models import Group

    from affiliates.models import AffiliatePage, AffiliateProgramPage, Application
    from workflows.models import Deadline
    from workflows.services.outbox import NewMail

REVIEW_START = "review_start"
GROUP_ANSWER = "group_answer"

NOT_STARTED = "not_started"
REMIND_GROUP = "remind_group"
NO_ANSWER = "no_answer"

GROUP = "group"
"""The audience of those who applied."""

A_WEEK = 7


def calendar_of(program: "AffiliateProgramPage", *, business_days: bool = True) -> Calendar:
    return Calendar(program.time_zone, program.sending_hour, business_days)


def review_due_on(application: "Application") -> date | None:
    """The day by which the group was promised an answer; None while it is a draft."""
    if application.submitted_at is None:
        return None
    return application.decision_due_on or review_due_date(
        application.submitted_at, application.program
    )


def review_due_date(submitted_at: datetime, program: "AffiliateProgramPage") -> date:
    """``review_days`` business days after the day of ``submitted_at`` where the program is."""
    calendar = calendar_of(program)
    return calendar.add(calendar.day_of(submitted_at), program.review_days)


def moved_due_date(due_on: date, *, asked_at: datetime, now: datetime, calendar: Calendar) -> date:
    """The promised day after the group was asked at ``asked_at``: later by the days it took.

    What is promised now is never today or in the past, however late the question came.
    """
    today = calendar.day_of(now)
    days = calendar.between(calendar.day_of(asked_at), today)
    return max(calendar.add(due_on, max(days, 0)), calendar.add(today, 1))


def last_whole_day(start: datetime, days: int, program: "AffiliateProgramPage") -> date:
    """The last day that ends, where the program is, before ``days`` times 24 hours are over."""
    end = start + timedelta(days=days)
    return end.astimezone(ZoneInfo(program.time_zone)).date() - timedelta(days=1)


def months_after(day: date, months: int) -> date:
    """The same day of the month that many months later; its last day if it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def program_review_policy(
    program: "AffiliateProgramPage",
    *,
    groups: "Iterable[Group] | None" = None,
    due_on: date | None = None,
) -> ReviewPolicy:
    """The program's numbers and people. ``groups``: who may decide, if not its own reviewers.

    Where a program has nobody to review, the person to write to is told.
    """
    reviewers = [program.review_group] if groups is None else groups
    writer = Recipient(program.contact_email, program.contact_name)
    return ReviewPolicy(
        calendar=calendar_of(program),
        respond_within=program.review_days,
        remind_after=program.review_reminder_days,
        escalate_after=program.review_escalation_days,
        escalate_again_after=program.review_second_escalation_days,
        reviewers=_members(reviewers) or [writer],
        escalation=_members([program.escalation_group]),
        last_resort=recipients(filter(None, [program.director])),
        due_on=due_on,
    )


def affiliate_review_policy(page: "AffiliatePage", groups: "Iterable[Group]") -> ReviewPolicy:
    """How a review of this page is kept. As long as its group applies, the promised day counts."""
    from affiliates.models import Application

    applications = Application.objects.select_related(
        "program__escalation_group", "program__director__wagtail_userprofile"
    )
    application = applications.filter(affiliate=page).first()
    if application is None:
        return program_review_policy(page.get_parent().specific, groups=groups)
    due_on = None if application.state in ENDED else review_due_on(application)
    return program_review_policy(application.program, groups=groups, due_on=due_on)


def _members(groups: "Iterable[Group | None]") -> list[Recipient]:
    found = [group for group in groups if group]
    return recipients(members(found)) if found else []


def load_applications(deadlines: Sequence["Deadline"]) -> None:
    """Fetch the applications of all the deadlines, with their programs and contacts, at once."""
    from affiliates.models import AffiliateProgramPage, Application

    keys = {int(deadline.object_id) for deadline in deadlines}
    applications = Application.objects.prefetch_related("contacts").in_bulk(keys)
    programs = AffiliateProgramPage.objects.select_related(
        "review_group", "escalation_group", "director__wagtail_userprofile"
    ).in_bulk({application.program_id for application in applications.values()})
    for deadline in deadlines:
        application = applications.get(int(deadline.object_id))
        if application:
            application.program = programs[application.program_id]
            deadline.subject = application


def _is_in(state: ApplicationState, deadline: "Deadline") -> bool:
    return deadline.subject is not None and deadline.subject.state == state


def _program_of(deadline: "Deadline") -> "AffiliateProgramPage":
    application: Any = deadline.subject
    return application.program


def _policy_of(deadline: "Deadline") -> ReviewPolicy:
    """Worked out once for all the deadlines that share a loaded program."""
    program = _program_of(deadline)
    known = program.__dict__
    if "_review_policy" not in known:
        known["_review_policy"] = program_review_policy(program)
    return known["_review_policy"]


def _in_admin(application: Any, note: str) -> Waiting:
    path = AdminURLFinder().get_edit_url(application)
    return Waiting(str(application), absolute_url(path) if path else "", note)


def _start_ladder(deadline: "Deadline") -> Ladder:
    """The day after applying it should be under way; from then on as the review itself."""
    policy = _policy_of(deadline)
    first = Step(min(1, policy.remind_after) - policy.respond_within, NOT_STARTED, REVIEWERS)
    review = policy.ladder
    return Ladder((first, *review.steps), review.calendar, repeat_days=review.repeat_days)


def _start_waiting(deadline: "Deadline") -> Waiting | None:
    """Nothing on the day that it came in: then its review is about to start by itself."""
    application: Any = deadline.subject
    if application.review_stopped_at:
        return _in_admin(
            application, _("Its review was stopped without a decision. Please start it again.")
        )
    calendar = calendar_of(application.program)
    if calendar.day_of(timezone.now()) <= calendar.day_of(deadline.opened_at):
        return None
    return _in_admin(
        application,
        _("Its review could not start. Please tell whoever looks after this website."),
    )


def _answer_ladder(deadline: "Deadline") -> Ladder:
    program = _program_of(deadline)
    reminder = min(program.answer_reminder_days - program.answer_days, 0)
    steps = (Step(reminder, REMIND_GROUP, GROUP), Step(0, NO_ANSWER, REVIEWERS))
    return Ladder(steps, calendar_of(program, business_days=False), repeat_days=A_WEEK)


def _answer_mails(deadline: "Deadline", step: Step) -> Iterable["NewMail"]:
    from affiliates import mails

    application: Any = deadline.subject
    return mails.answer_reminders(application) if step.audience == GROUP else []


def _answer_staff(deadline: "Deadline", audience: str) -> Sequence[Recipient]:
    return _policy_of(deadline).audience(REVIEWERS) if audience == REVIEWERS else ()


def _answer_waiting(deadline: "Deadline") -> Waiting:
    application: Any = deadline.subject
    contacts = (item for item in application.contacts.all() if item.role == ContactRole.PRIMARY)
    contact = next(contacts, None)
    if not (contact and contact.phone):
        note = _("The group was asked, and no answer came. Please write to it, or decide.")
        return _in_admin(application, note)
    note = _("The group was asked, and no answer came. Please call: %(name)s, %(phone)s.")
    return _in_admin(application, note % {"name": contact.name, "phone": contact.phone})


POLICIES = (
    Policy(
        kind=REVIEW_START,
        label=gettext_lazy("Start of a review"),
        ladder=_start_ladder,
        still_owed=lambda deadline: _is_in(ApplicationState.SUBMITTED, deadline),
        staff=lambda deadline, audience: _policy_of(deadline).audience(audience),
        waiting=_start_waiting,
        holders=REVIEWERS,
        load=load_applications,
    ),
    Policy(
        kind=GROUP_ANSWER,
        label=gettext_lazy("Answer of a group"),
        ladder=_answer_ladder,
        still_owed=lambda deadline: _is_in(ApplicationState.INFORMATION_NEEDED, deadline),
        mails=_answer_mails,
        staff=_answer_staff,
        waiting=_answer_waiting,
        load=load_applications,
    ),
)
