"""The life of an application as data: states, actions, who may do what from where to where."""

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
    """Who does something. Staff are identified by their user, applicants by their mailed link."""

    APPLICANT = "applicant", _("Applicant")
    STAFF = "staff", _("Staff")
    SYSTEM = "system", _("System")


@dataclass(frozen=True)
class Rule:
    """An action leads from any of ``sources`` to ``target``, if one of ``actors`` takes it."""

    sources: frozenset[ApplicationState]
    target: ApplicationState
    actors: frozenset[Actor]


_S = ApplicationState

OPEN = frozenset({_S.SUBMITTED, _S.IN_REVIEW, _S.INFORMATION_NEEDED})
"""Somebody owes the next step."""

UNDER_REVIEW = frozenset({_S.IN_REVIEW, _S.INFORMATION_NEEDED})
"""Its page has a workflow, which runs or waits for the group."""

ENDED = frozenset({_S.APPROVED, _S.DECLINED, _S.WITHDRAWN})

TRANSITIONS: dict[Action, Rule] = {
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
"""What lets a member of staff act on any application; see also ``affiliates.permissions``."""


class Standing(models.TextChoices):
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
