"""The lives of our records as data: states, actions, who may do what from where to where."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class ApplicationState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    IN_REVIEW = "in_review", _("In review")
    INFORMATION_NEEDED = "information_needed", _("Information needed")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Action(models.TextChoices):
    SUBMIT = "submit", _("Submit")
    START_REVIEW = "start_review", _("Start the review")
    REQUEST_INFORMATION = "request_information", _("Ask for information")
    ANSWER = "answer", _("Answer")
    GO_ON = "go_on", _("Go on without an answer")
    STOP_REVIEW = "stop_review", _("Stop the review")
    APPROVE = "approve", _("Approve")
    DECLINE = "decline", _("Decline")
    WITHDRAW = "withdraw", _("Withdraw")


class Actor(models.TextChoices):
    """Who does something. Staff are identified by their user, the others by their mailed link."""

    APPLICANT = "applicant", _("Applicant")
    CONTACT = "contact", _("Contact of an affiliate")
    STAFF = "staff", _("Staff")
    SYSTEM = "system", _("System")


@dataclass(frozen=True)
class Rule:
    """An action leads from any of ``sources`` to ``target``, if one of ``actors`` takes it."""

    sources: frozenset[str]
    target: str
    actors: frozenset[Actor]


Table = Mapping[str, Rule]


_S = ApplicationState

OPEN = frozenset({_S.SUBMITTED, _S.IN_REVIEW, _S.INFORMATION_NEEDED})
"""Somebody owes the next step."""

UNDER_REVIEW = frozenset({_S.IN_REVIEW, _S.INFORMATION_NEEDED})
"""Its page has a workflow, which runs or waits for the group."""

ENDED = frozenset({_S.APPROVED, _S.DECLINED, _S.WITHDRAWN})

TRANSITIONS: Table = {
    Action.SUBMIT: Rule(frozenset({_S.DRAFT}), _S.SUBMITTED, frozenset({Actor.APPLICANT})),
    Action.START_REVIEW: Rule(
        frozenset({_S.SUBMITTED}), _S.IN_REVIEW, frozenset({Actor.SYSTEM, Actor.STAFF})
    ),
    Action.REQUEST_INFORMATION: Rule(
        frozenset({_S.IN_REVIEW}),
        _S.INFORMATION_NEEDED,
        frozenset({Actor.STAFF, Actor.SYSTEM}),
    ),
    Action.ANSWER: Rule(
        frozenset({_S.INFORMATION_NEEDED}), _S.IN_REVIEW, frozenset({Actor.APPLICANT})
    ),
    Action.GO_ON: Rule(
        frozenset({_S.INFORMATION_NEEDED}), _S.IN_REVIEW, frozenset({Actor.SYSTEM, Actor.STAFF})
    ),
    Action.STOP_REVIEW: Rule(UNDER_REVIEW, _S.SUBMITTED, frozenset({Actor.SYSTEM, Actor.STAFF})),
    # A page may be published by a schedule, too, where nobody presses anything.
    Action.APPROVE: Rule(OPEN, _S.APPROVED, frozenset({Actor.STAFF, Actor.SYSTEM})),
    Action.DECLINE: Rule(OPEN, _S.DECLINED, frozenset({Actor.STAFF})),
    Action.WITHDRAW: Rule(
        OPEN | {_S.DRAFT}, _S.WITHDRAWN, frozenset({Actor.APPLICANT, Actor.STAFF})
    ),
}

STAFF_PERMISSION = "affiliates.change_application"
"""What lets a member of staff act on any application; see also ``affiliates.audit.permissions``."""


class AffiliationState(models.TextChoices):
    """Only a person moves an affiliation. How well it is kept is its standing, see there."""

    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    ENDED = "ended", _("Ended")


class AffiliationAction(models.TextChoices):
    PAUSE = "pause", _("Pause")
    RESUME = "resume", _("Resume")
    END = "end", _("End")
    REINSTATE = "reinstate", _("Take the end back")


class UpdateRequestState(models.TextChoices):
    OPEN = "open", _("Open")
    ANSWERED = "answered", _("Answered")
    WAIVED = "waived", _("Not asked for")


class UpdateRequestAction(models.TextChoices):
    ANSWER = "answer", _("Answer")
    WAIVE = "waive", _("Do without")


class SupportState(models.TextChoices):
    OPEN = "open", _("Open")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed without an answer")


class SupportAction(models.TextChoices):
    ANSWER = "answer", _("Answer")
    CLOSE = "close", _("Close")
    REOPEN = "reopen", _("Open again")


_STAFF = frozenset({Actor.STAFF})
_ANYBODY = frozenset({Actor.CONTACT, Actor.STAFF, Actor.SYSTEM})

AFFILIATION_TRANSITIONS: Table = {
    AffiliationAction.PAUSE: Rule(
        frozenset({AffiliationState.ACTIVE}), AffiliationState.PAUSED, _STAFF
    ),
    AffiliationAction.RESUME: Rule(
        frozenset({AffiliationState.PAUSED}), AffiliationState.ACTIVE, _STAFF
    ),
    # A page may be deleted by a command, too, where nobody is known.
    AffiliationAction.END: Rule(
        frozenset({AffiliationState.ACTIVE, AffiliationState.PAUSED}),
        AffiliationState.ENDED,
        frozenset({Actor.STAFF, Actor.SYSTEM}),
    ),
    AffiliationAction.REINSTATE: Rule(
        frozenset({AffiliationState.ENDED}), AffiliationState.ACTIVE, _STAFF
    ),
}

UPDATE_REQUEST_TRANSITIONS: Table = {
    # An answer is welcome, too, when nobody waits for it any more.
    UpdateRequestAction.ANSWER: Rule(
        frozenset({UpdateRequestState.OPEN, UpdateRequestState.WAIVED}),
        UpdateRequestState.ANSWERED,
        _ANYBODY,
    ),
    UpdateRequestAction.WAIVE: Rule(
        frozenset({UpdateRequestState.OPEN}),
        UpdateRequestState.WAIVED,
        frozenset({Actor.STAFF, Actor.SYSTEM}),
    ),
}

SUPPORT_TRANSITIONS: Table = {
    SupportAction.ANSWER: Rule(frozenset({SupportState.OPEN}), SupportState.ANSWERED, _STAFF),
    SupportAction.CLOSE: Rule(frozenset({SupportState.OPEN}), SupportState.CLOSED, _ANYBODY),
    SupportAction.REOPEN: Rule(
        frozenset({SupportState.ANSWERED, SupportState.CLOSED}),
        SupportState.OPEN,
        frozenset({Actor.CONTACT, Actor.STAFF}),
    ),
}


class UpdateKind(models.TextChoices):
    """What a contact tells us. Each counts as an update; a quiet time is no fault."""

    QUIET = "quiet", _("Nothing new this time")
    NEWS = "news", _("We have news")
    HELP = "help", _("We need help")


class NoticeKind(models.TextChoices):
    """What staff have to hear of about an affiliate, and to tick off."""

    BOUNCED = "bounced", _("Mail came back")
    HANDED_OVER = "handed_over", _("New contact")
    REMINDERS_PAUSED = "reminders_paused", _("Reminders paused")
    NO_CONTACT = "no_contact", _("Nobody to write to")
    PROFILE_CHANGE = "profile_change", _("Proposed change waits")


class Standing(models.TextChoices):
    """How an affiliation is kept. It follows from facts, see ``affiliations.standing``."""

    GOOD = "good", _("In good standing")
    ATTENTION = "attention", _("Needs attention")
    LAPSED = "lapsed", _("Lapsed")
    PAUSED = "paused", _("Paused")
    ENDED = "ended", _("Ended")


class Scope(models.TextChoices):
    STATE = "state", _("State")
    PROVINCIAL = "provincial", _("Provincial")
    LOCAL = "local", _("Local")


class ContactRole(models.TextChoices):
    PRIMARY = "primary", _("Contact")
    ALTERNATE = "alternate", _("Second contact")
    PRESS = "press", _("Press contact")


class StatementKind(models.TextChoices):
    BELIEF = "belief", _("Belief")
    OBLIGATION = "obligation", _("Obligation")


class Network(models.TextChoices):
    """Where a group can be found. The order is the order on its page."""

    WEBSITE = "website", _("Website")
    FACEBOOK = "facebook", _("Facebook")
    TWITTER = "twitter", _("X (Twitter)")
    INSTAGRAM = "instagram", _("Instagram")
    YOUTUBE = "youtube", _("YouTube")
