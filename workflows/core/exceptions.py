"""Errors of this app. An exception's docstring is its message."""

from django.core.exceptions import PermissionDenied


class WorkflowsError(Exception):
    """Something in mail or deadlines could not be done."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or (self.__doc__ or ""))


class UnknownMailKind(WorkflowsError):
    """No mail of this kind is registered."""


class UnknownPolicy(WorkflowsError):
    """No policy for deadlines of this kind is registered."""


# Wagtail raises PermissionDenied for both, and its views answer that politely.


class ReviewOver(WorkflowsError, PermissionDenied):
    """This review was decided, cancelled or passed on in the meantime."""


class WordsMissing(WorkflowsError, PermissionDenied):
    """Whoever requests changes or declines has to say what or why."""


class UnknownPlaceholder(WorkflowsError):
    """The wording has a placeholder that this kind of mail does not offer."""


class NotSendable(WorkflowsError):
    """This cannot be sent now."""


class MailNotResendable(NotSendable):
    """Only a failed email can be sent again."""


class LeaseLost(WorkflowsError):
    """Another worker took over this mail while it was being sent."""


class ServerUnreachable(WorkflowsError):
    """The mail server cannot be reached or does not let us in. No mail is to blame."""


class NoLongerOwed(WorkflowsError):
    """What the mail would say is no longer so."""


class BadAddress(WorkflowsError):
    """No mail server would take this address."""


class UnknownEvent(WorkflowsError):
    """No event of this name is registered."""


class AddressRefused(WorkflowsError):
    """This is not a web address, such as https://example.org/hooks."""


class DeliveryNotResendable(NotSendable):
    """This can be sent again once it is delivered or has failed."""


class EndpointOff(NotSendable):
    """The endpoint is switched off. Switch it on first."""


class SecretShownBefore(WorkflowsError):
    """The secret was shown before. If it is lost, make a new one."""


class UnknownHolidays(WorkflowsError):
    """No public holidays are known for this country or region."""
