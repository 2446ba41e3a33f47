from workflows.models.deadline import Deadline, TakenStep
from workflows.models.leased_work import LeasedWork
from workflows.models.mail_wording import MailWording
from workflows.models.outgoing_mail import OutgoingMail
from workflows.models.review import ReviewTask, ReviewTaskState
from workflows.models.webhook import WebhookDelivery, WebhookEndpoint

__all__ = [
    "Deadline",
    "LeasedWork",
    "MailWording",
    "OutgoingMail",
    "ReviewTask",
    "ReviewTaskState",
    "TakenStep",
    "WebhookDelivery",
    "WebhookEndpoint",
]
