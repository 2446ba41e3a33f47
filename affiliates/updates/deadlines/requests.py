"""The promise of an affiliate to report: who is asked, reminded and told, and when."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.core.states import AffiliationState, UpdateRequestState
from affiliates.models import UpdateRequest
from affiliates.programs.deadlines import affiliation_of, loader, program_of, staff, waiting
from affiliates.programs.promised_days import calendar_of
from affiliates.updates.mails.asking import (
    UPDATE_ASK,
    UPDATE_DUE,
    UPDATE_REMINDER,
    update_requested,
    update_requested_of_all,
)
from workflows.core.due import days_late
from workflows.core.ladders import Ladder, Step
from workflows.core.people import Recipient
from workflows.deadlines.policies import Policy, Waiting
from workflows.mail.outbox import NewMail
from workflows.models import Deadline
from workflows.reviews.policy import REVIEWERS

UPDATE = "update"

ASK = "ask"
DUE = "due"
REMIND = "remind"
ALTERNATE = "alternate"
ATTENTION = "attention"
CALL = "call"
OFFER_PAUSE = "offer_pause"

CONTACT = "contact"
CONTACTS = "contacts"

MAILS: Mapping[str, Callable[[UpdateRequest], list[NewMail]]] = {
    ASK: lambda request: update_requested(request, UPDATE_ASK, step=ASK),
    DUE: lambda request: update_requested(request, UPDATE_DUE, step=DUE),
    REMIND: lambda request: update_requested(request, UPDATE_REMINDER, step=REMIND),
    ALTERNATE: lambda request: update_requested_of_all(request, step=ALTERNATE),
}


def ladder(deadline: Deadline) -> Ladder:
    program = program_of(deadline)
    steps = (
        Step(-program.update_ask_days, ASK, CONTACT),
        Step(0, DUE, CONTACT),
        Step(program.update_reminder_days, REMIND, CONTACT),
        Step(program.update_alternate_days, ALTERNATE, CONTACTS),
        Step(program.update_attention_days, ATTENTION, REVIEWERS),
        Step(program.update_call_days, CALL, REVIEWERS),
        Step(program.update_pause_days, OFFER_PAUSE, REVIEWERS),
    )
    return Ladder(steps, calendar_of(program, business_days=False))


def still_owed(deadline: Deadline) -> bool:
    request: Any = deadline.subject
    return (
        request is not None
        and request.state == UpdateRequestState.OPEN
        and request.affiliation.state == AffiliationState.ACTIVE
    )


def mails_of(deadline: Deadline, step: Step) -> Iterable[NewMail]:
    request: Any = deadline.subject
    return MAILS[step.name](request) if step.name in MAILS else ()


def staff_of(deadline: Deadline, audience: str) -> Sequence[Recipient]:
    return () if audience in (CONTACT, CONTACTS) else staff(deadline, audience)


def waiting_of(deadline: Deadline) -> Waiting:
    request: Any = deadline.subject
    title = _("%(group)s: update for %(period)s") % {
        "group": affiliation_of(deadline).name,
        "period": request.period.label,
    }
    return waiting(request, title, " ".join(_notes(deadline)))


def _notes(deadline: Deadline) -> Iterable[str]:
    """What to do, by how long nothing came."""
    program, contact = program_of(deadline), affiliation_of(deadline).primary_contact
    calendar = calendar_of(program, business_days=False)
    late = days_late(deadline.due_at, calendar=calendar, now=timezone.now())
    if late < program.update_call_days:
        yield _("Nothing has come yet. We go on reminding the group.")
        return
    if contact and contact.phone:
        names = {"name": contact.name, "phone": contact.phone}
        yield _("Please call: %(name)s, %(phone)s.") % names
    elif contact:
        names = {"name": contact.name, "email": contact.email}
        yield _("Please write: %(name)s, %(email)s.") % names
    else:
        yield _("We know nobody to call. Please find out who speaks for the group.")
    if late >= program.update_pause_days:
        yield _("If nobody answers, you can pause the listing.")


POLICY = Policy(
    kind=UPDATE,
    label=gettext_lazy("Update of an affiliate"),
    ladder=ladder,
    still_owed=still_owed,
    mails=mails_of,
    staff=staff_of,
    waiting=waiting_of,
    load=loader(UpdateRequest),
    step_labels={
        ASK: gettext_lazy("Contact asked for the update"),
        DUE: gettext_lazy("Update due: contact told"),
        REMIND: gettext_lazy("Contact reminded"),
        ALTERNATE: gettext_lazy("Second contact asked, too"),
        ATTENTION: gettext_lazy("Needs attention: staff told"),
        CALL: gettext_lazy("Staff asked to call"),
        OFFER_PAUSE: gettext_lazy("Staff offered to pause the listing"),
    },
)
