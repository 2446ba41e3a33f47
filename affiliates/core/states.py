"""The states of our records, and who may take which action between them."""

from collections.abc import Collection, Mapping
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
    GO_ON = "go_on", _("Continue without an answer")
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
    sources: Collection[str]
    target: str
    actors: Collection[Actor]


Table = Mapping[str, Rule]

_APPLICANT = (Actor.APPLICANT,)
_STAFF = (Actor.STAFF,)
_STAFF_OR_SYSTEM = (Actor.STAFF, Actor.SYSTEM)
_ANYONE = (Actor.CONTACT, *_STAFF_OR_SYSTEM)
_STAFF_OR_CONTACT = (Actor.CONTACT, Actor.STAFF)

_S = ApplicationState

OPEN = frozenset({_S.SUBMITTED, _S.IN_REVIEW, _S.INFORMATION_NEEDED})
"""States in which someone owes the next step."""

UNDER_REVIEW = frozenset({_S.IN_REVIEW, _S.INFORMATION_NEEDED})
"""The page's workflow is running or waits for the group."""

ENDED = frozenset({_S.APPROVED, _S.DECLINED, _S.WITHDRAWN})

TRANSITIONS: Table = {
    Action.SUBMIT: Rule([_S.DRAFT], _S.SUBMITTED, _APPLICANT),
    Action.START_REVIEW: Rule([_S.SUBMITTED], _S.IN_REVIEW, _STAFF_OR_SYSTEM),
    Action.REQUEST_INFORMATION: Rule([_S.IN_REVIEW], _S.INFORMATION_NEEDED, _STAFF_OR_SYSTEM),
    Action.ANSWER: Rule([_S.INFORMATION_NEEDED], _S.IN_REVIEW, _APPLICANT),
    Action.GO_ON: Rule([_S.INFORMATION_NEEDED], _S.IN_REVIEW, _STAFF_OR_SYSTEM),
    Action.STOP_REVIEW: Rule(UNDER_REVIEW, _S.SUBMITTED, _STAFF_OR_SYSTEM),
    # A schedule may also publish a page.
    Action.APPROVE: Rule(OPEN, _S.APPROVED, _STAFF_OR_SYSTEM),
    Action.DECLINE: Rule(OPEN, _S.DECLINED, _STAFF),
    Action.WITHDRAW: Rule(OPEN | {_S.DRAFT}, _S.WITHDRAWN, (Actor.APPLICANT, Actor.STAFF)),
}

STAFF_PERMISSION = "affiliates.change_application"
"""Lets staff act on any application; see also ``affiliates.audit.permissions``."""


class AffiliationState(models.TextChoices):
    """Changed by a person only. How well the affiliate does is its ``Standing``."""

    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    ENDED = "ended", _("Ended")


class AffiliationAction(models.TextChoices):
    PAUSE = "pause", _("Pause")
    RESUME = "resume", _("Resume")
    END = "end", _("End")
    REINSTATE = "reinstate", _("Reinstate")


class UpdateRequestState(models.TextChoices):
    OPEN = "open", _("Open")
    ANSWERED = "answered", _("Answered")
    WAIVED = "waived", _("Not asked for")


class UpdateRequestAction(models.TextChoices):
    ANSWER = "answer", _("Answer")
    WAIVE = "waive", _("Waive")


class SupportState(models.TextChoices):
    OPEN = "open", _("Open")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed without an answer")


class SupportAction(models.TextChoices):
    ANSWER = "answer", _("Answer")
    CLOSE = "close", _("Close")
    REOPEN = "reopen", _("Reopen")


AFFILIATION_TRANSITIONS: Table = {
    AffiliationAction.PAUSE: Rule(
        [AffiliationState.ACTIVE], AffiliationState.PAUSED, _STAFF_OR_CONTACT
    ),
    # A group may only undo its own pause, which ``affiliations.services.listing`` checks.
    AffiliationAction.RESUME: Rule(
        [AffiliationState.PAUSED], AffiliationState.ACTIVE, _STAFF_OR_CONTACT
    ),
    # A command may also delete a page, without a known user.
    AffiliationAction.END: Rule(
        [AffiliationState.ACTIVE, AffiliationState.PAUSED],
        AffiliationState.ENDED,
        _ANYONE,
    ),
    AffiliationAction.REINSTATE: Rule([AffiliationState.ENDED], AffiliationState.ACTIVE, _STAFF),
}

_U = UpdateRequestState

UPDATE_REQUEST_TRANSITIONS: Table = {
    # An answer is accepted even if the request was waived.
    UpdateRequestAction.ANSWER: Rule([_U.OPEN, _U.WAIVED], _U.ANSWERED, _ANYONE),
    UpdateRequestAction.WAIVE: Rule([_U.OPEN], _U.WAIVED, _STAFF_OR_SYSTEM),
}

SUPPORT_TRANSITIONS: Table = {
    SupportAction.ANSWER: Rule([SupportState.OPEN], SupportState.ANSWERED, _STAFF),
    SupportAction.CLOSE: Rule([SupportState.OPEN], SupportState.CLOSED, _ANYONE),
    SupportAction.REOPEN: Rule(
        [SupportState.ANSWERED, SupportState.CLOSED],
        SupportState.OPEN,
        _STAFF_OR_CONTACT,
    ),
}


class UpdateKind(models.TextChoices):
    """What a contact tells us. Each kind counts as an update, also that there is nothing new."""

    QUIET = "quiet", _("Nothing new this time")
    NEWS = "news", _("We have news")
    HELP = "help", _("We need help")


class NoticeKind(models.TextChoices):
    """What staff need to know about an affiliate, and check off."""

    BOUNCED = "bounced", _("Email bounced")
    HANDED_OVER = "handed_over", _("New contact")
    REMINDERS_PAUSED = "reminders_paused", _("Reminders paused")
    NO_CONTACT = "no_contact", _("No one to write to")
    PROFILE_CHANGE = "profile_change", _("Proposed change to review")
    LISTING_HIDDEN = "listing_hidden", _("Listing hidden by the group")
    LISTING_SHOWN = "listing_shown", _("Listing shown again by the group")
    LEFT = "left", _("Group has left")


class Standing(models.TextChoices):
    """How well an affiliate is doing, worked out from facts: see ``affiliations.standing``."""

    GOOD = "good", _("In good standing")
    ATTENTION = "attention", _("Needs attention")
    LAPSED = "lapsed", _("Lapsed")
    PAUSED = "paused", _("Paused")
    ENDED = "ended", _("Ended")


class RequirementState(models.TextChoices):
    """How one affiliate keeps one requirement, best first; worked out, never stored."""

    KEPT = "kept", _("Kept")
    WAIVED = "waived", _("Waived")
    DUE = "due", _("Due")
    UNKNOWN = "unknown", _("Unknown")
    LATE = "late", _("Late")


class BadgeFinding(models.TextChoices):
    """What a look for a badge came to. ``SIGHTINGS`` prove it."""

    ADDRESS = "address", _("Its own address is on the page")
    LINK = "link", _("The page links to the program")
    PICTURE = "picture", _("A copy of the picture is on the page")
    LOADED = "loaded", _("The website showed it to a visitor")
    MISSED = "missed", _("Not seen")
    NO_ANSWER = "no_answer", _("The website could not be opened")
    ROBOTS = "robots", _("The website asks programs not to look (robots.txt)")
    SCRIPTS = "scripts", _("The page is made by scripts, which we do not run")
    TOO_MUCH = "too_much", _("The website is too large or too slow for one look")
    ELSEWHERE = "elsewhere", _("It is where programs may not look, such as on social media")
    NO_WEBSITE = "no_website", _("The group has no website")


SIGHTINGS = (*(BadgeFinding.ADDRESS, BadgeFinding.LINK, BadgeFinding.PICTURE, BadgeFinding.LOADED),)


class Scope(models.TextChoices):
    """All of a region is called as in its country. See ``core.scopes``."""

    STATE = "state", _("State")
    PROVINCIAL = "provincial", _("Provincial")
    REGIONAL = "regional", _("Regional")
    LOCAL = "local", _("Local")
    NATIONAL = "national", _("National")
    ONLINE = "online", _("Online")


class CopyMeaning(models.TextChoices):
    """What a copy of an affiliate's page is meant to be."""

    GROUP = "group", _("A new affiliate: a group of its own. It is asked for updates.")
    PAGE = (
        "page",
        _("One more page about the same group. Nobody is asked for anything because of it."),
    )


class ContactRole(models.TextChoices):
    PRIMARY = "primary", _("Contact")
    ALTERNATE = "alternate", _("Second contact")
    PRESS = "press", _("Press contact")


class StatementKind(models.TextChoices):
    BELIEF = "belief", _("Belief")
    OBLIGATION = "obligation", _("Obligation")


class ChangeMeaning(models.TextChoices):
    """What affiliates do about the changed words of a statement that they accepted."""

    NOW = "now", _("Affirm it now")
    RENEWAL = "renewal", _("Affirm it at the next renewal")
    CORRECTION = "correction", _("Nothing: only a correction")
