"""What an affiliate's contact is told about an update: what happens next, and by when."""

from datetime import date, datetime
from typing import Any

from affiliates.affiliations.services.schedule import next_period
from affiliates.core.states import AffiliationState, UpdateRequestState
from affiliates.models import Affiliation, ContactUpdate, UpdateRequest
from affiliates.programs.promised_days import calendar_of, today_at
from affiliates.updates.queries import going_live, is_decided


def about_request(request: UpdateRequest, now: datetime) -> dict[str, Any]:
    """For the page that asks: of which time, by when, and whether anybody waits for it."""
    return {
        "period": request.period.label,
        "due_on": request.due_on,
        "is_late": request.due_on < today_at(request.affiliation.program, now),
        "is_waived": request.state == UpdateRequestState.WAIVED,
    }


def what_comes_next(update: ContactUpdate, now: datetime) -> dict[str, Any]:
    """For the page and the mail that thank: who reads it by when, and when we ask again.

    No day that is past is promised.
    """
    affiliation = update.affiliation
    today = today_at(affiliation.program, now)
    call = getattr(update, "support_request", None)
    again = when_asked_again(affiliation)
    goes_live_at = going_live([update]).get(update.pk)
    is_read = is_decided(update, goes_live_at)
    return {
        "update": update,
        "read_by": None if is_read else _unless_past(read_by(update), today),
        "help_by": _unless_past(call.due_on if call else None, today),
        "is_read": is_read,
        "goes_live_on": calendar_of(affiliation.program).day_of(goes_live_at)
        if goes_live_at
        else None,
        "can_change": not is_read,
        **{name: _unless_past(day, today) for name, day in again.items()},
    }


def read_by(update: ContactUpdate) -> date:
    """The day by which a person has read an update."""
    program = update.affiliation.program
    calendar = calendar_of(program)
    return calendar.add(calendar.day_of(update.sent_at), program.review_days)


def when_asked_again(affiliation: Affiliation) -> dict[str, date | None]:
    """The day of the next mail that asks, and the day that the next update is due."""
    asked_on, pause = affiliation.next_ask_on, affiliation.reminders_paused_until
    if affiliation.state != AffiliationState.ACTIVE or asked_on is None:
        return {"asked_on": None, "next_due_on": None}
    return {
        "asked_on": max(asked_on, pause) if pause else asked_on,
        "next_due_on": next_period(affiliation).end,
    }


def _unless_past(day: date | None, today: date) -> date | None:
    return day if day and day >= today else None
