from workflows.models.mail_wording import MailWording
from workflows.models.outgoing_mail import OutgoingMail

__all__ = ["MailWording", "OutgoingMail"]
