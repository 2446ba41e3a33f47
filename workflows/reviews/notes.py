"""What reviewers read about a review in Wagtail's editor: by when to decide, and who has it."""

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name
from wagtail.models import TaskState

from workflows.core.due import days_late, due_in_words, long_date
from workflows.deadlines.services import open_deadlines
from workflows.models import ReviewTaskState
from workflows.reviews.policy import REVIEW, policy_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def note_for(state: ReviewTaskState, user: "User") -> SafeString:
    """Sentences and a button for a reviewer of this review."""
    parts = (when_due(state), who_has_it(state, user), _take_or_assign(state))
    return format_html_join(" ", "{}", ((part,) for part in parts if part))


def when_due(state: ReviewTaskState) -> str:
    """A sentence, or nothing if no clock runs."""
    deadline = open_deadlines(kind=REVIEW, subject=state).first()
    if deadline is None:
        return ""
    calendar = policy_of(state).calendar
    late = days_late(deadline.due_at, calendar=calendar, now=timezone.now())
    names = {"when": due_in_words(late), "date": long_date(calendar.day_of(deadline.due_at))}
    sentence = (
        _("This review %(when)s (%(date)s).")
        if late > 0
        else (_("This review is %(when)s (%(date)s)."))
    )
    return sentence % names


def who_has_it(state: ReviewTaskState, user: "User") -> str:
    if state.assigned_to is None:
        return _("Nobody has taken it yet.")
    if state.assigned_to == user:
        return _("You have taken it.")
    return _("%(name)s has taken it.") % {"name": get_user_display_name(state.assigned_to)}


def how_it_ended(state: ReviewTaskState) -> str:
    """For somebody who comes too late: what became of the review, and who did it."""
    sentence = {
        TaskState.STATUS_APPROVED: _("This review is over: %(name)s approved."),
        TaskState.STATUS_REJECTED: _("This review is over: %(name)s declined, or wants changes."),
        TaskState.STATUS_CANCELLED: _("This review is over: %(name)s cancelled it."),
        TaskState.STATUS_SKIPPED: _("This review is over: %(name)s skipped it."),
    }.get(state.status)
    if sentence is None:
        return ""
    name = get_user_display_name(state.finished_by) if state.finished_by else _("Somebody")
    return sentence % {"name": name}


def _take_or_assign(state: ReviewTaskState) -> SafeString:
    return format_html(
        '<span class="buttons"><a class="button button-small button-secondary" href="{}">{}</a>'
        "</span>",
        reverse("workflows_assign_review", args=[state.pk]),
        _("Take or assign"),
    )
