"""Contacts pause reminders. Requests stay open; their deadlines stop meanwhile."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.affiliations.services.lifecycle import hold_affiliation, hold_unless_ended
from affiliates.affiliations.services.notices import notify_staff
from affiliates.audit import contact_log
from affiliates.core.conf import settings
from affiliates.core.states import NoticeKind, UpdateRequestState
from affiliates.core.text import for_staff
from affiliates.models import Affiliation, Contact
from affiliates.programs.days_off import calendar_for
from affiliates.programs.promised_days import EASTMOST, months_after, today_at
from affiliates.signals import reminders_paused, reminders_resumed
from workflows.core.due import long_date
from workflows.deadlines.services import open_deadlines, pause_deadline, resume_deadline
from workflows.models import Deadline

LONGEST_MONTHS = 12


def longest_pause(affiliation: Affiliation, now: datetime) -> date:
    return months_after(today_at(affiliation.program, now), LONGEST_MONTHS)


def pause_reminders(
    *, affiliation: Affiliation, until: date, by: Contact, now: datetime
) -> Affiliation:
    """Send no requests and reminders before ``until``, which is capped at ``longest_pause``.
    Effects, in one transaction: the day; deadlines pause and queued emails are not sent; a notice
    to staff, a log entry. Idempotent. Raises AffiliationEnded.
    """
    with transaction.atomic():
        hold_unless_ended(affiliation)
        until = min(until, longest_pause(affiliation, now))
        if affiliation.reminders_paused_until == until:
            return affiliation
        _note_day(affiliation, until)
        moment = calendar_for(affiliation).moment(until)
        for deadline in _clocks(affiliation):
            pause_deadline(deadline=deadline, until=moment, now=now)
        reminders_paused.send(Affiliation, affiliation=affiliation, until=moment, now=now)
        contact_log.note(affiliation, contact_log.PAUSED, by=by, until=str(until), now=now)
        text = for_staff(lambda: _paused(by, until))
        notify_staff(affiliation=affiliation, kind=NoticeKind.REMINDERS_PAUSED, text=text, now=now)
    return affiliation


def unsubscribe(*, affiliation: Affiliation, by: Contact, now: datetime) -> Affiliation:
    """One-click unsubscribe (RFC 8058): a short pause, or the longer existing one. Effects and
    errors as of ``pause_reminders``.
    """
    until = today_at(affiliation.program, now) + timedelta(days=settings.UNSUBSCRIBE_DAYS)
    paused = affiliation.reminders_paused_until
    until = max(until, paused) if paused else until
    return pause_reminders(affiliation=affiliation, until=until, by=by, now=now)


def resume_reminders(*, affiliation: Affiliation, by: Contact, now: datetime) -> Affiliation:
    """End the pause early; does nothing without one. Effects, in one transaction: deadlines resume
    with the time left, due days move by the pause, a log entry. Raises AffiliationEnded.
    """
    with transaction.atomic():
        hold_unless_ended(affiliation)
        if affiliation.reminders_paused_until is None:
            return affiliation
        _run_on(affiliation, now)
        contact_log.note(affiliation, contact_log.RESUMED, by=by, now=now)
    return affiliation


def end_past_pauses(*, now: datetime) -> int:
    """As ``resume_reminders`` for all pauses that are over, each in one transaction, unlogged."""
    found = Affiliation.objects.filter(reminders_paused_until__lte=(now + EASTMOST).date())
    return sum(_end_if_past(affiliation, now) for affiliation in found.order_by("pk"))


def _end_if_past(affiliation: Affiliation, now: datetime) -> bool:
    with transaction.atomic():
        hold_affiliation(affiliation)
        until = affiliation.reminders_paused_until
        is_past = until is not None and until <= today_at(affiliation.program, now)
        if is_past:
            _run_on(affiliation, now)
    return is_past


def _run_on(affiliation: Affiliation, now: datetime) -> None:
    """A sweep may already have resumed the deadline; the request's due day follows here."""
    _note_day(affiliation, None)
    calendar = calendar_for(affiliation)
    for deadline in _clocks(affiliation):
        resume_deadline(deadline=deadline, now=now)
        due_on = calendar.day_of(deadline.due_at)
        affiliation.update_requests.filter(pk=deadline.object_id).update(due_on=due_on)
    reminders_resumed.send(Affiliation, affiliation=affiliation, now=now)


def _note_day(affiliation: Affiliation, day: date | None) -> None:
    affiliation.reminders_paused_until = day
    affiliation.save(update_fields=["reminders_paused_until", "updated_at"])


def _clocks(affiliation: Affiliation) -> Iterator[Deadline]:
    for request in affiliation.update_requests.filter(state=UpdateRequestState.OPEN):
        yield from open_deadlines(subject=request).select_for_update(no_key=True)


def _paused(by: Contact, until: date) -> str:
    names = {"name": by.name, "day": long_date(until)}
    return _("%(name)s asked us to send no reminders before %(day)s.") % names
