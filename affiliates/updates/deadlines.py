"""Deadlines for updates, moderation of news, and changes that reviewers asked for."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from affiliates.affiliations.update_terms import load_terms, update_days
from affiliates.core.states import AffiliationState, UpdateRequestState
from affiliates.models import Affiliation, ContactUpdate, UpdateRequest
from affiliates.models.requirements import LADDER_FIELDS
from affiliates.programs.deadlines import (
    affiliation_of,
    calendar_of_group,
    loader,
    policy_of,
    staff,
    waiting,
)
from affiliates.programs.group_ladder import (
    GroupStep,
    group_ladder,
    notes_for_staff,
    staff_of_group,
)
from affiliates.updates.mails.asking import (
    UPDATE_ASK,
    UPDATE_DUE,
    UPDATE_REMINDER,
    update_requested,
    update_requested_of_all,
)
from workflows.core.due import days_late
from workflows.core.ladders import Ladder, Step
from workflows.deadlines import policies
from workflows.deadlines.policies import Policy, Waiting
from workflows.mail.outbox import NewMail
from workflows.models import Deadline
from workflows.reviews.policy import REVIEWERS, STEP_LABELS

MAILS: dict[str, str] = {
    GroupStep.ASK: UPDATE_ASK,
    GroupStep.DUE: UPDATE_DUE,
    GroupStep.REMIND: UPDATE_REMINDER,
}


def request_ladder(deadline: Deadline) -> Ladder:
    calendar = calendar_of_group(deadline, business_days=False)
    return group_ladder(calendar, *map(_days_of(deadline), LADDER_FIELDS))


def _days_of(deadline: Deadline) -> Callable[[str], int]:
    return partial(update_days, affiliation_of(deadline))


_load_requests = loader(UpdateRequest)


def _load(deadlines: Sequence[Deadline]) -> None:
    _load_requests(deadlines)
    requests: Any = [deadline.subject for deadline in deadlines if deadline.subject]
    load_terms([request.affiliation for request in requests])


def is_request_owed(deadline: Deadline) -> bool:
    request: Any = deadline.subject
    return (
        request is not None
        and request.state == UpdateRequestState.OPEN
        and request.affiliation.state == AffiliationState.ACTIVE
    )


def request_mails(deadline: Deadline, step: Step) -> Iterable[NewMail]:
    request: Any = deadline.subject
    if step.name == GroupStep.ALTERNATE:
        return update_requested_of_all(request, step=GroupStep.ALTERNATE)
    if step.name in MAILS:
        return update_requested(request, MAILS[step.name], step=step.name)
    return ()


def request_waiting(deadline: Deadline) -> Waiting:
    request: Any = deadline.subject
    affiliation, days_of = affiliation_of(deadline), _days_of(deadline)
    calendar = calendar_of_group(deadline, business_days=False)
    notes = notes_for_staff(
        affiliation,
        days_late(deadline.due_at, calendar=calendar, now=timezone.now()),
        call_days=days_of("call_days"),
        pause_days=days_of("pause_days"),
    )
    names = {"group": affiliation.name, "period": request.period.label}
    title = gettext("%(group)s: update for %(period)s") % names
    return waiting(request, title, " ".join(notes))


UPDATE = policies.register(
    Policy(
        kind="update",
        label=_("Update of an affiliate"),
        ladder=request_ladder,
        still_owed=is_request_owed,
        mails=request_mails,
        staff=staff_of_group,
        waiting=request_waiting,
        load=_load,
        step_labels=dict(GroupStep.choices),
    )
)


def is_moderation_owed(deadline: Deadline) -> bool:
    """A safety net: deciding about the update closes the deadline, too."""
    update: Any = deadline.subject
    return (
        update is not None
        and update.is_for_the_public
        and not update.live
        and update.declined_at is None
        and update.affiliation.state != AffiliationState.ENDED
    )


def whom_to_ask(affiliation: Affiliation) -> str:
    """A sentence that names the press contact, or else the contact; empty without any."""
    contact = affiliation.contact_for_news
    if contact is None:
        return ""
    parts = (contact.name, contact.phone, contact.email)
    person = ", ".join(filter(None, parts))
    return gettext("Questions about the news: %(person)s.") % {"person": person}


_moderation = partial(
    Policy, still_owed=is_moderation_owed, staff=staff, load=loader(ContactUpdate)
)

NOT_STARTED = "not_started"


def moderation_ladder(deadline: Deadline) -> Ladder:
    """Reports a missing review after one day, then follows the steps of the review itself."""
    return policy_of(deadline).ladder_with(NOT_STARTED)


def moderation_waiting(deadline: Deadline) -> Waiting:
    update: Any = deadline.subject
    if update.moderation_stopped_at:
        note = gettext(
            "Its review was stopped without a decision. Please start it again, or decline it."
        )
    else:
        note = gettext("Its review could not start. Please tell whoever looks after this website.")
    return waiting(update, str(update), f"{note} {whom_to_ask(update.affiliation)}".strip())


MODERATION = policies.register(
    _moderation(
        kind="moderation",
        label=_("Start of a review of news"),
        ladder=moderation_ladder,
        waiting=moderation_waiting,
        holders=REVIEWERS,
        step_labels={NOT_STARTED: _("No review was running: reviewers told"), **STEP_LABELS},
    )
)

NO_CHANGES = "no_changes"


def changes_ladder(deadline: Deadline) -> Ladder:
    calendar = calendar_of_group(deadline, business_days=False)
    return Ladder((Step(0, NO_CHANGES, REVIEWERS),), calendar)


def changes_waiting(deadline: Deadline) -> Waiting:
    update: Any = deadline.subject
    note = gettext(
        "The group was asked to change it but has not. Please decide, or write to the group."
    )
    return waiting(update, str(update), f"{note} {whom_to_ask(update.affiliation)}".strip())


CHANGES = policies.register(
    _moderation(
        kind="changes",
        label=_("Changes to news by the group"),
        ladder=changes_ladder,
        waiting=changes_waiting,
        step_labels={NO_CHANGES: _("The group changed nothing: reviewers told")},
    )
)
