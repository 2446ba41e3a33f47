from workflows.models.deadline import Deadline, TakenStep
from workflows.models.leased_work import LeasedWork
from workflows.models.mail import MailWording, OutgoingMail
from workflows.models.review import ReviewTask, ReviewTaskState
from workflows.models.task_run import TaskRun
from workflows.models.webhook import WebhookDelivery, WebhookEndpoint

__all__ = [
    "Deadline",
    "LeasedWork",
    "MailWording",
    "OutgoingMail",
    "ReviewTask",
    "ReviewTaskState",
    "TakenStep",
    "TaskRun",
    "WebhookDelivery",
    "WebhookEndpoint",
]
