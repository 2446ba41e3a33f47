"""Services that open, assign, answer, close and reopen calls for help."""

from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.audit.permissions import may_manage
from affiliates.audit.transitions import actor_of, transition
from affiliates.core.exceptions import CallAnswered, CallClosed, TransitionNotAllowed
from affiliates.core.states import Actor, SupportAction, SupportState
from affiliates.models import Affiliation, ContactUpdate, SupportRequest
from affiliates.programs.days_off import calendar_for
from affiliates.programs.owners import staff_told_first
from affiliates.support.deadlines import SUPPORT
from affiliates.support.mails import support_answered
from workflows.core.admin import visible_to
from workflows.core.people import recipients
from workflows.deadlines.digests import Told, tell
from workflows.deadlines.services import close_deadlines, open_deadline
from workflows.mail.outbox import queue


def open_support_request(*, update: ContactUpdate, now: datetime) -> SupportRequest:
    """Open a call for help. Effects, in the caller's transaction: creates the call; opens the
    deadline "support"; adds it to the daily mail of the owner, or of all who look after
    affiliates.
    """
    affiliation = update.affiliation
    call = SupportRequest.objects.create(
        affiliation=affiliation,
        update=update,
        text=update.text,
        needs=update.needs,
        opened_at=now,
        due_on=_promised_day(affiliation, now),
    )
    _start_clock(call, now)
    return call


def assign_support_request(
    *, call: SupportRequest, to: User | None, user: User, now: datetime
) -> None:
    """Assign the call, or release it (``to=None``). Effects, in one transaction: sets the assignee;
    adds the call to their daily mail. Raises CallClosed, CallAnswered, and TransitionNotAllowed if
    either person may not.
    """
    with transaction.atomic():
        _hold(call)
        _refuse_unless_open(call)
        if not all(may_manage(person, call.affiliation) for person in (user, to or user)):
            raise TransitionNotAllowed
        if call.assigned_to == to:
            return
        call.assigned_to = to
        call.save(update_fields=["assigned_to", "updated_at"])
        if to != user:
            _tell(call, now)


def hand_over_calls(*, of: User, to: User, user: User, now: datetime) -> None:
    """Effects, in the caller's transaction: assigns the open calls of one person to another, as
    far as the user may manage their affiliates. The caller tells the person.
    """
    calls = visible_to(user, SupportRequest, ["change"])
    calls.filter(assigned_to=of, state=SupportState.OPEN).update(assigned_to=to, updated_at=now)


def answer_support_request(
    *, call: SupportRequest, user: User, text: str, now: datetime
) -> SupportRequest:
    """Answer the group. Repeating the same answer has no effect. Effects, in one transaction: saves
    the state and answer; closes the deadline; queues a mail. Raises CallAnswered, CallClosed, and
    TransitionNotAllowed if the user may not.
    """
    with transaction.atomic():
        _hold(call)
        if call.state == SupportState.ANSWERED and (call.answered_by, call.answer) == (user, text):
            return call
        _refuse_unless_open(call)
        moved = transition(
            call, SupportAction.ANSWER, actor=Actor.STAFF, user=user, reason=text, now=now
        )
        call.answer, call.answered_at, call.answered_by = text, now, user
        call.save(update_fields=["answer", "answered_at", "answered_by", "updated_at"])
        close_deadlines(kind=SUPPORT, subject=call, outcome="answered", now=now)
        queue(*support_answered(call, moved), now=now)
    return call


def close_support_request(
    *, call: SupportRequest, user: User | None, reason: str, now: datetime
) -> SupportRequest:
    """Close a call without a mail. ``user=None`` for the system. Effects, in one transaction:
    saves the state and reason; closes the deadline. Raises CallAnswered, CallClosed, and
    TransitionNotAllowed if the user may not.
    """
    with transaction.atomic():
        _hold(call)
        _refuse_unless_open(call)
        action, actor = SupportAction.CLOSE, actor_of(user)
        transition(call, action, actor=actor, user=user, reason=reason, now=now)
        close_deadlines(kind=SUPPORT, subject=call, outcome="closed", now=now)
    return call


def close_calls_of_ended(*, affiliation: Affiliation, now: datetime) -> None:
    """Effects, in the caller's transaction: closes the open calls of the affiliation."""
    reason = _("The affiliation has ended.")
    for call in SupportRequest.objects.filter(affiliation=affiliation, state=SupportState.OPEN):
        close_support_request(call=call, user=None, reason=reason, now=now)


def reopen_support_request(
    *, call: SupportRequest, user: User | None, now: datetime
) -> SupportRequest:
    """Reopen a call. ``user=None`` if the group itself wrote again. Effects, in one transaction:
    sets the state and a new due date; opens a new deadline; adds it to the daily mail of the
    assignee, or of all who look after affiliates. Raises TransitionNotAllowed if it is open.
    """
    with transaction.atomic():
        _hold(call)
        actor = Actor.STAFF if user else Actor.CONTACT
        transition(call, SupportAction.REOPEN, actor=actor, user=user, now=now)
        call.due_on = _promised_day(call.affiliation, now)
        call.save(update_fields=["due_on", "updated_at"])
        _start_clock(call, now)
    return call


def follow_words(*, call: SupportRequest, update: ContactUpdate, now: datetime) -> None:
    """Effects, in the caller's transaction: saves the new text; reopens the call if it changed."""
    if (call.text, call.needs) == (update.text, update.needs):
        return
    call.text, call.needs = update.text, update.needs
    call.save(update_fields=["text", "needs", "updated_at"])
    if call.state != SupportState.OPEN:
        reopen_support_request(call=call, user=None, now=now)


def _promised_day(affiliation: Affiliation, now: datetime) -> date:
    calendar = calendar_for(affiliation)
    return calendar.add(calendar.day_of(now), affiliation.program.support_days)


def _start_clock(call: SupportRequest, now: datetime) -> None:
    calendar = calendar_for(call.affiliation)
    open_deadline(kind=SUPPORT, subject=call, due_at=calendar.moment(call.due_on), now=now)
    _tell(call, now)


def _tell(call: SupportRequest, now: datetime) -> None:
    calendar = calendar_for(call.affiliation)
    holder = recipients([call.assigned_to]) if call.assigned_to else []
    people = holder or staff_told_first(call.affiliation)
    tell([Told(person, calendar, now) for person in people], now=now)


def _hold(call: SupportRequest) -> None:
    call.refresh_from_db(from_queryset=SupportRequest.objects.select_for_update(no_key=True))


def _refuse_unless_open(call: SupportRequest) -> None:
    if call.state == SupportState.ANSWERED:
        raise CallAnswered
    if call.state == SupportState.CLOSED:
        raise CallClosed
