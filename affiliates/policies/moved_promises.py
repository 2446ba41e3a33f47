"""Moves the days that stand in records with their deadlines, and announces the new ones."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import prefetch_related_objects

from affiliates.applications.deadlines import GROUP_ANSWER
from affiliates.applications.mails.applying import to_contact
from affiliates.audit.promise_log import (
    ANSWER,
    DECISION,
    HELP,
    REQUIREMENT_DAY,
    UPDATE,
    Move,
)
from affiliates.core.states import ApplicationState
from affiliates.mail.contacts import reachable
from affiliates.models import (
    AffiliatePage,
    AffiliateProgramPage,
    Application,
    Closure,
    Commitment,
    Contact,
    SupportRequest,
    UpdateRequest,
)
from affiliates.models.fields import know
from affiliates.policies.mails import (
    ANSWER_MOVED,
    DECISION_MOVED,
    HELP_MOVED,
    UPDATE_MOVED,
    day_moved,
    occurrence_of,
    why_moved,
)
from affiliates.policies.services import (
    open_applications,
)
from affiliates.programs.days_off import calendar_of, spans
from affiliates.programs.group_ladder import GroupStep
from affiliates.requirements.clocks import save_days, set_due
from affiliates.requirements.mails import asked_of_first
from affiliates.support.mails import whom_to_answer
from workflows.core.calendars import Calendar
from workflows.core.rows import update_rows
from workflows.mail.outbox import NewMail
from workflows.models import Deadline

WITH_SECOND_CONTACT = list(GroupStep)[list(GroupStep).index(GroupStep.ALTERNATE) :]


Begun = dict[tuple[type[Any], Any], datetime]
"""When the open deadline of a record or page began, by model and key."""


@dataclass(frozen=True)
class Change:
    """A program whose closures were ``before``, and the regions that this concerns; none: all."""

    program: AffiliateProgramPage
    before: Sequence[Closure]
    regions: frozenset[str]
    now: datetime

    def was(self, calendar: Calendar, region: str) -> Calendar:
        return replace(calendar, closures=spans(self.before, region))


@dataclass(frozen=True)
class MovedDeadline:
    """``subject`` is its record, or what is reviewed; ``last_step`` was reached before it moved."""

    deadline: Deadline
    subject: Any
    old: date
    new: date
    last_step: str


def move_decisions(change: Change, begun: Begun) -> tuple[list[Move], list[NewMail]]:
    """The promised days of applications, which an open question does not stop from moving."""
    found = open_applications(change.program, change.regions).exclude(decision_due_on=None)
    applications = {one.pk: one for one in found.select_for_update(no_key=True)}
    know(Application, applications, "contacts")
    moves: list[Move] = []
    mails: list[NewMail] = []
    rows = []
    for application in applications.values():
        application.program = change.program
        moment = begun.get((Application, application.pk)) or begun.get(
            (AffiliatePage, application.affiliate_id)
        )
        old, new = _decision_days(application, moment, change)
        if old == new:
            continue
        application.decision_due_on = new
        rows.append((new, application.pk))
        moves.append(Move(application, DECISION, old, new, _why(application, moment, new)))
        if application.state != ApplicationState.INFORMATION_NEEDED:
            mails += _to_applicant(DECISION_MOVED, application, new, change.now)
    update_rows(Application, ["decision_due_on"], rows)
    return moves, mails


def _decision_days(
    application: Application, begun: datetime | None, change: Change
) -> tuple[date, date]:
    calendar = calendar_of(change.program, region=application.region)
    due_on: Any = application.decision_due_on
    moved_to = calendar.recount(
        calendar.day_of(begun or application.submitted_at or change.now),
        due_on,
        before=change.was(calendar, application.region),
        today=calendar.day_of(change.now),
    )
    return due_on, moved_to


def _why(application: Application, begun: datetime | None, due_on: date) -> str:
    since: Any = begun or application.submitted_at
    return why_moved(application.program, application.region, begun=since, due_on=due_on)


def _to_applicant(
    kind: str, application: Application, due_on: date, now: datetime
) -> Iterator[NewMail]:
    contact = application.primary_contact
    if contact:
        occurrence = occurrence_of(due_on, now)
        yield to_contact(kind, application, contact=contact, occurrence=occurrence)


Announced = Iterator[tuple[Move, list[NewMail]]]


def answers(moved: Iterable[MovedDeadline], change: Change) -> Announced:
    for one in moved:
        if one.deadline.kind == GROUP_ANSWER:
            application = one.subject
            why = _why(application, one.deadline.opened_at, one.new)
            mails = _to_applicant(ANSWER_MOVED, application, one.new, change.now)
            yield Move(application, ANSWER, one.old, one.new, why), list(mails)


def move_updates(moved: Iterable[MovedDeadline], change: Change) -> Announced:
    """Nobody is told of a day that nobody was asked for yet."""
    found = [one for one in moved if isinstance(one.subject, UpdateRequest)]
    _save_due_days(UpdateRequest, found)
    for one in found:
        request = one.subject
        people = reachable(request.affiliation)
        with_second = one.last_step in WITH_SECOND_CONTACT
        asked = people[: 2 if with_second else 1] if one.last_step else []
        yield _move(UPDATE, one), _to_contacts(UPDATE_MOVED, request, asked, change.now)


def move_calls(moved: Iterable[MovedDeadline], change: Change) -> Announced:
    found = [one for one in moved if isinstance(one.subject, SupportRequest)]
    _save_due_days(SupportRequest, found)
    prefetch_related_objects([one.subject for one in found], "update")
    for one in found:
        told = whom_to_answer(one.subject)
        yield _move(HELP, one), _to_contacts(HELP_MOVED, one.subject, told, change.now)


def move_commitments(moved: Iterable[MovedDeadline], change: Change) -> Announced:
    """Who was asked is asked again, in one mail for all that is open, with the new days."""
    found = [one for one in moved if isinstance(one.subject, Commitment)]
    for one in found:
        set_due(one.subject, one.new)
    if found:
        save_days([one.subject for one in found])
    for one in found:
        occurrence = occurrence_of(one.new, change.now)
        affiliation = one.subject.affiliation
        mails = asked_of_first(affiliation, occurrence=occurrence) if one.last_step else []
        yield _move(REQUIREMENT_DAY, one), mails


def _save_due_days(model: type[Any], moved: Sequence[MovedDeadline]) -> None:
    for one in moved:
        one.subject.due_on = one.new
    update_rows(model, ["due_on"], [(one.new, one.subject.pk) for one in moved])


def _move(promise: str, one: MovedDeadline) -> Move:
    affiliation = one.subject.affiliation
    why = why_moved(
        affiliation.program, affiliation.region, begun=one.deadline.opened_at, due_on=one.new
    )
    return Move(affiliation, promise, one.old, one.new, why)


def _to_contacts(
    kind: str, record: UpdateRequest | SupportRequest, contacts: Iterable[Contact], now: datetime
) -> list[NewMail]:
    return [day_moved(kind, record, contact, now) for contact in contacts]
