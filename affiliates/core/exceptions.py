"""Errors of this app. An exception's docstring is its message."""

from typing import Any

from affiliates.core.states import BadgeFinding


class AffiliatesError(Exception):
    """Something about the affiliate program could not be done."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or (self.__doc__ or ""))


class TransitionNotAllowed(AffiliatesError):
    """This action is not possible in the record's present state, or not for this person."""


class AlreadyDecided(TransitionNotAllowed):
    """This application has been decided already, or was withdrawn."""


class QuestionClosed(TransitionNotAllowed):
    """This question is no longer open: it was answered, or the review went on without an answer."""


class NoReviewWorkflow(AffiliatesError):
    """The program has no workflow that can review an application."""


class ProgramClosed(AffiliatesError):
    """The program does not take applications at the moment."""


class KeyReused(AffiliatesError):
    """This form was already sent, with other content."""

    def __init__(self, detail: str = "", *, reference: str = "") -> None:
        super().__init__(detail)
        self.reference = reference


class DraftChanged(AffiliatesError):
    """This draft was saved from another window since this one was opened."""


class TooQuick(AffiliatesError):
    """This form was sent sooner than a person could fill it in."""


class QuotaExceeded(AffiliatesError):
    """Too many applications came from this network. Please wait a while and send it again."""


class UpdateChanged(AffiliatesError):
    """This update was changed from another window since this one was opened."""


class UpdateModerated(AffiliatesError):
    """This update was moderated in the meantime, so it can no longer be changed."""


class NothingToChange(AffiliatesError):
    """The proposal matches what is already public."""


class ChangeRevised(AffiliatesError):
    """Someone proposed another change, or a decision was made, since this form was opened."""


class PageNotPublic(AffiliatesError):
    """The group has no public page at the moment, so there is nothing to change."""


class AddressTaken(AffiliatesError):
    """This address already belongs to a contact of this group."""


class AffiliationEnded(AffiliatesError):
    """This group is no longer an affiliate."""


class TooManyContactChanges(AffiliatesError):
    """The contacts of this group were changed too often today. Please try again tomorrow."""


class ListingPaused(AffiliatesError):
    """Staff have paused the listing of this group, so only they can change that."""


class TooManyListingChanges(AffiliatesError):
    """The listing of this group was shown again too often today. Please try again tomorrow."""


class CallAnswered(TransitionNotAllowed):
    """A colleague has already answered this call for help."""


class CallClosed(TransitionNotAllowed):
    """This call for help has already been closed."""


class NoPageLeft(AffiliatesError):
    """The page of this affiliate was deleted, so there is nothing to publish again."""


class RequirementGone(AffiliatesError):
    """This is no longer asked of this group."""


class UnknownRequirementKind(AffiliatesError):
    """No app has registered this kind of requirement."""


class NotSeen(AffiliatesError):
    """A page or picture of a website could not be looked at."""

    def __init__(self, finding: BadgeFinding) -> None:
        super().__init__()
        self.finding = finding


class LinkInvalid(AffiliatesError):
    """This link is not valid."""


class LinkExpired(LinkInvalid):
    """This link has expired."""

    def __init__(self, detail: str = "", *, claim: Any) -> None:
        super().__init__(detail)
        self.claim = claim
