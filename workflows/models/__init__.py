from workflows.models.deadline import Deadline, TakenStep
from workflows.models.mail_wording import MailWording
from workflows.models.outgoing_mail import OutgoingMail
from workflows.models.review import ReviewTask, ReviewTaskState

__all__ = [
    "Deadline",
    "MailWording",
    "OutgoingMail",
    "ReviewTask",
    "ReviewTaskState",
    "TakenStep",
]
