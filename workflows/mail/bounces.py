"""What happens when a mail comes back after the mail server had taken it."""

from django.db import transaction

from workflows.mail.bounce_reports import read_report
from workflows.models import OutgoingMail
from workflows.signals import mail_bounced


def note_report(*, message: bytes) -> list[str]:
    """Take a bounce report (RFC 3464); return the addresses that do not exist.

    Only about mails that this site has sent: anybody can write a report. Effects, in one
    transaction: the mail says that it came back; ``mail_bounced`` is sent for each address.
    """
    report = read_report(message)
    if report is None:
        return []
    with transaction.atomic():
        sent = OutgoingMail.objects.select_for_update().filter(message_id=report.message_id)
        mails = [mail for mail in sent if _is_among(mail.recipient, report.addresses)]
        for mail in mails:
            mail.answer = f"{mail.answer}\n{CAME_BACK}".strip()
            mail.save(update_fields=["answer"])
            mail_bounced.send(sender=OutgoingMail, instance=mail, address=mail.recipient)
    return [mail.recipient for mail in mails]


CAME_BACK = "It came back later: the address does not exist."


def _is_among(address: str, addresses: tuple[str, ...]) -> bool:
    return address.lower() in {one.lower() for one in addresses}
